/**
 * One cycle towards where a target would be met that keeps its acceleration: the fastest way under the slave's limits. Seen from
 * the target the slave has what the target leaves of them; how long the way takes there tells the place to head for.
 */
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { planResult } from '../trajectory/plan-result.ts'
import type { OneCycle } from './one-cycle.ts'

/** Of a limit: what a target is believed to use at most, so that something is left to come closer to it. */
const believed = 63 / 64

export class Intercept {
  readonly #cycleS: number
  readonly #target: MotionState
  readonly #limits: KinematicLimits
  readonly #left: KinematicLimits
  readonly #seen = new AxisTrajectory()
  readonly #way = new AxisTrajectory()
  readonly #next = new MotionState()
  readonly #oneCycle: OneCycle
  /** What the target is believed to do. */
  #velocity = 0.5
  #acceleration = 0.5

  /** `target` of this cycle, `limits`, and what the target leaves of them are looked at in each step. */
  constructor(
    cycleS: number,
    target: MotionState,
    limits: KinematicLimits,
    left: KinematicLimits,
    oneCycle: OneCycle,
  ) {
    this.#oneCycle = oneCycle
    this.#left = left
    this.#cycleS = cycleS
    this.#target = target
    this.#limits = limits
  }

  /** `setpoint` goes one cycle on. Cyclic. */
  advance(setpoint: MotionState, velocityOnly: boolean): void {
    const { from, limits } = this.#way
    const given = this.#limits
    from.position = setpoint.position
    from.velocity = setpoint.velocity
    from.acceleration = setpoint.acceleration
    limits.velocityMax = given.velocityMax
    limits.velocityMin = given.velocityMin
    limits.accelerationMax = given.accelerationMax
    limits.accelerationMin = given.accelerationMin
    limits.jerkMax = given.jerkMax
    limits.jerkMin = given.jerkMin
    this.#believe()
    if (this.#meet(velocityOnly) && this.#go(setpoint)) return
    this.#acceleration = 0
    if (this.#meet(velocityOnly) && this.#go(setpoint)) return
    this.#keepUp()
    this.#take(setpoint)
  }

  #believe(): void {
    const { velocity, acceleration } = this.#target
    const { velocityMax, velocityMin, accelerationMax, accelerationMin } = this.#limits
    const v = Math.max(velocityMin * believed, Math.min(velocityMax * believed, velocity))
    const a = Math.max(
      accelerationMin * believed,
      Math.min(accelerationMax * believed, acceleration),
    )
    this.#velocity = v
    // a target that is too fast for the slave is not believed to get faster
    this.#acceleration = v === velocity ? a : 0
  }

  /** Plans the way to where the target is met. */
  #meet(velocityOnly: boolean): boolean {
    if (!this.#look(velocityOnly)) return false
    const way = this.#way
    const { to, limits } = way
    const duration = Math.max(this.#seen.duration, this.#cycleS)
    const ahead = duration - this.#cycleS
    const v = this.#velocity
    const a = this.#acceleration
    to.velocity = v + ahead * a
    to.acceleration = a
    to.position = this.#target.position + ahead * (v + (ahead * a) / 2)
    // a velocity is reached from beyond it where the acceleration then leads back
    const high = a < 0 ? to.velocity - (a * a) / (2 * limits.jerkMin) : to.velocity
    const low = a > 0 ? to.velocity - (a * a) / (2 * limits.jerkMax) : to.velocity
    if (high > limits.velocityMax || low < limits.velocityMin) return false
    // a velocity is gone to directly: with time to spend the way could lead beyond it
    way.minimumDuration = velocityOnly ? 0 : duration
    const result = velocityOnly ? way.planVelocity() : way.plan()
    if (result !== planResult.ok || velocityOnly || way.duration < 2 * duration)
      return result === planResult.ok
    // not at that time, but sooner: it is planned anew in the next cycle anyway
    way.minimumDuration = 0
    return way.plan() === planResult.ok
  }

  /** How long it takes, seen from the target. */
  #look(velocityOnly: boolean): boolean {
    const seen = this.#seen
    const { from, limits } = seen
    const way = this.#way
    const t = this.#cycleS
    const v = this.#velocity
    const a = this.#acceleration
    // the target when the cycle began
    from.position = way.from.position - (this.#target.position - t * (v - (t * a) / 2))
    from.velocity = way.from.velocity - (v - t * a)
    from.acceleration = way.from.acceleration - a
    const left = this.#left
    limits.velocityMax = left.velocityMax
    limits.velocityMin = left.velocityMin
    limits.accelerationMax = left.accelerationMax
    limits.accelerationMin = left.accelerationMin
    limits.jerkMax = left.jerkMax
    limits.jerkMin = left.jerkMin
    return (velocityOnly ? seen.planVelocity() : seen.plan()) === planResult.ok
  }

  /** The target cannot be met as far as is known, or the slave is beyond its limits: as fast as the target, by way of them. */
  #keepUp(): void {
    const way = this.#way
    way.to.velocity = this.#velocity
    way.to.acceleration = 0
    way.minimumDuration = 0
    way.planVelocity()
    this.#foresee()
  }

  /** One cycle on the way; false, and it stays: from there the velocity would pass its limit. */
  #go(setpoint: MotionState): boolean {
    this.#foresee()
    if (!this.#oneCycle.isLasting(this.#next)) return false
    this.#take(setpoint)
    return true
  }

  /** `next` becomes where the way leads in one cycle. */
  #foresee(): void {
    const way = this.#way
    const next = this.#next
    way.time = this.#cycleS
    way.sample()
    next.position = way.position
    next.velocity = way.velocity
    next.acceleration = way.acceleration
  }

  #take(setpoint: MotionState): void {
    const next = this.#next
    setpoint.position = next.position
    setpoint.velocity = next.velocity
    setpoint.acceleration = next.acceleration
  }
}
