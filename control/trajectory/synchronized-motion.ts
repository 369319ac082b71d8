/**
 * Several axes on their way, cycle by cycle: to a target that may change at any time, at a feed rate that may change at any
 * time. An override scales the limits of velocity and the way is planned anew from where the axes are; 0 brings them to rest
 * within their limits, and anything else lets them go on. So no limit is passed whatever is done when; axes in phase keep to
 * their straight line.
 *
 * Set `target` and `limits`, call `start`, then `step` once a cycle.
 */
import { KinematicLimits } from './kinematic-limits.ts'
import { MotionState } from './motion-state.ts'
import { planResult, type PlanResult } from './plan-result.ts'
import type { AxisTrajectory } from './axis-trajectory.ts'
import { SynchronizedTrajectory, type Synchronization } from './synchronized-trajectory.ts'

export class SynchronizedMotion {
  /** Where each axis is to be, and how it is to move there. */
  readonly target: readonly MotionState[]
  readonly limits: readonly KinematicLimits[]
  /** What is commanded in this cycle. To be set where the axes are before the first `start`. */
  readonly setpoint: readonly MotionState[]
  /** The targets are reached. The axes go on at their velocities, until a pause. */
  arrived = true
  /** The axes stand still, for as long as the override is 0. */
  paused = false
  /** Why the last change of the override or the target was not taken; the axes go on as before. */
  refused: PlanResult = planResult.ok
  readonly #trajectory: SynchronizedTrajectory
  // fractions first: V8 then holds the fields as doubles and writes them in place
  #cycleS = 0.5
  #override = 0.5
  #wanted = 0.5
  /** The target is behind the axes: after a pause they take up its velocity, not its position. */
  #passed = false

  /** `cycleS`: s between two steps. */
  constructor(axes: number, cycleS: number, synchronization: Synchronization) {
    this.#trajectory = new SynchronizedTrajectory(axes)
    this.#trajectory.synchronization = synchronization
    this.target = Array.from({ length: axes }, () => new MotionState())
    this.setpoint = Array.from({ length: axes }, () => new MotionState())
    this.limits = Array.from({ length: axes }, () => new KinematicLimits())
    this.#cycleS = cycleS
    this.#override = 1
    this.#wanted = 1
  }

  /** Part of the limits of velocity that is used: 0 to 1 (0: pause). Taken by the next `step`; what is no number is not taken. */
  get override(): number {
    return this.#wanted
  }

  set override(factor: number) {
    if (!Number.isNaN(factor)) this.#wanted = Math.max(0, Math.min(1, factor))
  }

  /** s until the targets are reached at the present override. */
  get remainingS(): number {
    return Math.max(this.#trajectory.duration - this.#trajectory.time, 0)
  }

  /** To `target`, from wherever the axes are and however they move. Anything but ok: they go on as before. */
  start(): PlanResult {
    const passed = this.#passed
    this.#override = this.#wanted
    this.#passed = false
    const result = this.#plan()
    if (result !== planResult.ok) this.#passed = passed
    return result
  }

  /** `setpoint` becomes that of the next cycle. Cyclic. */
  step(): void {
    if (this.#wanted !== this.#override) {
      this.#override = this.#wanted
      if (!this.arrived || this.#wanted === 0) this.#plan()
    }
    const trajectory = this.#trajectory
    trajectory.time += this.#cycleS
    trajectory.sample()
    for (let n = 0; n < this.setpoint.length; n++) {
      const setpoint = this.setpoint[n] as MotionState
      const axis = trajectory.axes[n] as AxisTrajectory
      setpoint.position = axis.position
      setpoint.velocity = axis.velocity
      setpoint.acceleration = axis.acceleration
    }
    const ended = trajectory.time >= trajectory.duration
    if (this.#override === 0) this.paused = ended
    else {
      this.arrived = ended
      if (ended) this.#passed = true
    }
  }

  #plan(): PlanResult {
    const trajectory = this.#trajectory
    const pause = this.#override === 0
    for (let n = 0; n < this.setpoint.length; n++) this.#setUp(n, pause)
    const result = pause || this.#passed ? trajectory.planVelocity() : trajectory.plan()
    this.refused = result
    if (result !== planResult.ok) return result
    trajectory.time = 0
    this.arrived = false
    this.paused = false
    return result
  }

  #setUp(n: number, pause: boolean): void {
    const { from, to, limits } = this.#trajectory.axes[n] as AxisTrajectory
    const setpoint = this.setpoint[n] as MotionState
    const target = this.target[n] as MotionState
    const of = this.limits[n] as KinematicLimits
    const factor = pause ? 1 : this.#override
    from.position = setpoint.position
    from.velocity = setpoint.velocity
    from.acceleration = setpoint.acceleration
    to.position = target.position
    to.velocity = pause ? 0 : target.velocity
    to.acceleration = pause ? 0 : target.acceleration
    limits.velocityMax = of.velocityMax * factor
    limits.velocityMin = of.velocityMin * factor
    limits.accelerationMax = of.accelerationMax
    limits.accelerationMin = of.accelerationMin
    limits.jerkMax = of.jerkMax
    limits.jerkMin = of.jerkMin
    limits.positionMax = of.positionMax
    limits.positionMin = of.positionMin
  }
}
