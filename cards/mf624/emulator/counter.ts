/**
 * One of the card's counters on its own clocks: counts down from its load value (or up to 2^32), tells its end.
 *
 * Not modelled: triggers, gates, inputs, neighbours' outputs as clocks; a counter with such a clock stands still. Counting
 * down ends at 0: one period is the load value + 1 ticks, as the load values for pulse widths say.
 */
import { extract } from '../../../uio/bit-field.ts'
import { nsPerSecond, nsPerUs } from '../../../units.ts'
import { counterClocksHz, counterCommand, counterWrites } from '../registers.ts'

const mode = counterWrites.mode.bits
const wholeRange = 2 ** 32
/** Ends that follow each other more closely are seen together: the host could not tell them apart. */
const closestNs = 20 * nsPerUs

export class Counter {
  loadA = 0
  loadB = 0
  mode = 0
  running = false
  /** The output's state. */
  output = false
  /** It reached its end and was not commanded since: the interrupt status of counter 4. */
  ended = false
  #count = 0
  /** When `#count` was right; undefined until the next tick tells the time. */
  #sinceNs: number | undefined
  #loadedB = false

  /** The count at the last tick, unsigned. */
  get count(): number {
    return this.#count
  }

  /** The command bits of one counter. Start, load and reset clear the end. */
  command(bits: number): void {
    if ((bits & counterCommand.reset) !== 0) this.#set(0, false)
    if ((bits & counterCommand.load) !== 0) this.#set(this.loadA, false)
    if ((bits & counterCommand.start) !== 0) {
      this.ended = false
      this.running = true
      this.#sinceNs = undefined
    }
    if ((bits & counterCommand.stop) !== 0) this.running = false
    if ((bits & counterCommand.setOutput) !== 0) this.output = true
    if ((bits & counterCommand.resetOutput) !== 0) this.output = false
  }

  /** Counts up to now. Returns when the counter reaches its end. */
  tick(nowNs: number): number {
    const hz = counterClocksHz[extract(this.mode, mode.clock)]
    if (!this.running || hz === undefined) return Infinity
    this.#sinceNs ??= nowNs
    const tickNs = nsPerSecond / hz
    let ticks = Math.floor((nowNs - this.#sinceNs) / tickNs)
    this.#sinceNs += ticks * tickNs
    while (this.running && ticks >= this.#left) {
      ticks -= this.#left
      this.#end()
      ticks = this.#skipRounds(ticks)
    }
    if (!this.running) return Infinity
    this.#count = this.#up ? this.#count + ticks : this.#count - ticks
    return Math.max(this.#sinceNs + this.#left * tickNs, nowNs + closestNs)
  }

  reset(): void {
    this.loadA = 0
    this.loadB = 0
    this.mode = 0
    this.running = false
    this.output = false
    this.#set(0, false)
  }

  get #up(): boolean {
    return extract(this.mode, mode.up) === 1
  }

  /** Ticks to the end. */
  get #left(): number {
    return this.#ticksFrom(this.#count)
  }

  #ticksFrom(count: number): number {
    return this.#up ? wholeRange - count : count + 1
  }

  /** At the beginning of a round: leaves out whole rounds, after which all is as before but for an odd toggle. */
  #skipRounds(ticks: number): number {
    if (!this.running) return ticks
    const toggles = extract(this.mode, mode.loadToggle) === 1
    const round = this.#ticksFrom(this.loadA) + (toggles ? this.#ticksFrom(this.loadB) : 0)
    const rounds = Math.floor(ticks / round)
    const odd = !toggles && rounds % 2 === 1
    if (odd && extract(this.mode, mode.outputToggle) === 1) this.output = !this.output
    return ticks - rounds * round
  }

  #end(): void {
    this.ended = true
    if (extract(this.mode, mode.outputToggle) === 1) this.output = !this.output
    if (extract(this.mode, mode.repeat) === 0) {
      this.running = false
      this.#count = 0
      return
    }
    this.#loadedB = extract(this.mode, mode.loadToggle) === 1 && !this.#loadedB
    this.#count = this.#loadedB ? this.loadB : this.loadA
  }

  #set(count: number, loadedB: boolean): void {
    this.#count = count
    this.#loadedB = loadedB
    this.#sinceNs = undefined
    this.ended = false
  }
}
