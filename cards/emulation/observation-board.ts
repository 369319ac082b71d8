/**
 * A row of numbers that one thread writes and others read whole, in shared memory: a sequence word that is odd while
 * the row is written. The writer never waits; a reader that meets it inside looks again.
 */
const headerBytes = 8
/** A writer is inside for microseconds; one that is not heard of for so many looks is dead. */
const maxLooks = 1_000_000

/** Memory for a board of `length` numbers, for both sides. */
export function createBoard(length: number): SharedArrayBuffer {
  return new SharedArrayBuffer(headerBytes + 8 * length)
}

export class BoardWriter {
  /** The row; write it between begin and end alone. */
  readonly values: Float64Array
  readonly #sequence: Int32Array

  constructor(board: SharedArrayBuffer) {
    this.values = new Float64Array(board, headerBytes)
    this.#sequence = new Int32Array(board, 0, 1)
  }

  begin(): void {
    Atomics.add(this.#sequence, 0, 1)
  }

  end(): void {
    Atomics.add(this.#sequence, 0, 1)
  }
}

export class BoardReader {
  readonly #values: Float64Array
  readonly #sequence: Int32Array
  readonly #copy: Float64Array

  constructor(board: SharedArrayBuffer) {
    this.#values = new Float64Array(board, headerBytes)
    this.#sequence = new Int32Array(board, 0, 1)
    this.#copy = new Float64Array(this.#values.length)
  }

  /** The newest whole row; the same array every time. After a writer that died inside, the last whole row. */
  read(): Float64Array {
    for (let look = 0; look < maxLooks; look++) {
      const before = Atomics.load(this.#sequence, 0)
      if ((before & 1) !== 0) continue
      const seen = this.#values.slice()
      if (Atomics.load(this.#sequence, 0) !== before) continue
      this.#copy.set(seen)
      break
    }
    return this.#copy
  }
}
