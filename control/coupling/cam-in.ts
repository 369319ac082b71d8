/**
 * MC_CamIn: the slave follows a cam table. A periodic cam goes on for ever, and is `reached` where the slave is in its place.
 * Any other one is `done`, with the slave at rest, when the master has left it again; a master that is not there yet is waited
 * for where the slave belongs at that end of the cam.
 */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'
import { motionResult, type MotionResult } from '../axis/motion.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { areDynamics } from './approach-limits.ts'
import { CamLaw } from './cam-law.ts'
import type { CamTable } from './cam-table.ts'
import type { MasterSource } from './master-source.ts'
import { SlaveSync, syncStage } from './slave-sync.ts'
import { SyncedMotion } from './synced-motion.ts'

export class CamIn extends SyncedMotion {
  /** Table, scaling and offsets. Set before `begin`. */
  readonly cam: CamLaw
  #entered = false

  constructor(cycleS: number, own: KinematicLimits, source: MasterSource, table: CamTable) {
    const cam = new CamLaw(table)
    super(new SlaveSync(cycleS, own, source, cam))
    this.cam = cam
  }

  /** What is wrong with how it is set. Not cyclic. */
  check(): AxisErrorNumber {
    const { masterOffset, masterScaling, slaveOffset, slaveScaling } = this.cam
    const { masterSync, masterStartDistance } = this
    const sum = masterOffset + 1 / masterScaling + slaveOffset + slaveScaling
    const right =
      Number.isFinite(sum + masterSync + masterStartDistance) &&
      masterStartDistance >= 0 &&
      areDynamics(this.dynamics)
    return right ? axisError.none : axisError.argument
  }

  override begin(setpoint: MotionState): void {
    this.#entered = false
    this.cam.side = 0
    super.begin(setpoint)
  }

  step(setpoint: MotionState): MotionResult {
    const { sync } = this
    if (!sync.step(setpoint)) return motionResult.failed
    const { cam } = this
    if (cam.periodic) return sync.inSync ? motionResult.reached : motionResult.running
    if (cam.side === 0) this.#entered = sync.stage === syncStage.following
    return this.#entered && cam.side !== 0 && sync.inSync ? motionResult.done : motionResult.running
  }
}
