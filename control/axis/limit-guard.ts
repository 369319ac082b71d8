/**
 * The last look at a setpoint, whoever made it: may the axis be there, at this velocity and acceleration, and still keep its
 * limits? Where it may not, the axis escapes: by its own limits, at full acceleration and jerk, beginning from the setpoint
 * before, from which that was still possible.
 *
 * So a gentle move, commanded at full speed near a limit, brakes as hard as the limit needs. It comes to rest then: taken up
 * again halfway, its gentleness would throw the axis back.
 */
import { SoftwareLimits } from '../mechanics/software-limits.ts'
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { planResult } from '../trajectory/plan-result.ts'
import type { MotionOrder } from './motion-order.ts'

export const guardResult = {
  allowed: 0,
  /** The velocity would pass its limit, now or while the acceleration is taken back. */
  velocity: 1,
  /** The axis could not stop any more in front of a position limit. */
  position: 2,
} as const
export type GuardResult = (typeof guardResult)[keyof typeof guardResult]

/** A motion that uses a limit to the full gets there but for rounding. */
const rounding = 1e-9

export class LimitGuard {
  /** The setpoint of this cycle, to be judged. */
  readonly setpoint = new MotionState()
  /** That of the cycle before. */
  readonly before = new MotionState()
  /** The axis does what its limits ask for, not what is commanded. */
  escapes = false
  #cycles = 0
  readonly #limits: KinematicLimits
  readonly #positions: SoftwareLimits
  readonly #escape = new AxisTrajectory()
  readonly #cycleS: number

  constructor(cycleS: number, limits: KinematicLimits, positionMin: number, positionMax: number) {
    this.#cycleS = cycleS
    this.#limits = limits
    this.#positions = new SoftwareLimits(limits, positionMin, positionMax)
    const escape = this.#escape.limits
    escape.velocityMax = limits.velocityMax
    escape.velocityMin = limits.velocityMin
    escape.accelerationMax = limits.accelerationMax
    escape.accelerationMin = limits.accelerationMin
    escape.jerkMax = limits.jerkMax
    escape.jerkMin = limits.jerkMin
  }

  /** From `before` on setpoints are judged; what is outside already is only kept from getting further out. */
  start(): void {
    this.#look(this.before)
    this.#positions.start()
  }

  /** `setpoint` becomes the one to take, and the axis escapes where that is another. Cyclic. */
  judge(): GuardResult {
    this.#look(this.setpoint)
    if (!this.#positions.allows()) {
      this.brake()
      return guardResult.position
    }
    const v = this.setpoint.velocity
    const a = this.setpoint.acceleration
    const { velocityMax, velocityMin, jerkMax, jerkMin } = this.#limits
    // the velocity that is there when the acceleration is taken back, or was there within this cycle
    const after = a > 0 ? v - (a * a) / (2 * jerkMin) : v - (a * a) / (2 * jerkMax)
    const highest = a > 0 ? after : v
    const lowest = a < 0 ? after : v
    // what is too fast already may get slower
    const grows = a > 0 || v > this.before.velocity
    const falls = a < 0 || v < this.before.velocity
    const isAllowed =
      !(grows && highest > velocityMax * (1 + rounding)) &&
      !(falls && lowest < velocityMin * (1 + rounding))
    if (isAllowed) return guardResult.allowed
    this.#takeAccelerationBack()
    return guardResult.velocity
  }

  /** The next setpoint of an escape. False: it is over with this one. Cyclic. */
  escapeOn(): boolean {
    const escape = this.#escape
    this.#cycles += 1
    escape.time = this.#cycles * this.#cycleS
    escape.sample()
    this.setpoint.position = escape.position
    this.setpoint.velocity = escape.velocity
    this.setpoint.acceleration = escape.acceleration
    this.escapes = escape.time < escape.duration
    return this.escapes
  }

  /** `setpoint` becomes the first one of a stop by the axis's own limits, from `before`. Cyclic. */
  brake(): void {
    this.#escape.to.velocity = 0
    this.#beginEscape()
  }

  /** A target that became known only now. */
  allowsTarget(order: MotionOrder): boolean {
    const { target } = order
    return target >= this.#positions.positionMin && target <= this.#positions.positionMax
  }

  #look(at: MotionState): void {
    const { setpoint } = this.#positions
    setpoint.position = at.position
    setpoint.velocity = at.velocity
    setpoint.acceleration = at.acceleration
  }

  #takeAccelerationBack(): void {
    const { velocity: v, acceleration: a } = this.before
    const { jerkMax, jerkMin } = this.#limits
    this.#escape.to.velocity = a > 0 ? v - (a * a) / (2 * jerkMin) : v - (a * a) / (2 * jerkMax)
    this.#beginEscape()
  }

  #beginEscape(): void {
    const escape = this.#escape
    const { from, to } = escape
    from.position = this.before.position
    from.velocity = this.before.velocity
    from.acceleration = this.before.acceleration
    to.acceleration = 0
    to.position = 0
    this.#cycles = 0
    if (escape.planVelocity() === planResult.ok) {
      this.escapeOn()
      return
    }
    // numbers that are none: the axis stays where it is
    this.escapes = false
    this.setpoint.position = from.position
    this.setpoint.velocity = 0
    this.setpoint.acceleration = 0
  }
}
