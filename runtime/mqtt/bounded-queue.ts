/** A message on its way to the MQTT client. */
export type Message = {
  readonly topic: string
  readonly payload: string
  readonly retain: boolean
}

/**
 * First in, first out, with a bound: at the bound a push drops the oldest message and counts it. What is newest is what
 * a subscriber wants to know after an outage.
 *
 *   items:  [ e | f | g | . | . | c | d ]    head = 5, size = 5
 *                         ^ tail    ^ head
 */
export class BoundedQueue {
  readonly bound: number
  readonly #items: (Message | undefined)[]
  #head = 0
  #size = 0
  #dropped = 0

  constructor(bound: number) {
    this.bound = bound
    this.#items = Array.from({ length: bound }, () => undefined)
  }

  get size(): number {
    return this.#size
  }

  /** Messages dropped at the bound since the start. */
  get dropped(): number {
    return this.#dropped
  }

  push(message: Message): void {
    if (this.#size === this.bound) {
      this.shift()
      this.#dropped++
    }
    this.#items[(this.#head + this.#size) % this.bound] = message
    this.#size++
  }

  shift(): Message | undefined {
    const message = this.#items[this.#head]
    if (message === undefined) return undefined
    this.#items[this.#head] = undefined
    this.#head = (this.#head + 1) % this.bound
    this.#size--
    return message
  }
}
