/**
 * Timer events, DIVCLK and the TSref counter.
 *
 * The events lie behind an index register, so only a host that sees each write can know them. Where none was ever
 * latched (plain memory, or a processor that leaves them alone) the chip follows a default table: MDTs at 0, ATs after
 * them, TINT0 when the ATs are back. From the first latched event on the table alone decides: without a startMdt event
 * no MDT goes out. Sub-cycles are not modelled: an event comes in every cycle.
 */
import { maskOf } from '../../../uio/bit-field.ts'
import { mainTimerEvent, registers } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'

const { mtdrl, mtdru, mtdsr, ptdrl, ptdru, ptdsr, tcsr, tdivclk, sccmdt, irr0 } = registers
const divClkEveryNthCycle = maskOf(tcsr.bits.divClkMode)

/** One indexed set of events: types and times. */
class EventTable {
  readonly types: Uint8Array
  readonly timesNs: Uint32Array
  latched = false

  constructor(entries: number) {
    this.types = new Uint8Array(entries)
    this.timesNs = new Uint32Array(entries)
  }

  latch(index: number, upper: number, timeNs: number): void {
    this.types[index] = (upper >>> 24) & 15
    this.timesNs[index] = timeNs
    this.latched = true
  }

  clear(): void {
    this.types.fill(mainTimerEvent.none)
    this.timesNs.fill(0)
    this.latched = false
  }
}

export class Timers {
  readonly #file: RegisterFile
  /** 16 events of the main timer. */
  readonly main = new EventTable(16)
  /** 16 events of each port timer. The chip model does nothing by them. */
  readonly ports = new EventTable(32)
  /** DIVCLK pulsed in this cycle. */
  #divClk = false
  #cyclesToPulse = 0

  constructor(file: RegisterFile) {
    this.#file = file
    file.onTrappedWrite(mtdrl, () => {
      const index = file.get(mtdsr) & maskOf(mtdsr.bits.index)
      this.main.latch(index, file.get(mtdru), file.get(mtdrl))
    })
    file.onTrappedWrite(ptdrl, () => {
      const index = file.get(ptdsr) & maskOf(ptdsr.bits.index)
      this.ports.latch(index, file.get(ptdru), file.get(ptdrl))
    })
  }

  reset(): void {
    this.main.clear()
    this.ports.clear()
    this.#divClk = false
    this.#cyclesToPulse = 0
  }

  get sendsMdt(): boolean {
    return this.#has(mainTimerEvent.startMdt)
  }

  get sendsAt(): boolean {
    return this.#has(mainTimerEvent.startAt)
  }

  /** IRR0 bits of the TINT events and the DIVCLK pulses of one cycle. */
  get interrupts(): number {
    let bits = this.#divClk ? maskOf(irr0.bits.divClk) : 0
    if (!this.main.latched) return bits | 1
    for (const type of this.main.types) {
      if (type >= mainTimerEvent.tint0 && type <= mainTimerEvent.tint3) bits |= 1 << (type - 1)
    }
    return bits
  }

  /** One Sercos cycle. */
  cycle(): void {
    const file = this.#file
    const max = file.get(sccmdt) & 0xffff
    const counted = max === 0 ? 0 : ((file.get(sccmdt) >>> 16) + 1) % max
    file.change(sccmdt, maskOf(sccmdt.bits.actual), counted << 16)
    this.#countDivClk()
  }

  /** TDIVCLK holds a number of pulses in each cycle, or of cycles from one pulse to the next. */
  #countDivClk(): void {
    const count = this.#file.get(tdivclk) >>> 24
    this.#divClk = count > 0
    if (count === 0 || (this.#file.get(tcsr) & divClkEveryNthCycle) === 0) return
    this.#cyclesToPulse = (this.#cyclesToPulse + 1) % count
    this.#divClk = this.#cyclesToPulse === 0
  }

  #has(type: number): boolean {
    return !this.main.latched || this.main.types.includes(type)
  }
}
