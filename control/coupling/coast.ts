/**
 * Lets an axis go on at the velocity that it has: what is left of its acceleration fades out first. For a slave that waits for
 * its master. Cyclic.
 */
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { planResult } from '../trajectory/plan-result.ts'

export class Coast {
  readonly #cycleS: number
  readonly #way = new AxisTrajectory()
  readonly #own: KinematicLimits

  constructor(cycleS: number, own: KinematicLimits) {
    this.#cycleS = cycleS
    this.#own = own
  }

  /** To the velocity at which the acceleration of `setpoint` has faded out. */
  keepVelocity(setpoint: MotionState): void {
    const { velocity: v, acceleration: a } = setpoint
    const jerk = a > 0 ? this.#own.jerkMin : this.#own.jerkMax
    this.#way.to.velocity = v - (a * a) / (2 * jerk)
  }

  rest(): void {
    this.#way.to.velocity = 0
  }

  /** True: at constant velocity now. */
  step(setpoint: MotionState): boolean {
    const t = this.#cycleS
    const way = this.#way
    const { from, limits } = way
    if (setpoint.acceleration === 0 && setpoint.velocity === way.to.velocity) {
      setpoint.position += t * setpoint.velocity
      return true
    }
    const own = this.#own
    from.position = setpoint.position
    from.velocity = setpoint.velocity
    from.acceleration = setpoint.acceleration
    limits.accelerationMax = own.accelerationMax
    limits.accelerationMin = own.accelerationMin
    limits.jerkMax = own.jerkMax
    limits.jerkMin = own.jerkMin
    way.to.acceleration = 0
    if (way.planVelocity() !== planResult.ok) return false
    way.time = t
    way.sample()
    setpoint.position = way.position
    setpoint.velocity = way.velocity
    setpoint.acceleration = way.acceleration
    return way.duration <= t
  }
}
