/** The commands of an axis beside its motions that have not ended, one of each kind, and how each ends. Cyclic throughout. */
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import { queueDepth } from './motion-queue.ts'
import { commandEnd, type SettlementOutbox } from './settlement-outbox.ts'

/**
 * Power, reset, the motion that runs, those that wait and the one laid over can be open, and the command that comes: no more can
 * settle before the next take.
 */
const mostAtOnce = queueDepth + 5

export class OpenCommands {
  /** Ids; 0: none. */
  power = 0
  reset = 0
  readonly #outbox: SettlementOutbox

  constructor(outbox: SettlementOutbox) {
    this.#outbox = outbox
  }

  /** False: the outbox has no room for what one more command may bring about. */
  get hasRoom(): boolean {
    return this.#outbox.free >= mostAtOnce
  }

  /** A command that is not begun. */
  refuse(id: number, error: AxisErrorNumber): true {
    this.#outbox.put(id, commandEnd.error, error)
    return true
  }

  /** A command that has nothing to do. */
  settle(id: number): true {
    this.#outbox.put(id, commandEnd.done, axisError.none)
    return true
  }

  beginPower(id: number): void {
    this.#outbox.put(this.power, commandEnd.aborted, axisError.none)
    this.power = id
  }

  endPower(): void {
    this.#outbox.put(this.power, commandEnd.done, axisError.none)
    this.power = 0
  }

  beginReset(id: number): void {
    this.#outbox.put(this.reset, commandEnd.aborted, axisError.none)
    this.reset = id
  }

  endReset(): void {
    this.#outbox.put(this.reset, commandEnd.done, axisError.none)
    this.reset = 0
  }

  /** All of them at once. */
  fail(reason: AxisErrorNumber): void {
    this.#outbox.put(this.power, commandEnd.error, reason)
    this.#outbox.put(this.reset, commandEnd.error, reason)
    this.power = 0
    this.reset = 0
  }
}
