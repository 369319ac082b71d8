/** A coupling that is in sync from a place of its master on: what MC_GearInPos and MC_CamIn have in common. */
import type { AxisErrorNumber } from '../axis/axis-error.ts'
import { axisState } from '../axis/axis-state.ts'
import type { Dynamics } from '../axis/dynamics.ts'
import type { Motion, MotionResult } from '../axis/motion.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import type { MasterPhase } from './master-phase.ts'
import type { MasterSource } from './master-source.ts'
import type { SlaveSync } from './slave-sync.ts'

export abstract class SyncedMotion implements Motion {
  readonly state = axisState.synchronizedMotion
  /** Where both are in sync, unit of the master. Set before `begin`. */
  masterSync = 0.5
  /** The slave begins its way when the master is so near, unit of the master; 0: at once, and as fast as it may. */
  masterStartDistance = 0.5

  protected readonly sync: SlaveSync

  constructor(sync: SlaveSync) {
    this.sync = sync
    this.masterSync = 0
    this.masterStartDistance = 0
  }

  get error(): AxisErrorNumber {
    return this.sync.error
  }

  get source(): MasterSource {
    return this.sync.view.source
  }

  set source(source: MasterSource) {
    this.sync.view.source = source
  }

  /** Of the way into sync. 0: the axis's own. */
  get dynamics(): Dynamics {
    return this.sync.dynamics
  }

  /** Of the slave against its master, from `begin` on. */
  get phase(): MasterPhase {
    return this.sync.view.phase
  }

  /** In this cycle the slave is exactly where the coupling wants it. */
  get inSync(): boolean {
    return this.sync.inSync
  }

  /** What is wrong with how it is set. Not cyclic. */
  abstract check(): AxisErrorNumber

  abstract step(setpoint: MotionState): MotionResult

  begin(setpoint: MotionState): void {
    const { sync } = this
    sync.masterSync = this.masterSync
    sync.startDistance = this.masterStartDistance
    sync.begin(setpoint)
  }

  resume(): void {
    this.sync.resume()
  }

  shift(distance: number): void {
    this.sync.shift(distance)
  }
}
