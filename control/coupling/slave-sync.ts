/**
 * Brings a slave into a coupling of positions, and keeps it there: MC_GearInPos and MC_CamIn are made of it.
 *
 * Without a start distance the slave takes its place as fast as its limits allow. With one it waits, at the velocity it had,
 * until its master is that near to the place where both shall be in sync, and then goes so that it arrives there together with
 * the master. The master's arrival is foreseen anew in each cycle; when the way is too short for the slave's limits it takes
 * its place as soon as it can.
 */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'
import { Dynamics } from '../axis/dynamics.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { Coast } from './coast.ts'
import type { CouplingLaw } from './coupling-law.ts'
import type { MasterSource } from './master-source.ts'
import { MasterView } from './master-view.ts'
import { Rendezvous } from './rendezvous.ts'
import { Tracker } from './tracker.ts'

export const syncStage = {
  /** For the master to come near. */
  waiting: 0,
  /** On the way to where it meets the master. */
  approaching: 1,
  /** In its place, or catching up with it. */
  following: 2,
} as const
export type SyncStage = (typeof syncStage)[keyof typeof syncStage]

export class SlaveSync {
  readonly view: MasterView
  /** Of the way to its place. 0: the axis's own. */
  readonly dynamics = new Dynamics()
  /** Master where both are in sync, unit of the master; used with a distance. */
  masterSync = 0.5
  /** How far before that the slave begins its way, unit of the master; 0: at once. */
  startDistance = 0.5
  stage: SyncStage = syncStage.waiting
  /** The setpoint is where the law wants it. */
  inSync = false
  error: AxisErrorNumber = axisError.none

  readonly #law: CouplingLaw
  readonly #coast: Coast
  readonly #tracker: Tracker
  readonly #rendezvous: Rendezvous
  /** In which the master goes: 1 or -1. */
  #direction = 1
  /** Until the master is there, unit of the master, in its direction. */
  #left = 0.5

  constructor(cycleS: number, own: KinematicLimits, source: MasterSource, law: CouplingLaw) {
    this.view = new MasterView(cycleS, own, source)
    this.#law = law
    this.#coast = new Coast(cycleS, own)
    this.#tracker = new Tracker(cycleS, own, this.dynamics)
    this.#rendezvous = new Rendezvous(cycleS, own, this.dynamics, law)
    this.masterSync = 0
    this.startDistance = 0
  }

  begin(setpoint: MotionState): void {
    this.error = axisError.none
    this.inSync = false
    this.view.begin()
    this.#tracker.begin()
    this.#rendezvous.begin()
    this.#coast.keepVelocity(setpoint)
    this.stage = syncStage.waiting
    if (this.startDistance > 0) return
    this.#copyMaster(this.#law.master)
    this.#law.leftS = 0
    this.#law.enter(setpoint)
    this.stage = syncStage.following
  }

  /** `setpoint` goes one cycle on. False: failed, see `error`. */
  step(setpoint: MotionState): boolean {
    this.view.look()
    if (this.stage === syncStage.waiting) this.#wait(setpoint)
    else if (this.stage === syncStage.approaching) this.#approach(setpoint)
    else return this.#follow(setpoint)
    return true
  }

  /** The setpoint is not what the last step made of it. */
  resume(): void {
    this.#rendezvous.begin()
  }

  shift(distance: number): void {
    this.#rendezvous.begin()
    this.#law.shift(distance)
    this.#tracker.shift(distance)
  }

  #wait(setpoint: MotionState): void {
    const { velocity } = this.view.state
    if (velocity !== 0) this.#direction = velocity < 0 ? -1 : 1
    this.#findLeft()
    if (velocity === 0 || this.#left <= 0 || this.#left > this.startDistance) {
      this.#coast.step(setpoint)
      return
    }
    const { master } = this.#law
    this.#copyMaster(master)
    master.position = this.masterSync
    this.#law.leftS = this.#left / Math.abs(velocity)
    this.#law.enter(setpoint)
    this.stage = syncStage.approaching
    this.#approach(setpoint)
  }

  #approach(setpoint: MotionState): void {
    this.#findLeft()
    const isThere = this.#left <= 0
    // a master that stops on the way, or turns, is waited for at rest
    if (!isThere && this.view.state.velocity * this.#direction <= 0) {
      this.#rendezvous.begin()
      this.#coast.rest()
      this.#coast.step(setpoint)
      if (this.#left > this.startDistance) this.stage = syncStage.waiting
      return
    }
    const rendezvous = this.#rendezvous
    rendezvous.masterSync = this.masterSync
    this.#copyMaster(rendezvous.master)
    if (!isThere && rendezvous.advance(setpoint)) return
    this.stage = syncStage.following
    this.#follow(setpoint)
  }

  #follow(setpoint: MotionState): boolean {
    const law = this.#law
    const tracker = this.#tracker
    const { target } = tracker
    this.#copyMaster(law.master)
    law.evaluate()
    target.position = law.slave.position
    target.velocity = law.slave.velocity
    target.acceleration = law.slave.acceleration
    this.inSync = tracker.isFinite && tracker.follow(setpoint)
    if (tracker.isFinite) return true
    this.error = axisError.argument
    return false
  }

  #findLeft(): void {
    this.#left = (this.masterSync - this.view.state.position) * this.#direction
  }

  #copyMaster(to: MotionState): void {
    const { state } = this.view
    to.position = state.position
    to.velocity = state.velocity
    to.acceleration = state.acceleration
  }
}
