/**
 * How the cables lie, cycle by cycle from CP1 on. A change counts once it has lasted some cycles: a telegram that got lost
 * looks like a missing cable, too. The process data do not wait for that: each device is read from where it answers.
 */
import { topology, topologyText } from '../chip/cable-topology.ts'
import { deviceAnswers } from './line-ends.ts'
import type { RunUpContext } from '../script/run-up-context.ts'

const settlingCycles = 3

export class CableWatch {
  readonly #context: RunUpContext
  #seen: number = topology.noLink
  #cycles = 0

  constructor(context: RunUpContext) {
    this.#context = context
  }

  /** Something is to be looked at. Cyclic. */
  get due(): boolean {
    return this.#context.exchange.topology !== this.#context.wiring
  }

  /** Once a cycle from CP1 on. Allocates when a change has settled only. */
  look(): void {
    const { exchange, wiring } = this.#context
    const now = exchange.topology
    // nothing at all, or too little, is a matter of lost telegrams
    if (now === wiring || now === topology.noLink || !exchange.fresh) {
      this.#seen = wiring
      return
    }
    this.#cycles = now === this.#seen ? this.#cycles + 1 : 1
    this.#seen = now
    if (this.#cycles >= settlingCycles) this.#settle(now)
  }

  #settle(now: number): void {
    const context = this.#context
    const was = context.wiring
    context.wiring = now
    context.control.tellRing(now === topology.ring)
    context.news.tell({
      kind: 'topology',
      topology: now,
      text: `${topologyText(was)} has become ${topologyText(now)}${this.#where(now)}`,
    })
  }

  /** Between which devices a ring is open. */
  #where(now: number): string {
    const { config } = this.#context
    if (now !== topology.brokenRing) return ''
    const near = config.devices.findLastIndex((_, n) => deviceAnswers(this.#context, n, 1))
    const far = config.devices.findIndex((_, n) => deviceAnswers(this.#context, n, 2))
    if (near < 0 || far < 0) return ''
    return `: open between ${this.#context.names([near])} and ${this.#context.names([far])}`
  }
}
