/**
 * Cycle records from the worker to the main thread: fixed size, one producer that never blocks and overwrites the
 * oldest, one reader that learns exactly how many it lost.
 *
 * Two counts guard the slots: `begun` is stored before a slot is touched, `done` after it is whole. The reader copies
 * first and looks at `begun` afterwards: a slot whose next record was begun by then may be torn and counts as dropped.
 * It gives up one slot more than that, because an Atomics.store does not keep later plain stores behind it on every
 * processor, and a cycle is far longer than any such reordering. Counts wrap at 2^32; their differences do not.
 */

const headBytes = 16
const begunWord = 0
const doneWord = 1

/** `records` must be a power of two. */
export function allocateRecordRing(fields: number, records: number): SharedArrayBuffer {
  if (records < 4 || (records & (records - 1)) !== 0)
    throw new RangeError(`a record ring of ${records} records: expected a power of two from 4 on`)
  return new SharedArrayBuffer(headBytes + records * fields * 8)
}

/**
 * Cyclic: `begin`, fill `slots` from `base` on, `push`. The slots are open because a double handed to a method that the
 * compiler did not inline is boxed on the heap.
 */
export class RecordWriter {
  /** All records, `fields` doubles each. */
  readonly slots: Float64Array
  /** Where the record under construction starts in `slots`. */
  base = 0
  readonly #counts: Int32Array
  readonly #fields: number
  readonly #mask: number
  /** Number of the record under construction, signed 32-bit. */
  #number = 0

  constructor(memory: SharedArrayBuffer, fields: number) {
    this.#counts = new Int32Array(memory, 0, 2)
    this.slots = new Float64Array(memory, headBytes)
    this.#fields = fields
    this.#mask = this.slots.length / fields - 1
    this.#number = Atomics.load(this.#counts, doneWord)
  }

  begin(): void {
    this.base = (this.#number & this.#mask) * this.#fields
    Atomics.store(this.#counts, begunWord, (this.#number + 1) | 0)
  }

  push(): void {
    this.#number = (this.#number + 1) | 0
    Atomics.store(this.#counts, doneWord, this.#number)
  }
}

/** One batch of records as the reader copied them; overwritten by the next `read`. */
export class RecordBatch {
  readonly fields: number
  readonly #memory: Float64Array
  #first = 0
  #length = 0

  constructor(fields: number, records: number) {
    this.fields = fields
    this.#memory = new Float64Array(fields * records)
  }

  get length(): number {
    return this.#length
  }

  get(record: number, field: number): number {
    return this.#memory[(this.#first + record) * this.fields + field] as number
  }

  /** For the reader: the copy's memory, then which records of it are whole. */
  get memory(): Float64Array {
    return this.#memory
  }

  hold(first: number, length: number): void {
    this.#first = first
    this.#length = length
  }

  /** One field of all records, in a new array that the caller may keep. */
  column(field: number): Float64Array {
    const column = new Float64Array(this.#length)
    for (let k = 0; k < column.length; k++) column[k] = this.get(k, field)
    return column
  }
}

export class RecordReader {
  readonly #counts: Int32Array
  readonly #slots: Float64Array
  readonly #fields: number
  readonly #records: number
  readonly #batch: RecordBatch
  readonly #newest: RecordBatch
  #next = 0
  #dropped = 0

  constructor(memory: SharedArrayBuffer, fields: number) {
    this.#counts = new Int32Array(memory, 0, 2)
    this.#slots = new Float64Array(memory, headBytes)
    this.#fields = fields
    this.#records = this.#slots.length / fields
    this.#batch = new RecordBatch(fields, this.#records)
    this.#newest = new RecordBatch(fields, 1)
    this.#next = Atomics.load(this.#counts, doneWord)
  }

  /** Records that were overwritten before they were read, since the start. */
  get dropped(): number {
    return this.#dropped
  }

  /** Takes every record since the last `read` or `skip`. The batch is valid until the next call. */
  read(): RecordBatch {
    const done = Atomics.load(this.#counts, doneWord)
    const pending = (done - this.#next) | 0
    const first = pending < this.#records ? this.#next : (done - this.#records + 1) | 0
    const copied = (done - first) | 0
    this.#copy(first, copied)
    // record n is whole unless record n + records may have been begun: one slot is kept as a guard, see above
    const begun = Atomics.load(this.#counts, begunWord)
    const overrun = Math.max(0, (begun - first + 1 - this.#records) | 0)
    const lost = Math.min(overrun, copied)
    this.#dropped += pending - copied + lost
    this.#next = done
    this.#batch.hold(lost, copied - lost)
    return this.#batch
  }

  /** Passes over every record since the last call, at no cost per record: nobody wanted them, so none is dropped. */
  skip(): void {
    this.#next = Atomics.load(this.#counts, doneWord)
  }

  /** The newest record alone, without moving on; empty when there is none yet. Valid until the next call. */
  newest(): RecordBatch {
    const done = Atomics.load(this.#counts, doneWord)
    const at = ((done - 1) & (this.#records - 1)) * this.#fields
    this.#newest.memory.set(this.#slots.subarray(at, at + this.#fields))
    this.#newest.hold(0, done === 0 ? 0 : 1)
    return this.#newest
  }

  #copy(first: number, records: number): void {
    const mask = this.#records - 1
    const target = this.#batch.memory
    const start = first & mask
    const untilWrap = Math.min(records, this.#records - start)
    target.set(this.#slots.subarray(start * this.#fields, (start + untilWrap) * this.#fields))
    if (untilWrap < records)
      target.set(
        this.#slots.subarray(0, (records - untilWrap) * this.#fields),
        untilWrap * this.#fields,
      )
  }
}
