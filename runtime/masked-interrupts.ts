/**
 * How often the kernel stub masked the card's interrupt because its source would not clear. Read on the main thread, in
 * the page that the stub writes: the cycle pays nothing for it, and it is told even when the cycle stands still.
 */
import type { EventsReader } from '../uio/events-page.ts'

export class MaskedInterrupts {
  readonly #events: Pick<EventsReader, 'masked'> | undefined
  readonly #start: number
  #count = 0

  /** `events`: undefined where the kernel driver offers no page; then nothing is ever counted. */
  constructor(events: Pick<EventsReader, 'masked'> | undefined) {
    this.#events = events
    this.#start = events?.masked ?? 0
  }

  /** Since this was made. */
  get count(): number {
    const more = ((this.#events?.masked ?? 0) - this.#start) | 0
    // the page of a card that has gone reads zeros or ones: neither is more than what was seen before
    if (more > this.#count) this.#count = more
    return this.#count
  }
}
