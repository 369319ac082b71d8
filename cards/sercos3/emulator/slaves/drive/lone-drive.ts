/** For tests: a drive without telegrams, its parameters set and read by hand. */
import { extract } from '../../../../../uio/bit-field.ts'
import { driveStatus } from '../../../drive-words.ts'
import { idn } from '../../../idn.ts'
import type { Parameter } from '../parameter.ts'
import { ParameterStore } from '../parameter-store.ts'
import { Drive } from './drive.ts'

export class LoneDrive {
  readonly store = new ParameterStore()
  readonly drive = new Drive(this.store)
  readonly link = { operational: true, live: true, fresh: true, lost: false }

  constructor() {
    this.drive.powerOn()
  }

  parameter(text: Parameters<typeof idn>[0]): Parameter {
    const parameter = this.store.find(idn(text))
    if (parameter === undefined) throw new Error(`the drive has no ${text}`)
    return parameter
  }

  set(text: Parameters<typeof idn>[0], value: number): void {
    this.parameter(text).set(value)
  }

  get(text: Parameters<typeof idn>[0]): number {
    const parameter = this.parameter(text)
    parameter.beforeRead?.()
    return parameter.get()
  }

  /** As the service channel reads it. */
  text(): string {
    const message = this.parameter('S-0-0095')
    message.beforeRead?.()
    return Buffer.from(message.bytes.subarray(0, message.length)).toString('latin1')
  }

  cycle(count = 1): void {
    for (let k = 0; k < count; k++) this.drive.advance(this.link, 0.001)
  }

  status(field: readonly [number, number]): number {
    return extract(this.parameter('S-0-0135').get(), field)
  }

  get ready(): number {
    return this.status(driveStatus.ready)
  }
}
