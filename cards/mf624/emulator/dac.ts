/** The card's eight DACs: while held, what is written waits and all change together; while disabled, all are at 0 V. */
import { channelCount, dacCode } from '../registers.ts'

export class Dacs {
  readonly #written = new Uint16Array(channelCount).fill(dacCode.zero)
  readonly #latched = new Uint16Array(channelCount).fill(dacCode.zero)
  #held = false
  #enabled = false

  write(channel: number, code: number): void {
    this.#written[channel] = code & (2 ** dacCode.bits - 1)
    if (!this.#held) this.#latched.set(this.#written)
  }

  control(held: boolean, enabled: boolean): void {
    this.#held = held
    this.#enabled = enabled
    if (!held) this.#latched.set(this.#written)
  }

  volts(channel: number): number {
    if (!this.#enabled) return 0
    const code = this.#latched[channel] as number
    return ((code - dacCode.zero) / dacCode.zero) * dacCode.fullScaleV
  }

  reset(): void {
    this.#written.fill(dacCode.zero)
    this.#latched.fill(dacCode.zero)
    this.control(false, false)
  }
}
