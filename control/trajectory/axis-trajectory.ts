/**
 * One axis from any state to any other, in the shortest time that its limits of velocity, acceleration and jerk allow, or in
 * a longer one. Made to be calculated anew in every cycle: it takes about a microsecond and allocates nothing.
 *
 * Set `from`, `to` and `limits`, call `plan`, then set `time` and call `sample` as often as wanted.
 */
import { leadAccelerationInside, leadInside } from './back-inside.ts'
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

  /** What `duration` will be if the plan holds; the steps of planning find it. */
  proposed = 0.5

  // what goes on until another plan holds, and what is being planned
  #profile = new Profile()
  #next = new Profile()
  readonly #times = new ReachableTimes()
  readonly #motion = new TimedMotion(this.#times)
  /** The state inside the limits, from which the planned motion begins, and when that is. */
  readonly #begin = new MotionState()
  #lead = 0.5
  /** Where the planned motion ends; nothing of it changes when the task of the next one is set. */
  readonly #target = new MotionState()
  #forVelocity = false

  constructor() {
    this.minimumDuration = 0
    this.proposed = 0
    this.duration = 0
    this.time = 0
  }

  /** Position interface: to the position, velocity and acceleration of `to`. Cyclic. */
  plan(): PlanResult {
    const result = this.prepare()
    return result === planResult.ok ? this.#settle() : result
  }

  /** Velocity interface: to the velocity and acceleration of `to`, wherever that may be; velocity limits are not looked at. Cyclic. */
  planVelocity(): PlanResult {
    const result = this.prepareVelocity()
    return result === planResult.ok ? this.#settle() : result
  }

  #settle(): PlanResult {
    this.proposed = this.minimumDuration
    this.findDuration()
    const result = this.build()
    if (result === planResult.ok) this.adopt()
    return result
  }

  // The steps of both, for axes that wait for each other.

  /** Takes up the task of `plan`. Anything but ok: nothing was changed. */
  prepare(): PlanResult {
    const result = checkTarget(this.from, this.to, this.limits)
    if (result !== planResult.ok) return result
    this.#forVelocity = false
    this.#enter()
    leadInside(this.#next, this.#begin, this.limits)
    this.#prepareTimes()
    return planResult.ok
  }

  /** Takes up the task of `planVelocity`. */
  prepareVelocity(): PlanResult {
    const result = checkVelocityTarget(this.from, this.to, this.limits)
    if (result !== planResult.ok) return result
    this.#forVelocity = true
    this.#enter()
    leadAccelerationInside(this.#next, this.#begin, this.limits)
    this.#prepareTimes()
    return planResult.ok
  }

  /** `proposed` becomes the shortest possible duration that is not shorter than itself. */
  findDuration(): void {
    const times = this.#times
    const asked = Math.max(this.proposed - this.#lead, 0)
    times.time = asked
    if (this.#forVelocity) times.earliestChange()
    else times.earliest()
    // what was asked for stands to the last bit where it can be met, however the lead rounds
    if (times.time > asked) this.proposed = Math.max(times.time + this.#lead, this.proposed)
  }

  /** Lays out the motion of the duration `proposed`, which must be possible. */
  build(): PlanResult {
    const times = this.#times
    const { proposed } = this
    if (!(proposed < Infinity)) return planResult.numeric
    times.time = Math.max(proposed - this.#lead, 0)
    if (this.#forVelocity) this.#motion.addChange(this.#next)
    else this.#motion.addMotion(this.#next)
    return this.#checkPositions()
  }

  /** What was laid out is what is sampled from now on. */
  adopt(): void {
    const adopted = this.#next
    this.#next = this.#profile
    this.#profile = adopted
    this.duration = this.proposed
    const { to } = this
    const target = this.#target
    target.velocity = to.velocity
    target.acceleration = to.acceleration
    target.position = this.#forVelocity ? (adopted.positions[adopted.count] as number) : to.position
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

  /** The segments of constant jerk of the plan that holds, to look at: not to be changed. */
  get profile(): Profile {
    return this.#profile
  }

  #enter(): void {
    const { from } = this
    const begin = this.#begin
    begin.position = from.position
    begin.velocity = from.velocity
    begin.acceleration = from.acceleration
    this.#next.begin(from)
  }

  #prepareTimes(): void {
    this.#lead = this.#next.duration
    this.#times.prepare(this.#begin, this.to, this.limits)
  }

  #checkPositions(): PlanResult {
    const { positionMax, positionMin } = this.limits
    if (positionMax === Infinity && positionMin === -Infinity) return planResult.ok
    const profile = this.#next
    const { position } = this.from
    profile.findExtremes()
    const slack = positionSlack * (Math.abs(profile.highest) + Math.abs(profile.lowest))
    const high = profile.highest > Math.max(positionMax, position) + slack
    const low = profile.lowest < Math.min(positionMin, position) - slack
    return high || low ? planResult.positionLimit : planResult.ok
  }
}
