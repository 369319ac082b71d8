/** I/O points as a user's task reads and writes them, in place. */
import type { AnalogIn, AnalogOut, DigitalIn, DigitalOut } from '../task.ts'
import type { IoDevice } from './io-device.ts'

export class TaskDigitalIn implements DigitalIn {
  readonly #io: IoDevice
  readonly #word: number
  readonly #mask: number

  constructor(io: IoDevice, channel: number) {
    this.#io = io
    this.#word = channel >> 4
    this.#mask = 1 << (channel & 15)
  }

  get value(): boolean {
    return ((this.#io.digitalIn[this.#word] as number) & this.#mask) !== 0
  }
}

export class TaskDigitalOut implements DigitalOut {
  readonly #io: IoDevice
  readonly #channel: number

  constructor(io: IoDevice, channel: number) {
    this.#io = io
    this.#channel = channel
  }

  get value(): boolean {
    return (
      (((this.#io.digitalOut[this.#channel >> 4] as number) >>> (this.#channel & 15)) & 1) === 1
    )
  }

  set value(on: boolean) {
    this.#io.setDigital(this.#channel, on)
  }
}

export class TaskAnalogIn implements AnalogIn {
  readonly #io: IoDevice
  readonly #channel: number
  readonly #rawPerUnit: number

  constructor(io: IoDevice, channel: number, rawPerUnit: number) {
    this.#io = io
    this.#channel = channel
    this.#rawPerUnit = rawPerUnit
  }

  get value(): number {
    return (this.#io.analogIn[this.#channel] as number) / this.#rawPerUnit
  }
}

export class TaskAnalogOut implements AnalogOut {
  wanted = 0.5
  readonly #io: IoDevice
  readonly #channel: number
  readonly #rawPerUnit: number

  constructor(io: IoDevice, channel: number, rawPerUnit: number) {
    this.#io = io
    this.#channel = channel
    this.#rawPerUnit = rawPerUnit
  }

  get value(): number {
    return (this.#io.analogOut[this.#channel] as number) / this.#rawPerUnit
  }

  set value(value: number) {
    this.wanted = value
    this.write()
  }

  /** Held at the ends of the range; what is no number writes 0. */
  write(): void {
    const raw = Math.round(this.wanted * this.#rawPerUnit)
    this.#io.analogOut[this.#channel] = raw > 32767 ? 32767 : raw < -32768 ? -32768 : raw
  }
}
