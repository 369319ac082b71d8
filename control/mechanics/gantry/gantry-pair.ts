/**
 * Two drives that carry one beam: the leading side is the axis, the other one follows its setpoint at an offset. The offset is
 * what the sides were apart when they were coupled, so that taking up power racks nothing; once both sides are homed it is the
 * angle of the beam, and `align` takes it to nothing slowly. Skew, what the sides are apart beyond that, is supervised, and
 * made smaller by a correction of the following side (cross coupling; Y. Koren, "Cross-Coupled Biaxial Computer Control for
 * Manufacturing Systems", J. Dyn. Sys., Meas., Control 102(4), 1980).
 */
import { MotionState } from '../../trajectory/motion-state.ts'
import { type FollowingErrorOptions, FollowingErrorSupervision } from '../following-error.ts'
import { LedMove } from '../homing/led-move.ts'
import { requireNotNegative, requirePositive } from '../mechanics-option.ts'

export type GantryOptions = {
  /** What skew may be, as a following error. Unit, s. */
  readonly skew: FollowingErrorOptions
  /** How the offset is taken to another value: unit/s, unit/s^2, unit/s^3. */
  readonly alignment: {
    readonly velocity: number
    readonly acceleration: number
    readonly jerk: number
  }
  /** Left out: the following side is not corrected. */
  readonly correction?: {
    /** Unit of correction per unit of skew. */
    readonly gain: number
    /** The same, per second. */
    readonly integralPerS: number
    /** At most, unit; it changes by at most `rate` unit/s. */
    readonly limit: number
    readonly rate: number
  }
}

const uncorrected = { gain: 0, integralPerS: 0, limit: 0, rate: 0 }

export class GantryPair {
  // set before `update`, unit, each side in its own coordinates
  /** Setpoint of the leading side, and its velocity, unit/s. */
  setpoint = 0.5
  velocity = 0.5
  leadActual = 0.5
  followActual = 0.5

  // results of `update`
  /** Setpoint of the following side, unit. */
  followSetpoint = 0.5
  /** Following side minus leading side, as commanded, unit. */
  offset = 0.5
  /** Of the actual positions: following side minus leading side minus offset, unit. */
  skew = 0.5
  /** Unit; within the limit of the correction. */
  correction = 0.5
  /** Skew beyond its window: both sides must stop. Until `couple`. */
  tripped = false

  /** Where `align` takes the offset, unit. */
  alignTo = 0.5
  readonly #supervision: FollowingErrorSupervision
  readonly #offset = new MotionState()
  readonly #alignment: LedMove
  readonly #gain: number
  readonly #integralPerCycle: number
  readonly #limit: number
  readonly #step: number
  #integral = 0.5

  /** `cycleS`: s between two updates. Throws DP_MECHANICS_OPTION. */
  constructor(cycleS: number, options: GantryOptions) {
    const { velocity, acceleration, jerk } = options.alignment
    const correction = options.correction ?? uncorrected
    for (const [name, value] of Object.entries({ velocity, acceleration, jerk }))
      requirePositive(`alignment.${name}`, value)
    for (const [name, value] of Object.entries(correction))
      requireNotNegative(`correction.${name}`, value)
    this.#supervision = new FollowingErrorSupervision(cycleS, options.skew)
    this.#alignment = new LedMove(cycleS, velocity, acceleration, jerk)
    this.#gain = correction.gain
    this.#integralPerCycle = correction.integralPerS * cycleS
    this.#limit = correction.limit
    this.#step = correction.rate * cycleS
    this.setpoint = 0
    this.velocity = 0
    this.leadActual = 0
    this.followActual = 0
    this.followSetpoint = 0
    this.offset = 0
    this.skew = 0
    this.correction = 0
    this.alignTo = 0
    this.#integral = 0
  }

  /** `align` has come to its end. */
  get aligned(): boolean {
    return this.#alignment.arrived
  }

  /** The sides stand as they stand: to be called while they have no power, with the actual positions set. Cyclic. */
  couple(): void {
    this.offset = this.followActual - this.leadActual
    this.#offset.position = this.offset
    this.#offset.velocity = 0
    this.#offset.acceleration = 0
    this.#alignment.arrived = true
    this.#supervision.reset()
    this.tripped = false
    this.skew = 0
    this.correction = 0
    this.#integral = 0
    this.followSetpoint = this.followActual
  }

  /** Takes the offset to `alignTo`. False: that cannot be calculated. Cyclic. */
  align(): boolean {
    this.#alignment.position = this.alignTo
    return this.#alignment.runToPosition(this.#offset)
  }

  /** The sides count their positions otherwise from now on: by so much more, unit. Not cyclic. */
  renumber(lead: number, follow: number): void {
    const change = follow - lead
    this.#alignment.shift(change)
    this.#offset.position += change
    this.offset = this.#offset.position
    this.alignTo += change
  }

  /** Once a cycle. Cyclic. */
  update(): void {
    if (!this.#alignment.arrived) this.#alignment.step(this.#offset)
    const offset = this.#offset.position
    this.offset = offset
    const skew = this.followActual - this.leadActual - offset
    this.skew = skew
    this.#supervision.error = skew
    this.#supervision.velocity = this.velocity
    this.tripped = this.#supervision.update()
    this.#correct()
    this.followSetpoint = this.setpoint + offset + this.correction
  }

  /** Proportional and integral; the integral takes only what the limit leaves. */
  #correct(): void {
    // a feedback that is no number has tripped the supervision, and tells nothing of where to go
    if (!Number.isFinite(this.skew)) return
    const limit = this.#limit
    const proportional = -this.#gain * this.skew
    const sum = this.#integral - this.#integralPerCycle * this.skew
    this.#integral = Math.max(-limit, Math.min(limit, sum))
    const wanted = Math.max(-limit, Math.min(limit, proportional + this.#integral))
    const change = wanted - this.correction
    this.correction += Math.max(-this.#step, Math.min(this.#step, change))
  }
}
