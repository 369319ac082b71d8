/** MC_GearInPos: a gear that is in sync from a given place of the master on, with the slave at a given place of its own. */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'
import { motionResult, type MotionResult } from '../axis/motion.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { areDynamics } from './approach-limits.ts'
import { isRatio } from './gear-in.ts'
import { GearLaw, syncMode, type SyncMode } from './gear-law.ts'
import type { MasterSource } from './master-source.ts'
import { SlaveSync } from './slave-sync.ts'
import { SyncedMotion } from './synced-motion.ts'

export class GearInPos extends SyncedMotion {
  // set before `begin`
  /** Slave's units for so many of the master's; the denominator is not 0. */
  numerator = 0.5
  denominator = 0.5
  /** Where the slave is to be when the master is at `masterSync`, unit. */
  slaveSync = 0.5
  /** Of an endless slave: places so far apart are equal, unit; 0: none are. */
  slaveModulo = 0.5
  mode: SyncMode = syncMode.shortest

  readonly #law: GearLaw

  constructor(cycleS: number, own: KinematicLimits, source: MasterSource) {
    const law = new GearLaw()
    super(new SlaveSync(cycleS, own, source, law))
    this.#law = law
    this.numerator = 1
    this.denominator = 1
    this.slaveSync = 0
    this.slaveModulo = 0
  }

  /** What is wrong with how it is set. Not cyclic. */
  check(): AxisErrorNumber {
    const { masterSync, slaveSync, masterStartDistance, slaveModulo } = this
    const right =
      isRatio(this.numerator, this.denominator) &&
      areDynamics(this.dynamics) &&
      Number.isFinite(masterSync + slaveSync + masterStartDistance + slaveModulo) &&
      masterStartDistance >= 0 &&
      slaveModulo >= 0
    return right ? axisError.none : axisError.argument
  }

  override begin(setpoint: MotionState): void {
    const law = this.#law
    law.ratio = this.numerator / this.denominator
    law.masterAt = this.masterSync
    law.slaveAt = this.slaveSync
    law.slaveModulo = this.slaveModulo
    law.mode = this.mode
    super.begin(setpoint)
  }

  step(setpoint: MotionState): MotionResult {
    if (!this.sync.step(setpoint)) return motionResult.failed
    return this.sync.inSync ? motionResult.reached : motionResult.running
  }
}
