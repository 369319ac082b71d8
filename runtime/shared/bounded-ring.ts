/**
 * A bounded queue of fixed-size messages of doubles between two threads: one writer, one reader, nobody blocks.
 * When it is full the writer is told so, and the refusals are counted in shared memory. Neither side allocates.
 */

const headBytes = 16
const writtenWord = 0
const readWord = 1
const refusedWord = 2

/** `slots` must be a power of two. */
export function allocateBoundedRing(fields: number, slots: number): SharedArrayBuffer {
  if (slots < 2 || (slots & (slots - 1)) !== 0)
    throw new RangeError(`a ring of ${slots} slots: expected a power of two from 2 on`)
  return new SharedArrayBuffer(headBytes + slots * fields * 8)
}

/** `begin`, `set` the fields, `push`. Fields that are not set keep what an older message left in the slot. */
export class BoundedRingWriter {
  readonly #words: Int32Array
  readonly #slots: Float64Array
  readonly #fields: number
  readonly #capacity: number
  #base = 0

  constructor(memory: SharedArrayBuffer, fields: number) {
    this.#words = new Int32Array(memory, 0, 3)
    this.#slots = new Float64Array(memory, headBytes)
    this.#fields = fields
    this.#capacity = this.#slots.length / fields
  }

  /** False, and counted, when the ring is full. */
  begin(): boolean {
    const written = Atomics.load(this.#words, writtenWord)
    if (((written - Atomics.load(this.#words, readWord)) | 0) >= this.#capacity) {
      Atomics.add(this.#words, refusedWord, 1)
      return false
    }
    this.#base = (written & (this.#capacity - 1)) * this.#fields
    return true
  }

  set(field: number, value: number): void {
    this.#slots[this.#base + field] = value
  }

  push(): void {
    Atomics.add(this.#words, writtenWord, 1)
  }
}

/** `take`, `get` the fields, `release`. */
export class BoundedRingReader {
  readonly #words: Int32Array
  readonly #slots: Float64Array
  readonly #fields: number
  readonly #capacity: number
  #base = 0

  constructor(memory: SharedArrayBuffer, fields: number) {
    this.#words = new Int32Array(memory, 0, 3)
    this.#slots = new Float64Array(memory, headBytes)
    this.#fields = fields
    this.#capacity = this.#slots.length / fields
  }

  /** Messages that the writer could not place, since the start; wraps at 2^32. */
  get refused(): number {
    return Atomics.load(this.#words, refusedWord) >>> 0
  }

  /** False when there is no message. */
  take(): boolean {
    const read = Atomics.load(this.#words, readWord)
    if (read === Atomics.load(this.#words, writtenWord)) return false
    this.#base = (read & (this.#capacity - 1)) * this.#fields
    return true
  }

  get(field: number): number {
    return this.#slots[this.#base + field] as number
  }

  /** All fields of the message. */
  copyTo(fields: Float64Array): void {
    for (let field = 0; field < this.#fields; field++)
      fields[field] = this.#slots[this.#base + field] as number
  }

  release(): void {
    Atomics.add(this.#words, readWord, 1)
  }
}
