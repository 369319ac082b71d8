/** Emulated devices with IDNs beside those of their profile, whose produced words tell where they come from. */
import { Drive } from '../../../cards/sercos3/emulator/slaves/drive/drive.ts'
import { IoDevice } from '../../../cards/sercos3/emulator/slaves/io-device.ts'
import type { Parameter } from '../../../cards/sercos3/emulator/slaves/parameter.ts'
import type { ParameterStore } from '../../../cards/sercos3/emulator/slaves/parameter-store.ts'
import { SercosSlave } from '../../../cards/sercos3/emulator/slaves/sercos-slave.ts'
import type { SlaveConfig } from '../../../cards/sercos3/emulator/slaves/sercos-slave.ts'
import { idn } from '../../../cards/sercos3/idn.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import type { RandomDevice } from './random-ring.ts'
import { signatureOf } from './signature.ts'

/** Words that a drive produces and a task can read; the place in the list is the number in the signature. */
export const producedWords = [
  'S-0-0135',
  'S-0-0040',
  'S-0-0051',
  'S-0-0084',
  'S-0-0189',
  'S-0-0130',
  'S-0-0131',
  'S-0-0409',
  'S-0-0410',
  'S-0-0403',
] as const satisfies readonly IdnText[]

export class SigningDevices {
  /** The devices sign what they produce with the cycle. */
  signing = false
  cycle = 0
  readonly #devices: readonly RandomDevice[]
  readonly #stores = new Map<string, ParameterStore>()

  constructor(devices: readonly RandomDevice[]) {
    this.#devices = devices
  }

  /** For RingOptions.create. */
  readonly create = (config: SlaveConfig): SercosSlave => {
    const number = this.#devices.findIndex(({ name }) => name === config.name)
    return new SercosSlave(config, (store) => {
      this.#stores.set(config.name, store)
      const application =
        config.profile === 'drive' ? new Drive(store) : new IoDevice(store, config.channels)
      for (const { idn: text, type, cyclic } of this.#devices[number]?.extra ?? []) {
        const spec = { idn: text, name: `Extra ${text}`, type, writable: 'CP2-4' as const }
        store.add(cyclic === 'no' ? spec : { ...spec, cyclic })
      }
      if (config.profile === 'drive') this.#sign(application, store, number)
      return application
    })
  }

  number(device: string, text: IdnText | number): number {
    return this.parameter(device, text).get()
  }

  list(device: string, text: IdnText): number[] {
    return this.parameter(device, text).toArray()
  }

  parameter(device: string, text: IdnText | number): Parameter {
    const id = typeof text === 'number' ? text : idn(text)
    const parameter = this.#stores.get(device)?.find(id)
    if (parameter === undefined) throw new Error(`${device} has no ${text}`)
    return parameter
  }

  #sign(application: Drive | IoDevice, store: ParameterStore, device: number): void {
    const words = producedWords.map((text) => store.find(idn(text)))
    const advance = application.advance.bind(application)
    application.advance = (link, dtS) => {
      advance(link, dtS)
      if (!this.signing) return
      words.forEach((parameter, word) => {
        const kind = parameter?.length === 4 ? 'long' : 'short'
        parameter?.set(signatureOf(kind, device, word, this.cycle))
      })
    }
  }
}
