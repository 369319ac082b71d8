import { requireNotNegative, requirePositive } from './loop-parameter.ts'
import type { VelocityObserver } from './velocity-observer.ts'

/**
 * Velocity as the change of position in a cycle, through a first-order low pass. The simplest observer: one count is a
 * velocity of (unit per count) / cycleS, which the low pass lowers to cycleS / (filterS + cycleS) of it; on a ramp it lags by
 * filterS + cycleS / 2.
 */
export class VelocityDifferentiator implements VelocityObserver {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  position = 0.5
  velocity = 0.5
  readonly #perChange: number
  readonly #kept: number
  #lastPosition = 0.5

  /** `filterS`: time constant of the low pass, s; 0: none. Throws DP_LOOP_PARAMETER. */
  constructor(cycleS: number, filterS = 0) {
    requirePositive('cycleS', cycleS)
    requireNotNegative('filterS', filterS)
    this.#perChange = 1 / (filterS + cycleS)
    this.#kept = filterS / (filterS + cycleS)
    this.position = 0
    this.settle()
  }

  settle(): void {
    this.#lastPosition = this.position
    this.velocity = 0
  }

  /** Computes `velocity` from `position`. Cyclic. */
  update(): void {
    const change = this.position - this.#lastPosition
    this.#lastPosition = this.position
    this.velocity = this.#kept * this.velocity + this.#perChange * change
  }
}
