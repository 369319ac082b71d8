import { requireNotNegative, requirePositive } from './loop-parameter.ts'

/**
 * Position from the counts of an encoder: scaled, and carried on where the counter wraps. Between two updates the encoder
 * moves by less than half of `wrapCounts`.
 */
export class EncoderPosition {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** As read. Set before `update`. */
  counts = 0.5
  /** Unit; result of the last `update`. Exact up to 2^53 counts. */
  position = 0.5
  readonly #unitPerCount: number
  readonly #wrapCounts: number
  #lastCounts = 0.5
  #total = 0.5

  /** `wrapCounts`: after how many counts the counter shows the same again, 2 ** 32 for a word of 32 bits; 0: never. Throws DP_LOOP_PARAMETER. */
  constructor(unitPerCount: number, wrapCounts = 0) {
    requirePositive('unitPerCount', unitPerCount)
    requireNotNegative('wrapCounts', wrapCounts)
    this.#unitPerCount = unitPerCount
    this.#wrapCounts = wrapCounts
    this.counts = 0
    this.settle()
  }

  /** Begins anew at `counts`. */
  settle(): void {
    this.#lastCounts = this.counts
    this.#total = this.counts
    this.position = this.#total * this.#unitPerCount
  }

  /** Computes `position` from `counts`. Cyclic. */
  update(): void {
    const wrap = this.#wrapCounts
    let change = this.counts - this.#lastCounts
    if (change > 0.5 * wrap && wrap !== 0) change -= wrap
    else if (change < -0.5 * wrap && wrap !== 0) change += wrap
    this.#lastCounts = this.counts
    this.#total += change
    this.position = this.#total * this.#unitPerCount
  }
}
