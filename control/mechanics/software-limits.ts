/**
 * Software position limits of a moving axis, whatever moves it: a setpoint is allowed as long as the axis, stopping from it by
 * its own jerk-limited ramp, stays inside. The setpoint before was allowed too, so where one is not, the ramp begun at the
 * setpoint before ends inside: there is always a way to stop in time, and it is taken as late as possible.
 *
 * An axis that is outside already (before homing, after a new scaling) may not get further out; every way back is free.
 */
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { StopReach } from './stop-reach.ts'

/** A move that ends exactly at a limit gets there but for rounding. */
const rounding = 1e-9

export class SoftwareLimits {
  /** Unit. Infinite: no limit. */
  positionMin = 0.5
  positionMax = 0.5
  /** The setpoint of this cycle, before it is given to the drive. Set before `allows`. */
  readonly setpoint: MotionState
  readonly #reach: StopReach
  /** How far out the axis may get: the limits, or where it is beyond them. */
  #lowest = 0.5
  #highest = 0.5

  /** `limits`: of the axis's own ramp, by which it stops; acceleration and jerk are used. */
  constructor(limits: KinematicLimits, positionMin: number, positionMax: number) {
    this.#reach = new StopReach(limits)
    this.setpoint = this.#reach.from
    this.positionMin = positionMin
    this.positionMax = positionMax
    this.#lowest = 0
    this.#highest = 0
    this.start()
  }

  /** The axis takes up motion at `setpoint`, or its coordinates have changed. */
  start(): void {
    this.#reach.solve()
    this.#lowest = Math.min(this.positionMin, this.#reach.lowest)
    this.#highest = Math.max(this.positionMax, this.#reach.highest)
  }

  /** False: the axis must stop, from the setpoint before this one. Cyclic. */
  allows(): boolean {
    const reach = this.#reach
    reach.solve()
    const slack = rounding * (1 + Math.abs(this.setpoint.position))
    const inside = reach.lowest >= this.#lowest - slack && reach.highest <= this.#highest + slack
    if (!inside) return false
    // what was regained of a way back is not given away again
    this.#lowest = Math.min(this.positionMin, Math.max(this.#lowest, reach.lowest))
    this.#highest = Math.max(this.positionMax, Math.min(this.#highest, reach.highest))
    return true
  }

  /** Whether a move may end at a position, unit; beforehand. */
  allowsTarget(position: number): boolean {
    return position >= this.positionMin && position <= this.positionMax
  }
}
