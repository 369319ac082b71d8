/**
 * MC_PositionProfile, MC_VelocityProfile, MC_AccelerationProfile: the axis follows a curve in time. First it goes where the curve
 * begins, within its limits; then the time of the curve begins, and neither override nor anything else changes it.
 *
 * The whole curve is checked against the axis's limits beforehand: no look at single setpoints is needed any more.
 */
import { AxisTrajectory } from '../../trajectory/axis-trajectory.ts'
import type { KinematicLimits } from '../../trajectory/kinematic-limits.ts'
import type { MotionState } from '../../trajectory/motion-state.ts'
import { planResult, type PlanResult } from '../../trajectory/plan-result.ts'
import { axisError, type AxisErrorNumber } from '../axis-error.ts'
import { axisState } from '../axis-state.ts'
import { motionResult, type Motion, type MotionResult } from '../motion.ts'
import { ProfileReader } from './profile-reader.ts'
import { profileHeader, type ProfileKind, profileKinds } from './profile-table.ts'

/** What rounding puts beyond a limit. */
const rounding = 1e-9

const phase = {
  /** To rest, because the way to the beginning would lead beyond a position limit. */
  stops: 0,
  /** To where the curve begins. */
  approaches: 1,
  follows: 2,
} as const
type Phase = (typeof phase)[keyof typeof phase]

export class ProfileMotion implements Motion {
  error: AxisErrorNumber = axisError.none
  readonly #cycleS: number
  readonly #limits: KinematicLimits
  readonly #path = new AxisTrajectory()
  readonly #curve = new ProfileReader()
  #phase: Phase = phase.approaches
  #cycles = 0.5
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** What is to be added to the curve's positions and velocities. */
  #position = 0.5
  #velocity = 0.5
  /** Time of the curve at cycle 0 of following it, s. */
  #begin = 0.5

  /** `limits`: all that the axis has, with its position limits. */
  constructor(cycleS: number, limits: KinematicLimits) {
    this.#cycleS = cycleS
    this.#limits = limits
    this.#cycles = 0
    this.#position = 0
    this.#velocity = 0
    this.#begin = 0
    const { limits: path } = this.#path
    path.velocityMax = limits.velocityMax
    path.velocityMin = limits.velocityMin
    path.accelerationMax = limits.accelerationMax
    path.accelerationMin = limits.accelerationMin
    path.jerkMax = limits.jerkMax
    path.jerkMin = limits.jerkMin
  }

  /** Positions come to rest; the others leave the axis at a velocity. */
  get state(): Motion['state'] {
    return this.#kind === 'position' ? axisState.discreteMotion : axisState.continuousMotion
  }

  /** Takes a table of profileTable, and tells which limit of the axis it breaks. Not cyclic. */
  load(table: Float64Array): AxisErrorNumber {
    const curve = this.#curve
    const { length } = profileHeader
    if (!(table.length > length && profileKinds[table[0] as number] !== undefined))
      return axisError.argument
    curve.table = table
    curve.measure()
    const limits = this.#limits
    const more = 1 + rounding
    const { accelerationMax, accelerationMin, jerkMax, jerkMin } = curve
    if (jerkMax > limits.jerkMax * more || jerkMin < limits.jerkMin * more)
      return axisError.jerkLimit
    if (
      accelerationMax > limits.accelerationMax * more ||
      accelerationMin < limits.accelerationMin * more
    )
      return axisError.accelerationLimit
    // what the other kinds come to depends on where, and how fast, they begin
    this.#velocity = 0
    this.#position = 0
    if (this.#kind === 'acceleration') return axisError.none
    return (
      this.#speedError() || (this.#kind === 'position' ? this.#positionError() : axisError.none)
    )
  }

  begin(setpoint: MotionState): void {
    this.error = axisError.none
    this.#curve.rewind()
    this.#position = 0
    this.#velocity = 0
    this.#approach(setpoint)
  }

  /** Only its coordinates can have changed: on the way to the beginning that is another way, later none. */
  resume(setpoint: MotionState): void {
    if (this.#phase !== phase.follows) this.#approach(setpoint)
  }

  shift(distance: number): void {
    if (this.#phase === phase.follows) this.#position += distance
  }

  step(setpoint: MotionState): MotionResult {
    if (this.error !== axisError.none) return motionResult.failed
    this.#cycles += 1
    return this.#phase === phase.follows ? this.#follow(setpoint) : this.#lead(setpoint)
  }

  get #kind(): ProfileKind | undefined {
    return profileKinds[this.#curve.table[profileHeader.kind] as number]
  }

  #follow(setpoint: MotionState): MotionResult {
    const curve = this.#curve
    const time = this.#begin + this.#cycles * this.#cycleS
    curve.time = time
    curve.read()
    setpoint.position = curve.position + this.#position + this.#velocity * time
    setpoint.velocity = curve.velocity + this.#velocity
    setpoint.acceleration = curve.acceleration
    return curve.isOver ? motionResult.done : motionResult.running
  }

  #lead(setpoint: MotionState): MotionResult {
    const path = this.#path
    path.time = this.#cycles * this.#cycleS
    path.sample()
    setpoint.position = path.position
    setpoint.velocity = path.velocity
    setpoint.acceleration = path.acceleration
    if (path.time < path.duration) return motionResult.running
    if (this.#phase === phase.stops) {
      this.#approach(setpoint)
      return motionResult.running
    }
    // the curve has begun within this cycle
    this.#begin = path.time - path.duration
    this.#cycles = 0
    this.#phase = phase.follows
    return this.#follow(setpoint)
  }

  #approach(setpoint: MotionState): void {
    const { from, to } = this.#path
    const curve = this.#curve
    curve.time = 0
    curve.read()
    from.position = setpoint.position
    from.velocity = setpoint.velocity
    from.acceleration = setpoint.acceleration
    to.position = curve.position
    to.velocity = curve.velocity
    to.acceleration = 0
    this.#cycles = 0
    this.#phase = phase.approaches
    const result = this.#kind === 'position' ? this.#planToPosition() : this.#planToVelocity()
    if (result === planResult.positionLimit) this.error = axisError.positionLimit
    else if (result !== planResult.ok) this.error = axisError.trajectory
  }

  #planToPosition(): PlanResult {
    const path = this.#path
    this.#keepInside()
    const result = path.plan()
    const { velocity, acceleration } = path.from
    if (result !== planResult.positionLimit || (velocity === 0 && acceleration === 0)) return result
    this.#phase = phase.stops
    path.limits.positionMax = Infinity
    path.limits.positionMin = -Infinity
    path.to.velocity = 0
    return path.planVelocity()
  }

  /** An acceleration profile begins at the velocity that is there when the acceleration is taken back. */
  #planToVelocity(): PlanResult {
    const path = this.#path
    const { from, to } = path
    if (this.#kind === 'acceleration') {
      const { velocity: v, acceleration: a } = from
      const { jerkMax, jerkMin } = this.#limits
      to.velocity = a > 0 ? v - (a * a) / (2 * jerkMin) : v - (a * a) / (2 * jerkMax)
      this.#velocity = to.velocity
    }
    this.#keepInside()
    const result = path.planVelocity()
    if (result !== planResult.ok) return result
    path.time = path.duration
    path.sample()
    this.#position = path.position - this.#curve.position
    this.error = this.#speedError() || this.#positionError()
    return planResult.ok
  }

  #keepInside(): void {
    this.#path.limits.positionMax = this.#limits.positionMax
    this.#path.limits.positionMin = this.#limits.positionMin
  }

  #speedError(): AxisErrorNumber {
    const { velocityMax, velocityMin } = this.#curve
    const more = 1 + rounding
    const isFast =
      velocityMax + this.#velocity > this.#limits.velocityMax * more ||
      velocityMin + this.#velocity < this.#limits.velocityMin * more
    return isFast ? axisError.velocityLimit : axisError.none
  }

  /** The curve from where it begins now. With a velocity of its own it is bounded from outside: by its duration. */
  #positionError(): AxisErrorNumber {
    const curve = this.#curve
    const way = this.#velocity * curve.duration
    const high = curve.positionMax + this.#position + Math.max(way, 0)
    const low = curve.positionMin + this.#position + Math.min(way, 0)
    const { positionMax, positionMin } = this.#limits
    const slack = rounding * (1 + Math.abs(high) + Math.abs(low))
    return high > positionMax + slack || low < positionMin - slack
      ? axisError.positionLimit
      : axisError.none
  }
}
