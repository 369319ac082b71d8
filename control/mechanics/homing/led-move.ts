/** A setpoint on its way to a velocity or to a position, a step a cycle: what homing sequences move by. */
import { AxisTrajectory } from '../../trajectory/axis-trajectory.ts'
import type { MotionState } from '../../trajectory/motion-state.ts'
import { planResult } from '../../trajectory/plan-result.ts'

export class LedMove {
  /** Where to, for `runToVelocity` and `runToPosition`: unit/s and unit. */
  velocity = 0.5
  position = 0.5
  /** The velocity or position is reached; a velocity is gone on with. */
  arrived = true
  readonly #trajectory = new AxisTrajectory()
  readonly #cycleS: number
  #cycles = 0
  /** By how much positions were renumbered since the trajectory began, unit. */
  #offset = 0.5

  /** Unit/s, unit/s^2, unit/s^3, the same both ways. */
  constructor(cycleS: number, velocity: number, acceleration: number, jerk: number) {
    this.#cycleS = cycleS
    this.#trajectory.limits.set(velocity, acceleration, jerk)
    this.velocity = 0
    this.position = 0
    this.#offset = 0
  }

  /** From `setpoint` to `velocity`. False: that cannot be calculated. Cyclic. */
  runToVelocity(setpoint: MotionState): boolean {
    const trajectory = this.#trajectory
    trajectory.to.position = 0
    trajectory.to.velocity = this.velocity
    this.#begin(setpoint)
    return trajectory.planVelocity() === planResult.ok
  }

  /** From `setpoint` to rest at `position`. Cyclic. */
  runToPosition(setpoint: MotionState): boolean {
    const trajectory = this.#trajectory
    trajectory.to.position = this.position
    trajectory.to.velocity = 0
    this.#begin(setpoint)
    return trajectory.plan() === planResult.ok
  }

  /** The next setpoint, written into `setpoint`. Cyclic. */
  step(setpoint: MotionState): void {
    const trajectory = this.#trajectory
    this.#cycles++
    trajectory.time = this.#cycles * this.#cycleS
    trajectory.sample()
    setpoint.position = trajectory.position + this.#offset
    setpoint.velocity = trajectory.velocity
    setpoint.acceleration = trajectory.acceleration
    this.arrived = trajectory.time >= trajectory.duration
  }

  /** Positions count otherwise from now on. Unit. Not cyclic. */
  shift(distance: number): void {
    this.position += distance
    this.#offset += distance
  }

  #begin(setpoint: MotionState): void {
    const { from, to } = this.#trajectory
    from.position = setpoint.position
    from.velocity = setpoint.velocity
    from.acceleration = setpoint.acceleration
    to.acceleration = 0
    this.#cycles = 0
    this.#offset = 0
    this.arrived = false
  }
}
