/**
 * What each port of the chip has carried, and what went wrong there, since the driver began or was asked to count anew.
 *
 * The chip's counters have 16 bits a port and wrap: at 100 Mbit/s 65 536 of the shortest frames take 440 ms. So they are
 * read in turn beside the cycle, each about every 250 ms, one register at a time: over a bus a read takes about a
 * microsecond, which a cycle of 31.25 us would miss. They are never cleared: a frame that fails between a read and a
 * clearing write would be lost. Missing MSTs have no counter in the chip; TGSR tells of them in the cycle that it is of.
 */
import { extract, maskOf } from '../../../../uio/bit-field.ts'
import type { Region } from '../../../../uio/region.ts'
import { nsPerMs } from '../../../../units.ts'
import type { Nanoseconds } from '../../../../units.ts'
import { portCounters } from '../../../card.ts'
import type { CardPorts, PortCounter } from '../../../card.ts'
import { registers } from '../../registers.ts'

const r = registers
/** Each register is read at least this often. */
const withinNs = 250 * nsPerMs
/** By the order of `portCounters`, of which they are the first. */
const chipCounters = [
  r.frxok.offset,
  r.ftxok.offset,
  r.fcserr.offset,
  r.algnerr.offset,
  r.disrxb.offset,
  r.discolb.offset,
  r.chviol.offset,
  r.sercerr.offset,
] as const
const counters = portCounters.length
/** The counters, and the links. */
const reads = chipCounters.length + 1
const linkOffset = r.dfcsr.offset
const linkBits = r.dfcsr.bits.link
const half = 0xffff
const allOnes = -1
const carry = 2 ** 30

const { mstMiss, mstDoubleMiss, mstWindowError, at0Miss } = r.tgsr1.bits
const missBits = Int32Array.of(
  maskOf(mstMiss),
  maskOf(mstDoubleMiss),
  maskOf(mstWindowError),
  maskOf(at0Miss),
)

export class PortCounters implements CardPorts {
  readonly #registers: Region
  /**
   * All counters of port 1, then those of port 2: below `carry`, and how often that was reached. Whole numbers, because
   * code that runs as seldom as a look is compiled late or never, and boxes every double that it loads.
   */
  readonly #counts = new Int32Array(2 * counters)
  readonly #carries = new Int32Array(2 * counters)
  /** What the chip's registers read last. */
  readonly #last = new Int32Array(chipCounters.length)
  readonly #readsPerLook: number
  readonly #dueMask: number
  #links = 0
  #next = 0
  #counting = false

  /** `card`: the registers. */
  constructor(card: Region, cycleNs: Nanoseconds) {
    this.#registers = card
    const cycles = Math.max(1, Math.floor(withinNs / reads / cycleNs))
    const cyclesPerLook = 2 ** Math.floor(Math.log2(cycles))
    this.#dueMask = cyclesPerLook - 1
    this.#readsPerLook = Math.ceil((reads * cyclesPerLook * cycleNs) / withinNs)
  }

  link(port: 1 | 2): boolean {
    return (this.#links & port) !== 0
  }

  count(port: 1 | 2, counter: PortCounter): number {
    const at = (port - 1) * counters + portCounters.indexOf(counter)
    return (this.#carries[at] as number) * carry + (this.#counts[at] as number)
  }

  /** Whether it is time for a look. `cycle`: number of the cycle. Cyclic. */
  isDue(cycle: number): boolean {
    return (cycle & this.#dueMask) === 0
  }

  /** Reads what is next in turn. Allocates nothing. */
  look(): void {
    if (!this.#counting) return
    for (let n = 0; n < this.#readsPerLook; n++) {
      const index = this.#next
      this.#next = index + 1 < reads ? index + 1 : 0
      if (index < chipCounters.length) this.#take(index)
      else this.#takeLinks()
    }
  }

  /**
   * `status1`, `status2`: TGSR1 and TGSR2 of a cycle that has some of `tellingOfMisses`. A port without a link is not
   * counted: what its bits say there is not known. Cycles that came late count as one. Cyclic.
   */
  noteMisses(status1: number, status2: number): void {
    if (!this.#counting) return
    if ((this.#links & 1) !== 0) this.#noteMissesOf(0, status1)
    if ((this.#links & 2) !== 0) this.#noteMissesOf(counters, status2)
  }

  /** The chip is about to be reset: what its registers read counts for nothing until `begin`. Not cyclic. */
  pause(): void {
    this.#counting = false
  }

  /** Counts from what the registers read now. Not cyclic. */
  begin(): void {
    for (let n = 0; n < chipCounters.length; n++)
      this.#last[n] = this.#registers.readSigned32(chipCounters[n] as number)
    this.#takeLinks()
    this.#counting = true
  }

  /** All counts are 0 again. Not cyclic. */
  reset(): void {
    // what failed before is not to show up after
    if (this.#counting) this.begin()
    this.#counts.fill(0)
    this.#carries.fill(0)
  }

  #take(index: number): void {
    const now = this.#registers.readSigned32(chipCounters[index] as number)
    // a card that has gone; where it has not, the next look takes them
    if (now === allOnes) return
    const last = this.#last[index] as number
    if (now === last) return
    this.#last[index] = now
    this.#add(index, (now - last) & half)
    this.#add(counters + index, ((now >>> 16) - (last >>> 16)) & half)
  }

  #takeLinks(): void {
    const word = this.#registers.readSigned32(linkOffset)
    if (word !== allOnes) this.#links = extract(word, linkBits)
  }

  #noteMissesOf(port: number, status: number): void {
    for (let n = 0; n < missBits.length; n++) {
      if ((status & (missBits[n] as number)) === 0) continue
      this.#add(port + chipCounters.length + n, 1)
    }
  }

  #add(at: number, events: number): void {
    const sum = (this.#counts[at] as number) + events
    this.#counts[at] = sum & (carry - 1)
    if (sum >= carry) this.#carries[at] = (this.#carries[at] as number) + 1
  }
}
