/**
 * How commands ended, waiting to be taken: a ring of fixed size, nothing allocated. Its bound cannot be exceeded: who
 * fills it asks for `free` places first and refuses the command otherwise.
 */
export const commandEnd = { done: 1, aborted: 2, error: 3 } as const
export type CommandEndNumber = (typeof commandEnd)[keyof typeof commandEnd]

const width = 3

export class SettlementOutbox {
  readonly #words: Int32Array
  readonly #capacity: number
  #head = 0
  #count = 0
  /** The settlement last taken: the command's id, how it ended, and the axisError number with `error`. */
  id = 0
  end: CommandEndNumber = commandEnd.done
  error = 0

  constructor(capacity = 32) {
    this.#capacity = capacity
    this.#words = new Int32Array(capacity * width)
  }

  get free(): number {
    return this.#capacity - this.#count
  }

  /** `id` 0 is nobody's command and is not noted. Cyclic. */
  put(id: number, end: CommandEndNumber, error: number): void {
    if (id === 0) return
    const at = ((this.#head + this.#count) % this.#capacity) * width
    this.#words[at] = id
    this.#words[at + 1] = end
    this.#words[at + 2] = error
    this.#count += 1
  }

  /** Takes the oldest settlement into `id`, `end` and `error`; false when there is none. Cyclic. */
  take(): boolean {
    if (this.#count === 0) return false
    const at = this.#head * width
    this.id = this.#words[at] as number
    this.end = this.#words[at + 1] as CommandEndNumber
    this.error = this.#words[at + 2] as number
    this.#head = (this.#head + 1) % this.#capacity
    this.#count -= 1
    return true
  }
}
