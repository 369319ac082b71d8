/** Emulated Sercos III devices for the emulated ring. */
import { Drive } from './drive/drive.ts'
import { IoDevice } from './io-device.ts'
import { SercosSlave, type SlaveConfig } from './sercos-slave.ts'

export type { SercosSlave, SlaveConfig } from './sercos-slave.ts'

/** A device in its power-on state; beside the ring's `Slave` it offers hooks for scripted faults. */
export function createSlave(config: SlaveConfig): SercosSlave {
  return new SercosSlave(config, (store) =>
    config.profile === 'drive'
      ? new Drive(store, config.shaft)
      : new IoDevice(store, config.channels),
  )
}
