/** Emulated devices that are not what the driver hopes for. */
import type { CycleTelegrams, Passage } from '../../cards/sercos3/emulator/slave.ts'
import { Drive } from '../../cards/sercos3/emulator/slaves/drive/drive.ts'
import { IoDevice } from '../../cards/sercos3/emulator/slaves/io-device.ts'
import { Parameter } from '../../cards/sercos3/emulator/slaves/parameter.ts'
import type { ParameterSpec } from '../../cards/sercos3/emulator/slaves/parameter.ts'
import type { ParameterStore } from '../../cards/sercos3/emulator/slaves/parameter-store.ts'
import { SercosSlave } from '../../cards/sercos3/emulator/slaves/sercos-slave.ts'
import type { SlaveConfig } from '../../cards/sercos3/emulator/slaves/sercos-slave.ts'
import { createSlave } from '../../cards/sercos3/emulator/slaves/create-slave.ts'

type Create = (config: SlaveConfig) => SercosSlave

/** The device `name` is another one. */
export function exceptFor(name: string, create: Create): Create {
  return (config) => (config.name === name ? create(config) : createSlave(config))
}

/** A device whose parameters are changed after each power-on. */
export function tampered(change: (store: ParameterStore) => void): Create {
  return (config) =>
    new SercosSlave(config, (store) => {
      const application = config.profile === 'drive' ? new Drive(store) : new IoDevice(store)
      const powerOn = application.powerOn.bind(application)
      application.powerOn = () => {
        powerOn()
        change(store)
      }
      return application
    })
}

/** The parameter of `store`, which must be there. */
export function parameterOf(store: ParameterStore, idn: number): Parameter {
  const parameter = store.find(idn)
  if (parameter === undefined) throw new Error(`no IDN ${idn}`)
  return parameter
}

/** A device that has another parameter of this IDN. */
export function withOther(spec: ParameterSpec): Create {
  const other = new Parameter(spec)
  return tampered((store) => {
    const find = store.find.bind(store)
    store.find = (idn) => ((idn | 0) === (other.idn | 0) ? other : find(idn))
  })
}

/** A device that does not hear that phase `phase` is being left. */
export function deafInPhase(phase: number): Create {
  return (config) => {
    const slave = createSlave(config)
    const pass = slave.pass.bind(slave)
    slave.pass = (telegrams: CycleTelegrams, channel: 'P' | 'S', way: Passage, last: boolean) => {
      const { mst } = telegrams
      const hears = !mst.phaseSwitch || slave.observation.phase !== phase
      const heard = hears ? mst : { ...mst, phase, phaseSwitch: false }
      pass({ ...telegrams, mst: heard }, channel, way, last)
    }
    return slave
  }
}
