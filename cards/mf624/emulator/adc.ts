/**
 * The card's ADC: channels chosen by a mask, a conversion started by a read, results in ascending order in a FIFO.
 *
 * Unknown, and so ours: how long a conversion takes, how many results the FIFO holds (with the oldest lost beyond), and that
 * the interrupt status stands while results wait. A conversion with no channel chosen takes channel 0.
 */
import { adcCode, channelCount } from '../registers.ts'

export const conversionNs = 4_000
export const fifoResults = 64

const codes = 2 ** adcCode.bits

export class Adc {
  /** Bit n = channel n. */
  channels = 0
  readonly #voltage: (channel: number) => number
  #fifo: number[] = []
  #doneNs = Infinity
  #started = false

  /** `voltage` is asked at the end of a conversion. */
  constructor(voltage: (channel: number) => number) {
    this.#voltage = voltage
  }

  /** A conversion is under way. */
  get converting(): boolean {
    return this.#started
  }

  /** Interrupt status: results wait. */
  get ready(): boolean {
    return this.#fifo.length > 0
  }

  /** Takes effect with the next tick, which knows the time. */
  start(): void {
    this.#started = true
    this.#doneNs = Infinity
  }

  /** The oldest result, 14 bits; 0 when there is none. */
  take(): number {
    return this.#fifo.shift() ?? 0
  }

  /** All chosen channels at once, without waiting: as if an outside trigger's conversion just ended. */
  convert(): void {
    const chosen = this.channels === 0 ? 1 : this.channels
    for (let channel = 0; channel < channelCount; channel++)
      if ((chosen & (1 << channel)) !== 0) this.#fifo.push(codeOf(this.#voltage(channel)))
    this.#fifo = this.#fifo.slice(-fifoResults)
  }

  /** Returns when the conversion under way ends. */
  tick(nowNs: number): number {
    if (!this.#started) return Infinity
    if (this.#doneNs === Infinity) this.#doneNs = nowNs + conversionNs
    if (nowNs < this.#doneNs) return this.#doneNs
    this.#started = false
    this.convert()
    return Infinity
  }

  reset(): void {
    this.channels = 0
    this.#fifo = []
    this.#started = false
  }
}

/** 14-bit two's complement; beyond the range the outermost code. */
function codeOf(volts: number): number {
  const code = Math.round((volts / adcCode.fullScaleV) * (codes / 2))
  return Math.min(Math.max(code, -codes / 2), codes / 2 - 1) & (codes - 1)
}
