/**
 * MC_CamIn: the slave follows a cam table. A periodic cam goes on for ever, and is `reached` where the slave is in its place.
 * Any other one is `done`, with the slave at rest, when the master has left it again; a master that is not there yet is waited
 * for where the slave belongs at that end of the cam.
 */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'
import { axisState } from '../axis/axis-state.ts'
import type { Dynamics } from '../axis/dynamics.ts'
import { type Motion, motionResult, type MotionResult } from '../axis/motion.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { CamLaw } from './cam-law.ts'
import type { CamTable } from './cam-table.ts'
import type { MasterPhase } from './master-phase.ts'
import type { MasterSource } from './master-source.ts'
import { SlaveSync, syncStage } from './slave-sync.ts'

export class CamIn implements Motion {
  readonly state = axisState.synchronizedMotion
  /** Table, scaling and offsets. Set before `begin`. */
  readonly cam: CamLaw
  /** As in MC_GearInPos. Set before `begin`. */
  masterSync = 0.5
  masterStartDistance = 0.5

  readonly #sync: SlaveSync
  #entered = false

  constructor(cycleS: number, own: KinematicLimits, source: MasterSource, table: CamTable) {
    this.cam = new CamLaw(table)
    this.#sync = new SlaveSync(cycleS, own, source, this.cam)
    this.masterSync = 0
    this.masterStartDistance = 0
  }

  get error(): AxisErrorNumber {
    return this.#sync.error
  }

  get source(): MasterSource {
    return this.#sync.view.source
  }

  set source(source: MasterSource) {
    this.#sync.view.source = source
  }

  /** Of the way to the cam. 0: the axis's own. */
  get dynamics(): Dynamics {
    return this.#sync.dynamics
  }

  /** Of the slave against its master, from `begin` on. */
  get phase(): MasterPhase {
    return this.#sync.view.phase
  }

  /** In this cycle the slave is exactly where the cam wants it. */
  get inSync(): boolean {
    return this.#sync.inSync
  }

  /** What is wrong with how it is set. Not cyclic. */
  check(): AxisErrorNumber {
    const { masterOffset, masterScaling, slaveOffset, slaveScaling } = this.cam
    const { masterSync, masterStartDistance } = this
    const sum = masterOffset + 1 / masterScaling + slaveOffset + slaveScaling
    const right =
      Number.isFinite(sum + masterSync + masterStartDistance) && masterStartDistance >= 0
    return right ? axisError.none : axisError.argument
  }

  begin(setpoint: MotionState): void {
    const sync = this.#sync
    this.#entered = false
    this.cam.side = 0
    sync.masterSync = this.masterSync
    sync.startDistance = this.masterStartDistance
    sync.begin(setpoint)
  }

  step(setpoint: MotionState): MotionResult {
    const sync = this.#sync
    if (!sync.step(setpoint)) return motionResult.failed
    const { cam } = this
    if (cam.periodic) return sync.inSync ? motionResult.reached : motionResult.running
    if (cam.side === 0) this.#entered = sync.stage === syncStage.following
    return this.#entered && cam.side !== 0 && sync.inSync ? motionResult.done : motionResult.running
  }

  resume(): void {
    this.#sync.resume()
  }

  shift(distance: number): void {
    this.#sync.shift(distance)
  }
}
