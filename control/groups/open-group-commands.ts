/** The commands of a group, other than motions, that have not ended, one of each kind, and how commands end. Cyclic throughout. */
import {
  commandEnd,
  type CommandEndNumber,
  type SettlementOutbox,
} from '../axis/settlement-outbox.ts'
import { groupError, type GroupErrorNumber } from './group-error.ts'

export class OpenGroupCommands {
  /** Ids; 0: none. */
  halt = 0
  stop = 0
  home = 0
  reset = 0
  interrupt = 0
  readonly #outbox: SettlementOutbox
  readonly #mostAtOnce: number

  /** `mostAtOnce`: how many commands can end before the outbox is emptied. */
  constructor(outbox: SettlementOutbox, mostAtOnce: number) {
    this.#outbox = outbox
    this.#mostAtOnce = mostAtOnce
  }

  /** False: the outbox has no room for what one more command may bring about. */
  get hasRoom(): boolean {
    return this.#outbox.free >= this.#mostAtOnce
  }

  refuse(id: number, error: GroupErrorNumber): true {
    this.#outbox.put(id, commandEnd.error, error)
    return true
  }

  settle(id: number): true {
    this.#outbox.put(id, commandEnd.done, groupError.none)
    return true
  }

  abort(id: number): void {
    this.#outbox.put(id, commandEnd.aborted, groupError.none)
  }

  endHalt(): void {
    this.settle(this.halt)
    this.halt = 0
  }

  endStop(): void {
    this.settle(this.stop)
    this.stop = 0
  }

  endHome(): void {
    this.settle(this.home)
    this.home = 0
  }

  beginReset(id: number): void {
    this.abort(this.reset)
    this.reset = id
  }

  endReset(): void {
    this.settle(this.reset)
    this.reset = 0
  }

  beginInterrupt(id: number): void {
    this.abort(this.interrupt)
    this.interrupt = id
  }

  endInterrupt(): void {
    this.settle(this.interrupt)
    this.interrupt = 0
  }

  /** All but a reset; with `reason` none they are aborted. */
  drop(reason: GroupErrorNumber): void {
    const end: CommandEndNumber = reason === groupError.none ? commandEnd.aborted : commandEnd.error
    this.#outbox.put(this.halt, end, reason)
    this.#outbox.put(this.stop, end, reason)
    this.#outbox.put(this.home, end, reason)
    this.#outbox.put(this.interrupt, end, reason)
    this.halt = 0
    this.stop = 0
    this.home = 0
    this.interrupt = 0
  }
}
