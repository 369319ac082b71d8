/** Looks into the parameters of emulated devices, as an engineer would at the device itself. */
import { Drive } from '../../cards/sercos3/emulator/slaves/drive/drive.ts'
import { IoDevice } from '../../cards/sercos3/emulator/slaves/io-device.ts'
import type { ParameterStore } from '../../cards/sercos3/emulator/slaves/parameter-store.ts'
import type { Parameter } from '../../cards/sercos3/emulator/slaves/parameter.ts'
import { SercosSlave } from '../../cards/sercos3/emulator/slaves/sercos-slave.ts'
import type { SlaveConfig } from '../../cards/sercos3/emulator/slaves/sercos-slave.ts'
import { formatIdn, idn } from '../../cards/sercos3/idn.ts'
import type { IdnText } from '../../cards/sercos3/idn.ts'

export class DeviceStores {
  readonly #stores = new Map<string, ParameterStore>()

  /** For RingOptions.create. `change`: after each power-on. */
  create(
    change?: (store: ParameterStore, name: string) => void,
  ): (config: SlaveConfig) => SercosSlave {
    return (config) =>
      new SercosSlave(config, (store) => {
        this.#stores.set(config.name, store)
        const application =
          config.profile === 'drive' ? new Drive(store) : new IoDevice(store, config.channels)
        const powerOn = application.powerOn.bind(application)
        application.powerOn = () => {
          powerOn()
          change?.(store, config.name)
        }
        return application
      })
  }

  number(device: string, text: IdnText): number {
    return this.parameter(device, text).get()
  }

  list(device: string, text: IdnText): number[] {
    return this.parameter(device, text).toArray()
  }

  idns(device: string, text: IdnText): string[] {
    return this.list(device, text).map(formatIdn)
  }

  parameter(device: string, text: IdnText): Parameter {
    const parameter = this.#stores.get(device)?.find(idn(text))
    if (parameter === undefined) throw new Error(`${device} has no ${text}`)
    return parameter
  }
}
