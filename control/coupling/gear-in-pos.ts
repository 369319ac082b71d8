/** MC_GearInPos: a gear that is in sync from a given place of the master on, with the slave at a given place of its own. */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'
import { axisState } from '../axis/axis-state.ts'
import type { Dynamics } from '../axis/dynamics.ts'
import { type Motion, motionResult, type MotionResult } from '../axis/motion.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { isRatio } from './gear-in.ts'
import { GearLaw, syncMode, type SyncMode } from './gear-law.ts'
import type { MasterPhase } from './master-phase.ts'
import type { MasterSource } from './master-source.ts'
import { SlaveSync } from './slave-sync.ts'

export class GearInPos implements Motion {
  readonly state = axisState.synchronizedMotion
  // set before `begin`
  /** Slave's units for so many of the master's; the denominator is not 0. */
  numerator = 0.5
  denominator = 0.5
  /** Where both are in sync, unit of the master and unit. */
  masterSync = 0.5
  slaveSync = 0.5
  /** The slave begins its way when the master is so near, unit of the master; 0: at once, and as fast as it may. */
  masterStartDistance = 0.5
  /** Of an endless slave: places so far apart are equal, unit; 0: none are. */
  slaveModulo = 0.5
  mode: SyncMode = syncMode.shortest

  readonly #law = new GearLaw()
  readonly #sync: SlaveSync

  constructor(cycleS: number, own: KinematicLimits, source: MasterSource) {
    this.#sync = new SlaveSync(cycleS, own, source, this.#law)
    this.numerator = 1
    this.denominator = 1
    this.masterSync = 0
    this.slaveSync = 0
    this.masterStartDistance = 0
    this.slaveModulo = 0
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

  /** Of the way into the gear. 0: the axis's own. */
  get dynamics(): Dynamics {
    return this.#sync.dynamics
  }

  /** Of the slave against its master, from `begin` on. */
  get phase(): MasterPhase {
    return this.#sync.view.phase
  }

  /** In this cycle the slave is exactly where the gear wants it. */
  get inSync(): boolean {
    return this.#sync.inSync
  }

  /** What is wrong with how it is set. Not cyclic. */
  check(): AxisErrorNumber {
    const { masterSync, slaveSync, masterStartDistance, slaveModulo } = this
    const right =
      isRatio(this.numerator, this.denominator) &&
      Number.isFinite(masterSync + slaveSync + masterStartDistance + slaveModulo) &&
      masterStartDistance >= 0 &&
      slaveModulo >= 0
    return right ? axisError.none : axisError.argument
  }

  begin(setpoint: MotionState): void {
    const law = this.#law
    const sync = this.#sync
    law.ratio = this.numerator / this.denominator
    law.masterAt = this.masterSync
    law.slaveAt = this.slaveSync
    law.slaveModulo = this.slaveModulo
    law.mode = this.mode
    sync.masterSync = this.masterSync
    sync.startDistance = this.masterStartDistance
    sync.begin(setpoint)
  }

  step(setpoint: MotionState): MotionResult {
    if (!this.#sync.step(setpoint)) return motionResult.failed
    return this.#sync.inSync ? motionResult.reached : motionResult.running
  }

  resume(): void {
    this.#sync.resume()
  }

  shift(distance: number): void {
    this.#sync.shift(distance)
  }
}
