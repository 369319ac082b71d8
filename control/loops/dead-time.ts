import { refuse } from './loop-parameter.ts'

/** A value that comes out a number of cycles later. */
export class DeadTime {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Set before `update`. */
  input = 0.5
  /** The input of `cycles` updates ago. */
  output = 0.5
  readonly #values: Float64Array
  #next = 0

  /** `cycles`: whole, 0 or more. Throws DP_LOOP_PARAMETER. */
  constructor(cycles: number) {
    if (!Number.isInteger(cycles) || cycles < 0)
      refuse('cycles', cycles, 'a whole number from 0 on')
    this.#values = new Float64Array(cycles + 1)
    this.input = 0
    this.output = 0
  }

  /** As if `input` had been the same for ever. */
  settle(): void {
    this.#values.fill(this.input)
    this.output = this.input
  }

  /** Computes `output`. Cyclic. */
  update(): void {
    const values = this.#values
    values[this.#next] = this.input
    this.#next = this.#next + 1 < values.length ? this.#next + 1 : 0
    this.output = values[this.#next] as number
  }
}
