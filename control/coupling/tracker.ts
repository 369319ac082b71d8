/**
 * Takes a slave to a place that moves, and keeps it there: exactly where one cycle is enough within the slave's limits, else by
 * a way that they allow, calculated anew in each cycle. So whatever the master or a cam demands, the slave never breaks its own
 * limits; it falls behind, and catches up.
 *
 * The way: seen from the target, to rest at the origin, within what the target leaves of the slave's limits
 * (target-bounds.ts). Target plus such a way keeps the limits, and it is the same way in the next cycle, whatever the target does
 * within its bounds: the slave arrives. Where that does not hold (the slave comes from a motion of its own, the target leaps or
 * uses more than was known) the slave heads for where a steady target would be met (intercept.ts).
 */
import type { Dynamics } from '../axis/dynamics.ts'
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { planResult } from '../trajectory/plan-result.ts'
import { keepVelocityLimit, limitApproach } from './approach-limits.ts'
import { Intercept } from './intercept.ts'
import { OneCycle } from './one-cycle.ts'
import { TargetBounds } from './target-bounds.ts'

export class Tracker {
  /** Where the slave should be in this cycle. Set before each step. */
  readonly target = new MotionState()
  /** In the cycle before. */
  readonly #targetBefore = new MotionState()
  #knowsBefore = false
  readonly #cycleS: number
  readonly #own: KinematicLimits
  readonly #limits = new KinematicLimits()
  readonly #oneCycle: OneCycle
  /** The way as seen from the target. */
  readonly #seen = new AxisTrajectory()
  readonly #bounds: TargetBounds
  readonly #next = new MotionState()
  readonly #intercept: Intercept
  readonly #dynamics: Dynamics

  /** `own`: the axis's limits. `dynamics`: of the way to the target; may be changed in between. */
  constructor(cycleS: number, own: KinematicLimits, dynamics: Dynamics) {
    this.#cycleS = cycleS
    this.#own = own
    this.#dynamics = dynamics
    this.#oneCycle = new OneCycle(cycleS, own)
    this.#bounds = new TargetBounds(cycleS, this.#seen.limits)
    this.#intercept = new Intercept(
      cycleS,
      this.target,
      this.#limits,
      this.#seen.limits,
      this.#oneCycle,
    )
  }

  /** Another target, or a slave that comes from elsewhere. */
  begin(): void {
    this.#knowsBefore = false
    this.#bounds.forget()
  }

  /** The slave's coordinates are others from the next cycle on, unit. */
  shift(distance: number): void {
    this.#targetBefore.position += distance
  }

  get isFinite(): boolean {
    const { target } = this
    return Number.isFinite(target.position + target.velocity + target.acceleration)
  }

  /** `setpoint` goes one cycle on. True: it is the target, which must be finite. Cyclic. */
  follow(setpoint: MotionState): boolean {
    return this.#follow(setpoint, false)
  }

  /**
   * As `follow`, for the velocity and acceleration of `target` alone. True: `setpoint` has them now; the position of `target`
   * is the one that led there. Cyclic.
   */
  followVelocity(setpoint: MotionState): boolean {
    this.#oneCycle.lead(setpoint, this.target)
    return this.#follow(setpoint, true)
  }

  #follow(setpoint: MotionState, velocityOnly: boolean): boolean {
    const { target } = this
    const exact = this.#oneCycle.isEnough(setpoint, target)
    this.#limit(setpoint)
    this.#bounds.look(target, this.#limits)
    if (exact) copy(target, setpoint)
    else if (this.#approach(setpoint, velocityOnly)) copy(this.#next, setpoint)
    else this.#intercept.advance(setpoint, velocityOnly)
    copy(target, this.#targetBefore)
    this.#knowsBefore = true
    return exact
  }

  #limit(setpoint: MotionState): void {
    const { velocity } = setpoint
    const limits = this.#limits
    const own = this.#own
    const moving = velocity === 0 ? this.target.velocity : velocity
    limitApproach(limits, own, this.#dynamics, moving < 0 ? -1 : 1)
    keepVelocityLimit(limits, own, setpoint)
  }

  /** One cycle on the way as seen from the target, into `next`; false: the slave cannot go there. */
  #approach(setpoint: MotionState, velocityOnly: boolean): boolean {
    if (!this.#knowsBefore) return false
    const seen = this.#seen
    const { from } = seen
    const before = this.#targetBefore
    const next = this.#next
    const { target } = this
    from.position = velocityOnly ? 0 : setpoint.position - before.position
    from.velocity = setpoint.velocity - before.velocity
    from.acceleration = setpoint.acceleration - before.acceleration
    if ((velocityOnly ? seen.planVelocity() : seen.plan()) !== planResult.ok) return false
    seen.time = this.#cycleS
    seen.sample()
    next.position = target.position + seen.position
    next.velocity = target.velocity + seen.velocity
    next.acceleration = target.acceleration + seen.acceleration
    if (velocityOnly) this.#oneCycle.lead(setpoint, next)
    return this.#oneCycle.isEnough(setpoint, next)
  }
}

function copy(from: MotionState, to: MotionState): void {
  to.position = from.position
  to.velocity = from.velocity
  to.acceleration = from.acceleration
}
