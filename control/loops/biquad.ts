/**
 * A filter of second order, in transposed direct form II, which adds numbers of like size and so rounds least:
 * H(z) = (b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2). Coefficients: filter-design.ts.
 */
export type BiquadCoefficients = {
  readonly b0: number
  readonly b1: number
  readonly b2: number
  readonly a1: number
  readonly a2: number
}

export class Biquad {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Set before `update`. */
  input = 0.5
  /** Result of the last `update`. */
  output = 0.5
  #b0 = 0.5
  #b1 = 0.5
  #b2 = 0.5
  #a1 = 0.5
  #a2 = 0.5
  #state1 = 0.5
  #state2 = 0.5

  constructor(coefficients: BiquadCoefficients) {
    this.input = 0
    this.output = 0
    this.#state1 = 0
    this.#state2 = 0
    this.set(coefficients)
  }

  /** Other coefficients; what the filter remembers stays. Call `settle` for a start without a bump. */
  set(coefficients: BiquadCoefficients): void {
    this.#b0 = coefficients.b0
    this.#b1 = coefficients.b1
    this.#b2 = coefficients.b2
    this.#a1 = coefficients.a1
    this.#a2 = coefficients.a2
  }

  /** As if `input` had been the same for ever. Not for a filter whose gain at 0 Hz is infinite. */
  settle(): void {
    const sum = this.#b0 + this.#b1 + this.#b2
    this.output = (sum / (1 + this.#a1 + this.#a2)) * this.input
    this.#state2 = this.#b2 * this.input - this.#a2 * this.output
    this.#state1 = this.output - this.#b0 * this.input
  }

  /** Computes `output` from `input`. Cyclic. */
  update(): void {
    const x = this.input
    const y = this.#b0 * x + this.#state1
    this.#state1 = this.#b1 * x - this.#a1 * y + this.#state2
    this.#state2 = this.#b2 * x - this.#a2 * y
    this.output = y
  }
}
