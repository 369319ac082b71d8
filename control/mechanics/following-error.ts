/**
 * Supervision of the following error: what the axis may lag behind its setpoint, by how fast it goes, and for how long.
 *
 * A position loop without velocity feed-forward lags by velocity / Kv, and that is no fault: `lagS` (1 / Kv) takes it off. What
 * is left may be `window + windowPerVelocityS |velocity|`, and beyond it for no longer than `filterS`.
 * Cyclic; inputs are fields, and nothing is allocated.
 */
import { requireBound, requireNotNegative, requirePositive } from './mechanics-option.ts'

export type FollowingErrorOptions = {
  /** At standstill, unit. */
  readonly window: number
  /** What each unit/s of commanded velocity adds to the window, s. Left out: 0. */
  readonly windowPerVelocityS?: number
  /** Lag that the loop has by its nature, s: the inverse of its gain as far as it is not fed forward. Left out: 0. */
  readonly lagS?: number
  /** How long the window may be left, s. Left out: 0, the first cycle outside counts. */
  readonly filterS?: number
}

export class FollowingErrorSupervision {
  /** Setpoint minus feedback, unit. Set before `update`. */
  error = 0.5
  /** Commanded velocity, unit/s. Set before `update`. */
  velocity = 0.5
  /** Found by `update`: what may be at this velocity, unit. */
  window = 0.5
  /** Found by `update`: the error without the lag that is expected, unit. */
  excess = 0.5
  /** Largest |excess| since `reset`, unit. */
  worst = 0.5
  /** The window was left for longer than the filter time. Stays until `reset`. */
  tripped = false

  readonly #atRest: number
  readonly #perVelocityS: number
  readonly #lagS: number
  readonly #filterCycles: number
  #outside = 0

  /** `cycleS`: s between two updates. Throws DP_MECHANICS_OPTION. */
  constructor(cycleS: number, options: FollowingErrorOptions) {
    const { window, windowPerVelocityS = 0, lagS = 0, filterS = 0 } = options
    requirePositive('cycleS', cycleS)
    requireBound('window', window)
    requireNotNegative('windowPerVelocityS', windowPerVelocityS)
    requireNotNegative('lagS', lagS)
    requireNotNegative('filterS', filterS)
    this.#atRest = window
    this.#perVelocityS = windowPerVelocityS
    this.#lagS = lagS
    this.#filterCycles = Math.round(filterS / cycleS)
    this.error = 0
    this.velocity = 0
    this.window = window
    this.reset()
  }

  reset(): void {
    this.excess = 0
    this.worst = 0
    this.tripped = false
    this.#outside = 0
  }

  /** Once a cycle. True when it has tripped. Cyclic. */
  update(): boolean {
    const { velocity } = this
    const excess = this.error - velocity * this.#lagS
    const size = Math.abs(excess)
    this.excess = excess
    this.window = this.#atRest + this.#perVelocityS * Math.abs(velocity)
    if (size > this.worst) this.worst = size
    // negated, so that a feedback that is no number trips
    this.#outside = size <= this.window ? 0 : this.#outside + 1
    if (this.#outside > this.#filterCycles) this.tripped = true
    return this.tripped
  }
}
