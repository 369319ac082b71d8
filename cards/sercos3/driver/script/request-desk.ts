/** The one request to the ring that may be under way, see CyclicCard.request. */
import { cardRequest, cardRequestState } from '../../../card.ts'

export class RequestDesk {
  /** One of cardRequestState, of the request taken last. */
  state: number = cardRequestState.idle
  error: Error | undefined
  /** One of cardRequest; `none` unless one is under way. */
  what: number = cardRequest.none
  argument = 0
  /** Number of the request taken last: a script that was begun for an earlier one does not end this one. */
  number = 0

  get busy(): boolean {
    return this.state === cardRequestState.underWay
  }

  /** Takes a request; one that was under way ends as failed without anybody being told. */
  take(what: number, argument: number): void {
    this.what = what
    this.argument = argument
    this.number++
    this.error = undefined
    this.state = cardRequestState.underWay
  }

  done(): void {
    if (this.busy) this.#end(cardRequestState.done)
  }

  fail(error: Error): void {
    if (!this.busy) return
    this.error = error
    this.#end(cardRequestState.failed)
  }

  #end(state: number): void {
    this.what = cardRequest.none
    this.state = state
  }
}
