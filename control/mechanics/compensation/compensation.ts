/**
 * Applies a table of errors to an axis: where the drive must go for the axis to be where it is commanded to be, and where the axis
 * is when the drive shows a position. Both differ by `error`: actual = drive + error, so drive = commanded - error.
 *
 * It stands between an axis and its drive: the axis's feedback is the drive's position plus `error`, the drive's setpoint is the
 * axis's minus `error`.
 *
 * On a reversal the error leaps by the play, and when compensation is switched on or off, by its whole value. The axis does not
 * leap: what is missing becomes a transient that decays by a jerk-limited move within its own limits, on top of the table.
 */
import { AxisTrajectory } from '../../trajectory/axis-trajectory.ts'
import { planResult } from '../../trajectory/plan-result.ts'
import { requireNotNegative, requirePositive } from '../mechanics-option.ts'
import type { CompensationTable } from './compensation-table.ts'

/** Smaller steps back are no reversal. */
const rounding = 1e-6

export type CompensationOptions = {
  /** How fast a leap of the error is made up for, unit/s, unit/s^2, unit/s^3. */
  readonly velocity: number
  readonly acceleration: number
  readonly jerk: number
  /** How far the commanded position must come back to count as a reversal, unit: a master's noise is none. Left out: 1e-6. */
  readonly hysteresis?: number
}

export class Compensation {
  /** The table applies: the axis is homed. Set before `update`. */
  enabled = false
  /** Commanded position of this cycle, unit. Set before `update`. */
  position = 0.5
  /** Result of `update`, unit. */
  error = 0.5

  readonly #table: CompensationTable
  readonly #cycleS: number
  readonly #decay = new AxisTrajectory()
  readonly #hysteresis: number
  #forward = true
  #wasEnabled = false
  /** The furthest commanded position since the last reversal, unit. */
  #furthest = 0.5
  #fromTable = 0.5
  #decays = false

  /** `cycleS`: s between two updates. The axis counts as having been moved upward before the first motion. Throws DP_MECHANICS_OPTION. */
  constructor(cycleS: number, table: CompensationTable, options: CompensationOptions) {
    const { velocity, acceleration, jerk, hysteresis = rounding } = options
    requirePositive('cycleS', cycleS)
    requirePositive('velocity', velocity)
    requirePositive('acceleration', acceleration)
    requirePositive('jerk', jerk)
    requireNotNegative('hysteresis', hysteresis)
    this.#cycleS = cycleS
    this.#table = table
    this.#decay.limits.set(velocity, acceleration, jerk)
    this.#hysteresis = hysteresis
    this.#decay.position = 0
    this.#decay.velocity = 0
    this.#decay.acceleration = 0
    this.position = 0
    this.error = 0
    this.#fromTable = 0
    this.#furthest = 0
  }

  /** The axis counts its positions otherwise, or has no power: the error at `position`, here and now, without a transient. */
  jump(): void {
    this.#decays = false
    this.#furthest = this.position
    this.#wasEnabled = this.enabled
    this.#decay.position = 0
    this.#decay.velocity = 0
    this.#decay.acceleration = 0
    this.#look()
    this.error = this.#fromTable
  }

  /** Once a cycle. Cyclic. */
  update(): void {
    const wasForward = this.#forward
    const before = this.#fromTable
    this.#findDirection()
    const decay = this.#decay
    if (this.#decays) this.#goOn()
    this.#look()
    if (wasForward !== this.#forward || this.enabled !== this.#wasEnabled) {
      decay.position += before - this.#fromTable
      this.#begin()
    }
    this.#wasEnabled = this.enabled
    this.error = this.#fromTable + decay.position
  }

  #findDirection(): void {
    const { position } = this
    const ahead = this.#forward ? position - this.#furthest : this.#furthest - position
    if (ahead > 0) this.#furthest = position
    // negated, so that it is left alone by a position that is no number
    if (!(ahead < -this.#hysteresis)) return
    this.#forward = !this.#forward
    this.#furthest = position
  }

  /** The error where the drive will be: `drive + error(drive) = position`, from the last error in two steps. */
  #look(): void {
    if (!this.enabled) {
      this.#fromTable = 0
      return
    }
    // a position that is no number tells nothing, and must not be remembered
    if (!Number.isFinite(this.position)) return
    const table = this.#table
    table.position = this.position - this.#fromTable
    table.look()
    table.position = this.position - (this.#forward ? table.forward : table.backward)
    table.look()
    this.#fromTable = this.#forward ? table.forward : table.backward
  }

  #begin(): void {
    const decay = this.#decay
    decay.from.position = decay.position
    decay.from.velocity = decay.velocity
    decay.from.acceleration = decay.acceleration
    decay.time = 0
    this.#decays = decay.plan() === planResult.ok
  }

  #goOn(): void {
    const decay = this.#decay
    decay.time += this.#cycleS
    decay.sample()
    if (decay.time >= decay.duration) this.#decays = false
  }
}
