/** Reads a profile's table at a time, going on from where it read last. Cyclic, but for `measure`. */
import { profileHeader, profileRow } from './profile-table.ts'

const halvings = 60

export class ProfileReader {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** s from the beginning. Set before `read`. */
  time = 0.5
  // found by `read`
  position = 0.5
  velocity = 0.5
  acceleration = 0.5
  // found by `measure`: the extremes of the whole profile
  positionMin = 0.5
  positionMax = 0.5
  velocityMin = 0.5
  velocityMax = 0.5
  accelerationMin = 0.5
  accelerationMax = 0.5
  jerkMin = 0.5
  jerkMax = 0.5
  #table: Float64Array = new Float64Array(profileHeader.length + profileRow.length)
  #row: number = profileHeader.length

  get table(): Float64Array {
    return this.#table
  }

  set table(table: Float64Array) {
    this.#table = table
    this.rewind()
  }

  rewind(): void {
    this.#row = profileHeader.length
  }

  /** The row of the state at the end. */
  get #last(): number {
    const segments = this.#table[profileHeader.segments] as number
    return profileHeader.length + segments * profileRow.length
  }

  /** s. */
  get duration(): number {
    return this.#table[this.#last] as number
  }

  /** Whether `time` is at or beyond the end. */
  get isOver(): boolean {
    return this.time >= (this.#table[this.#last] as number)
  }

  /** Times only grow until `rewind`. Beyond the end: on at the last velocity. */
  read(): void {
    const table = this.#table
    const last = this.#last
    let row = this.#row
    while (row < last && (table[row + profileRow.length] as number) <= this.time)
      row += profileRow.length
    this.#row = row
    this.#evaluate()
  }

  /** Finds the extremes of everything. Not cyclic: goes through all segments. */
  measure(): void {
    this.positionMin = Infinity
    this.positionMax = -Infinity
    this.velocityMin = Infinity
    this.velocityMax = -Infinity
    this.accelerationMin = Infinity
    this.accelerationMax = -Infinity
    this.jerkMin = Infinity
    this.jerkMax = -Infinity
    this.rewind()
    const last = this.#last
    for (let row = profileHeader.length; row < last; row += profileRow.length) this.#measure(row)
    this.rewind()
  }

  #measure(row: number): void {
    const table = this.#table
    const begin = table[row] as number
    const length = (table[row + profileRow.length] as number) - begin
    const a = table[row + profileRow.acceleration] as number
    const j = table[row + profileRow.jerk] as number
    const s = table[row + profileRow.snap] as number
    this.jerkMin = Math.min(this.jerkMin, j, j + s * length)
    this.jerkMax = Math.max(this.jerkMax, j, j + s * length)
    // where velocity turns: a + j t + s t^2 / 2 = 0, without cancellation
    const root = Math.sqrt(Math.max(j * j - 2 * s * a, 0))
    const q = -(j + (j < 0 ? -root : root))
    const turns = [(2 * a) / q, q / s]
      .filter((t) => t > 0 && t < length)
      .toSorted((one, other) => one - other)
    const times = [0, ...turns, length]
    for (const t of [...times, -j / s]) if (t >= 0 && t <= length) this.#note(row, begin + t)
    for (let n = 0; n < times.length - 1; n++)
      this.#noteStandstill(row, begin + (times[n] ?? 0), begin + (times[n + 1] ?? 0))
  }

  /** Where velocity, which goes one way from `low` to `high`, passes zero, position turns. */
  #noteStandstill(row: number, low: number, high: number): void {
    const before = this.#velocityAt(row, low)
    if (before * this.#velocityAt(row, high) >= 0) return
    for (let n = 0; n < halvings; n++) {
      const middle = (low + high) / 2
      if (before * this.#velocityAt(row, middle) > 0) low = middle
      else high = middle
    }
    this.#note(row, low)
  }

  #velocityAt(row: number, time: number): number {
    this.#look(row, time)
    return this.velocity
  }

  #note(row: number, time: number): void {
    this.#look(row, time)
    this.positionMin = Math.min(this.positionMin, this.position)
    this.positionMax = Math.max(this.positionMax, this.position)
    this.velocityMin = Math.min(this.velocityMin, this.velocity)
    this.velocityMax = Math.max(this.velocityMax, this.velocity)
    this.accelerationMin = Math.min(this.accelerationMin, this.acceleration)
    this.accelerationMax = Math.max(this.accelerationMax, this.acceleration)
  }

  #look(row: number, time: number): void {
    this.#row = row
    this.time = time
    this.#evaluate()
  }

  /** The row at `time`. */
  #evaluate(): void {
    const table = this.#table
    const row = this.#row
    const t = this.time - (table[row] as number)
    const v = table[row + profileRow.velocity] as number
    const a = table[row + profileRow.acceleration] as number
    const j = table[row + profileRow.jerk] as number
    const s = table[row + profileRow.snap] as number
    this.position =
      (table[row + profileRow.position] as number) +
      t * (v + t * (a / 2 + t * (j / 6 + (t * s) / 24)))
    this.velocity = v + t * (a + t * (j / 2 + (t * s) / 6))
    this.acceleration = a + t * (j + (t * s) / 2)
  }
}
