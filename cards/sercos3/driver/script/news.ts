/** What happened to the ring, kept until the runtime fetches it. */
import type { CardNews } from '../../../card.ts'

/** Who does not fetch loses the oldest. */
const capacity = 64

export class NewsDesk {
  readonly #queue: CardNews[] = []

  tell(news: CardNews): void {
    if (this.#queue.length === capacity) this.#queue.shift()
    this.#queue.push(news)
  }

  /** The oldest; allocates nothing. */
  take(): CardNews | undefined {
    return this.#queue.length === 0 ? undefined : this.#queue.shift()
  }
}
