/**
 * One axis from any state to any other, in the shortest time that its limits of velocity, acceleration and jerk allow, or in
 * a longer one. Made to be calculated anew in every cycle: it takes about a microsecond and allocates nothing.
 *
 * Set `from`, `to` and `limits`, call `plan`, then set `time` and call `sample` as often as wanted.
 */
import { BackInside } from './back-inside.ts'
import { checkTarget, checkVelocityTarget } from './check-target.ts'
import { KinematicLimits } from './kinematic-limits.ts'
import { MotionState } from './motion-state.ts'
import { planResult, type PlanResult } from './plan-result.ts'
import { Profile } from './profile.ts'
import { ReachableTimes } from './reachable-times.ts'
import { TimedMotion } from './timed-motion.ts'

/** Of a position limit: what rounding may put a target beyond it. */
const positionSlack = 1e-12

export class AxisTrajectory {
  readonly from = new MotionState()
  readonly to = new MotionState()
  readonly limits = new KinematicLimits()
  /** Lower bound of the duration, s. */
  minimumDuration = 0.5
  /** Of the trajectory that was planned last, s. */
  duration = 0.5
  /** Where `sample` looks, s from the beginning. Beyond `duration` the target goes on, at its velocity and acceleration. */
  time = 0.5
  // what `sample` found: unit, unit/s, unit/s^2, unit/s^3
  position = 0.5
  velocity = 0.5
  acceleration = 0.5
  jerk = 0.5

  readonly #profile = new Profile()
  readonly #times = new ReachableTimes()
  readonly #motion = new TimedMotion(this.#times, this.#profile)
  readonly #inside = new BackInside(this.#profile)
  /** The state inside the limits, from which the planned motion begins, and when that is. */
  readonly #begin = new MotionState()
  #lead = 0.5
  readonly #target = new MotionState()
  #forVelocity = false

  constructor() {
    this.minimumDuration = 0
    this.duration = 0
    this.time = 0
  }

  /** Position interface: to the position, velocity and acceleration of `to`. Cyclic. */
  plan(): PlanResult {
    const result = this.prepare()
    if (result !== planResult.ok) return result
    this.duration = this.minimumDuration
    this.findDuration()
    return this.build()
  }

  /** Velocity interface: to the velocity and acceleration of `to`, wherever that may be; velocity limits are not looked at. Cyclic. */
  planVelocity(): PlanResult {
    const result = this.prepareVelocity()
    if (result !== planResult.ok) return result
    this.duration = this.minimumDuration
    this.findDuration()
    return this.build()
  }

  // The steps of both, for axes that wait for each other.

  /** Takes up the task of `plan`. Anything but ok: nothing was changed. */
  prepare(): PlanResult {
    const result = checkTarget(this.from, this.to, this.limits)
    if (result !== planResult.ok) return result
    this.#forVelocity = false
    this.#enter()
    this.#inside.lead(this.#begin, this.limits)
    this.#prepareTimes()
    return planResult.ok
  }

  /** Takes up the task of `planVelocity`. */
  prepareVelocity(): PlanResult {
    const result = checkVelocityTarget(this.from, this.to, this.limits)
    if (result !== planResult.ok) return result
    this.#forVelocity = true
    this.#enter()
    this.#inside.leadAcceleration(this.#begin, this.limits)
    this.#prepareTimes()
    return planResult.ok
  }

  /** `duration` becomes the shortest possible one that is not shorter than itself. */
  findDuration(): void {
    const times = this.#times
    times.time = Math.max(this.duration - this.#lead, 0)
    if (this.#forVelocity) times.earliestChange()
    else times.earliest()
    const found = times.time + this.#lead
    if (found > this.duration) this.duration = found
  }

  /** Lays out the motion of `duration`, which must be possible. */
  build(): PlanResult {
    const times = this.#times
    const { duration } = this
    if (!(duration < Infinity)) return planResult.numeric
    times.time = Math.max(duration - this.#lead, 0)
    if (this.#forVelocity) this.#motion.addChange()
    else this.#motion.addMotion()
    const target = this.#target
    target.velocity = this.to.velocity
    target.acceleration = this.to.acceleration
    target.position = this.#forVelocity
      ? (this.#profile.positions[this.#profile.count] as number)
      : this.to.position
    return this.#checkPositions()
  }

  /** State at `time`. Cyclic. */
  sample(): void {
    if (this.time < this.duration) {
      const profile = this.#profile
      profile.time = this.time
      profile.sample()
      this.position = profile.position
      this.velocity = profile.velocity
      this.acceleration = profile.acceleration
      this.jerk = profile.jerk
      return
    }
    const target = this.#target
    const beyond = this.time - this.duration
    const a = target.acceleration
    this.position = target.position + beyond * (target.velocity + (beyond * a) / 2)
    this.velocity = target.velocity + beyond * a
    this.acceleration = a
    this.jerk = 0
  }

  /** The segments of constant jerk, to look at: not to be changed. */
  get profile(): Profile {
    return this.#profile
  }

  #enter(): void {
    const { from } = this
    const begin = this.#begin
    begin.position = from.position
    begin.velocity = from.velocity
    begin.acceleration = from.acceleration
    this.#profile.begin(from)
  }

  #prepareTimes(): void {
    this.#lead = this.#profile.duration
    this.#times.prepare(this.#begin, this.to, this.limits)
  }

  #checkPositions(): PlanResult {
    const { positionMax, positionMin } = this.limits
    if (positionMax === Infinity && positionMin === -Infinity) return planResult.ok
    const profile = this.#profile
    const { position } = this.from
    profile.findExtremes()
    const slack = positionSlack * (Math.abs(position) + Math.abs(this.#target.position))
    const high = profile.highest > Math.max(positionMax, position) + slack
    const low = profile.lowest < Math.min(positionMin, position) - slack
    return high || low ? planResult.positionLimit : planResult.ok
  }
}
