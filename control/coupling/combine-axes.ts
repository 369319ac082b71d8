/** MC_CombineAxes: the slave takes the sum (or, with a negative ratio, the difference) of two masters' motions, as by a gear. */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'
import { axisState } from '../axis/axis-state.ts'
import type { Dynamics } from '../axis/dynamics.ts'
import type { Motion, MotionResult } from '../axis/motion.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { CombinedMaster } from './combined-master.ts'
import { GearIn } from './gear-in.ts'
import type { MasterPhase } from './master-phase.ts'
import type { MasterSource } from './master-source.ts'

export class CombineAxes implements Motion {
  readonly state = axisState.synchronizedMotion
  /** Both masters and their ratios. Set before `begin`. */
  readonly masters: CombinedMaster
  readonly #gear: GearIn

  constructor(cycleS: number, own: KinematicLimits, first: MasterSource, second: MasterSource) {
    this.masters = new CombinedMaster(first, second)
    this.#gear = new GearIn(cycleS, own, this.masters)
  }

  get error(): AxisErrorNumber {
    return this.#gear.error
  }

  /** Of the way to the masters' velocity. 0: the axis's own. */
  get dynamics(): Dynamics {
    return this.#gear.dynamics
  }

  get phase(): MasterPhase {
    return this.#gear.phase
  }

  get inSync(): boolean {
    return this.#gear.inGear
  }

  /** What is wrong with how it is set. Not cyclic. */
  check(): AxisErrorNumber {
    const { firstRatio, secondRatio } = this.masters
    return Number.isFinite(firstRatio + secondRatio) ? this.#gear.check() : axisError.argument
  }

  begin(): void {
    this.masters.update()
    this.#gear.begin()
  }

  step(setpoint: MotionState): MotionResult {
    this.masters.update()
    return this.#gear.step(setpoint)
  }

  resume(): void {}

  shift(distance: number): void {
    this.#gear.shift(distance)
  }
}
