/**
 * Cams and profiles on their way to the cyclic worker: memory that both threads share. The main thread places a table, the worker
 * reads it where it lies and counts by how many motions it is held; a table that is held, or on its way in a command, stays.
 */

/** Tables that may lie there at once. */
const mostTables = 256
const entry = { offset: 0, length: 1, held: 2, words: 3 } as const
const headBytes = mostTables * entry.words * 4

/** Room for tables beside those of the machine file: 512 KiB. */
const spareDoubles = 65_536

/** `doubles`: of the tables that are known beforehand. */
export function allocateTableStore(doubles: number): SharedArrayBuffer {
  return new SharedArrayBuffer(headBytes + (doubles + spareDoubles) * 8)
}

/** The worker's side. */
export class TableReader {
  readonly #words: Int32Array
  readonly #memory: SharedArrayBuffer
  readonly #own: Float64Array[] = []

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory
    this.#words = new Int32Array(memory, 0, mostTables * entry.words)
  }

  /** A table that the worker made itself: another number for `view`. Not cyclic. */
  own(data: Float64Array): number {
    return mostTables + this.#own.push(data) - 1
  }

  /** The table where it lies. Makes an object: for a command, not for every cycle. `undefined`: there is none. */
  view(table: number): Float64Array | undefined {
    if (table >= mostTables) return this.#own[table - mostTables]
    if (!(table >= 0)) return undefined
    const offset = this.#words[table * entry.words + entry.offset] as number
    const length = this.#words[table * entry.words + entry.length] as number
    if (length === 0) return undefined
    return new Float64Array(this.#memory, headBytes + offset * 8, length)
  }

  /** A motion reads it from now on, instead of `before` (-1: none). */
  hold(table: number, before: number): void {
    if (table < mostTables) Atomics.add(this.#words, table * entry.words + entry.held, 1)
    if (before >= 0 && before < mostTables)
      Atomics.sub(this.#words, before * entry.words + entry.held, 1)
  }
}

/** The main thread's side. */
export class TableWriter {
  readonly #words: Int32Array
  readonly #doubles: Float64Array
  /** Of each table what it was made of; `undefined` where there is none, or nobody will ask for it again. */
  readonly #sources: (object | undefined)[] = Array.from({ length: mostTables })
  /** Commands under way that name it. */
  readonly #named = new Int32Array(mostTables)

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, mostTables * entry.words)
    this.#doubles = new Float64Array(memory, headBytes)
  }

  /** The table's number, -1 when there is no room. The same `source` is placed once. */
  place(source: object, data: Float64Array): number {
    const known = this.#sources.indexOf(source)
    if (known >= 0) return known
    const at = this.#findRoom(data.length)
    if (at >= 0) return this.#put(source, data, at)
    this.#clear()
    const now = this.#findRoom(data.length)
    return now < 0 ? -1 : this.#put(source, data, now)
  }

  /** Stays until as many `release`s. */
  keep(table: number): void {
    this.#named[table] = (this.#named[table] as number) + 1
  }

  release(table: number): void {
    this.#named[table] = (this.#named[table] as number) - 1
  }

  #put(source: object, data: Float64Array, offset: number): number {
    const table = this.#sources.indexOf(undefined)
    if (table < 0) return -1
    this.#sources[table] = source
    this.#doubles.set(data, offset)
    this.#words[table * entry.words + entry.offset] = offset
    this.#words[table * entry.words + entry.length] = data.length
    return table
  }

  /** Lets go of what nobody reads. */
  #clear(): void {
    for (let table = 0; table < mostTables; table++) {
      const held = Atomics.load(this.#words, table * entry.words + entry.held)
      if (held === 0 && this.#named[table] === 0) this.#sources[table] = undefined
    }
  }

  /** First fit. */
  #findRoom(length: number): number {
    if (!this.#sources.includes(undefined)) return -1
    const taken: [from: number, to: number][] = []
    for (let table = 0; table < mostTables; table++) {
      if (this.#sources[table] === undefined) continue
      const from = this.#words[table * entry.words + entry.offset] as number
      taken.push([from, from + (this.#words[table * entry.words + entry.length] as number)])
    }
    taken.sort(([a], [b]) => a - b)
    let at = 0
    for (const [from, to] of taken) {
      if (from - at >= length) return at
      at = to
    }
    return this.#doubles.length - at >= length ? at : -1
  }
}
