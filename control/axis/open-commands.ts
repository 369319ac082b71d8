/** The commands of an axis that have not ended, one of each kind, and how each ends. Cyclic throughout. */
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import { commandEnd, type SettlementOutbox } from './settlement-outbox.ts'

/** Power, motion and reset can be open, and the command that comes: no more can settle before the next take. */
const mostAtOnce = 4

export class OpenCommands {
  /** Ids; 0: none. */
  power = 0
  motion = 0
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

  /** A motion takes the place of the one before. */
  beginMotion(id: number): void {
    this.#outbox.put(this.motion, commandEnd.aborted, axisError.none)
    this.motion = id
  }

  endMotion(): void {
    this.#outbox.put(this.motion, commandEnd.done, axisError.none)
    this.motion = 0
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
    this.#outbox.put(this.motion, commandEnd.error, reason)
    this.#outbox.put(this.power, commandEnd.error, reason)
    this.#outbox.put(this.reset, commandEnd.error, reason)
    this.motion = 0
    this.power = 0
    this.reset = 0
  }
}
