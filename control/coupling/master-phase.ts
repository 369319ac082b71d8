/**
 * Phase of a slave against its master (MC_PhasingAbsolute, MC_PhasingRelative): the slave sees the master shifted, and the
 * shift moves from one value to another within limits of its own. The slave's limits hold besides; it falls behind where
 * both motions together would break them.
 */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'
import type { Dynamics } from '../axis/dynamics.ts'
import { motionResult, type MotionResult } from '../axis/motion.ts'
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { planResult } from '../trajectory/plan-result.ts'
import { limitApproach } from './approach-limits.ts'

export class MasterPhase {
  /** In the master's unit. */
  readonly shift = new MotionState()
  readonly #cycleS: number
  readonly #own: KinematicLimits
  readonly #way = new AxisTrajectory()
  #moves = false

  /** `own`: what a 0 among the dynamics of a shift stands for, in numbers of the master's unit. */
  constructor(cycleS: number, own: KinematicLimits) {
    this.#cycleS = cycleS
    this.#own = own
  }

  get moves(): boolean {
    return this.#moves
  }

  /** No shift, at once: a new coupling begins. */
  clear(): void {
    this.shift.set(0, 0, 0)
    this.#moves = false
  }

  /** The whole shift becomes `shift`, unit of the master; from any shift under way. */
  moveTo(shift: number, dynamics: Dynamics): AxisErrorNumber {
    const way = this.#way
    const { position, velocity, acceleration } = this.shift
    way.from.set(position, velocity, acceleration)
    way.to.set(shift, 0, 0)
    limitApproach(way.limits, this.#own, dynamics, shift < position ? -1 : 1)
    if (way.plan() !== planResult.ok) return axisError.argument
    way.time = 0
    this.#moves = true
    return axisError.none
  }

  /** The shift grows by `distance`, from what it is now. */
  moveBy(distance: number, dynamics: Dynamics): AxisErrorNumber {
    return this.moveTo(this.shift.position + distance, dynamics)
  }

  /** One cycle on; `done` in the cycle in which the shift has arrived, and from then on. Cyclic. */
  advance(): MotionResult {
    if (!this.#moves) return motionResult.done
    const way = this.#way
    const { shift } = this
    way.time += this.#cycleS
    way.sample()
    shift.position = way.position
    shift.velocity = way.velocity
    shift.acceleration = way.acceleration
    if (way.time < way.duration) return motionResult.running
    this.#moves = false
    return motionResult.done
  }
}
