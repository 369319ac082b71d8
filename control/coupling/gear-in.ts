/**
 * MC_GearIn: the slave takes the master's velocity times a ratio. What it loses until then is not made up for; from then on
 * both positions are coupled, and a slave that had to fall behind for its limits catches up.
 */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'
import { axisState } from '../axis/axis-state.ts'
import { Dynamics } from '../axis/dynamics.ts'
import { type Motion, motionResult, type MotionResult } from '../axis/motion.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { areDynamics } from './approach-limits.ts'
import { GearLaw } from './gear-law.ts'
import type { MasterPhase } from './master-phase.ts'
import type { MasterSource } from './master-source.ts'
import { MasterView } from './master-view.ts'
import { Tracker } from './tracker.ts'

export class GearIn implements Motion {
  readonly state = axisState.synchronizedMotion
  error: AxisErrorNumber = axisError.none
  /** Slave's units for so many of the master's. Set before `begin`, as is the source; the denominator is not 0. */
  numerator = 0.5
  denominator = 0.5
  /** Of the way to the master's velocity. 0: the axis's own. */
  readonly dynamics = new Dynamics()
  /** In this cycle the slave is exactly where the gear wants it. */
  inGear = false

  readonly #view: MasterView
  readonly #law = new GearLaw()
  readonly #tracker: Tracker
  /** The positions are coupled. */
  #engaged = false

  /** `own`: the axis's limits. */
  constructor(cycleS: number, own: KinematicLimits, source: MasterSource) {
    this.#view = new MasterView(cycleS, own, source)
    this.#tracker = new Tracker(cycleS, own, this.dynamics)
    this.numerator = 1
    this.denominator = 1
  }

  get source(): MasterSource {
    return this.#view.source
  }

  set source(source: MasterSource) {
    this.#view.source = source
  }

  /** Of the slave against its master, from `begin` on. */
  get phase(): MasterPhase {
    return this.#view.phase
  }

  /** What is wrong with how it is set. Not cyclic. */
  check(): AxisErrorNumber {
    const right = isRatio(this.numerator, this.denominator) && areDynamics(this.dynamics)
    return right ? axisError.none : axisError.argument
  }

  begin(): void {
    this.error = axisError.none
    this.inGear = false
    this.#engaged = false
    this.#law.ratio = this.numerator / this.denominator
    this.#view.begin()
    this.#tracker.begin()
  }

  step(setpoint: MotionState): MotionResult {
    this.#view.look()
    this.#aim()
    const tracker = this.#tracker
    if (!tracker.isFinite) {
      this.error = axisError.argument
      return motionResult.failed
    }
    this.inGear = this.#engaged ? tracker.follow(setpoint) : this.#engage(setpoint)
    return this.inGear ? motionResult.reached : motionResult.running
  }

  resume(): void {}

  shift(distance: number): void {
    this.#law.shift(distance)
    this.#tracker.shift(distance)
  }

  #aim(): void {
    const law = this.#law
    const { state } = this.#view
    const { target } = this.#tracker
    law.master.position = state.position
    law.master.velocity = state.velocity
    law.master.acceleration = state.acceleration
    law.evaluate()
    target.position = law.slave.position
    target.velocity = law.slave.velocity
    target.acceleration = law.slave.acceleration
  }

  /** Both move alike from this cycle on: where they are now belongs together. */
  #engage(setpoint: MotionState): boolean {
    if (!this.#tracker.followVelocity(setpoint)) return false
    this.#law.masterAt = this.#view.state.position
    this.#law.slaveAt = setpoint.position
    this.#engaged = true
    return true
  }
}

/** Numbers that a gear can be made of. */
export function isRatio(numerator: number, denominator: number): boolean {
  return Number.isFinite(numerator / denominator)
}
