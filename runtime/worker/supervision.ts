/** What the cycle looks after beside its work: the main thread's heartbeat, and a card that raises no interrupt any more. Cyclic. */
import type { ControlBlock } from '../shared/control-block.ts'

export class Supervision {
  /** Time since the turn before, ns. Set before `watch`: a double handed to a method would be boxed on the heap. */
  turnNs = 0.5
  readonly #control: ControlBlock
  readonly #stallNs: number
  #heartbeat = 0
  /** Time without a heartbeat and without an interrupt, ns. A fraction first: V8 then holds them as doubles. */
  #heartbeatStillNs = 0.5
  #silentNs = 0.5

  constructor(control: ControlBlock, stallNs: number) {
    this.#control = control
    this.#stallNs = stallNs
  }

  /** `watched`: the ring is operational. */
  watch(interrupted: boolean, watched: boolean): void {
    const heartbeat = this.#control.heartbeat
    if (heartbeat !== this.#heartbeat || !watched) this.#heartbeatStillNs = 0
    else this.#heartbeatStillNs += this.turnNs
    this.#heartbeat = heartbeat
    if (interrupted || !watched) this.#silentNs = 0
    else this.#silentNs += this.turnNs
  }

  get mainStalled(): boolean {
    return this.#heartbeatStillNs > this.#stallNs
  }

  get cardSilent(): boolean {
    return this.#silentNs > this.#stallNs
  }
}
