/** What lies behind a slave's communication: a drive or an I/O device. */
import type { SlaveObservation } from '../slave.ts'
import type { Diagnosis } from './diagnosis.ts'

/** The communication as the application sees it in this cycle; reused. */
export type Link = {
  /** CP4, and the master is not leaving it. */
  operational: boolean
  /** Every consumer is being served. */
  live: boolean
  /** New command values came in this cycle. */
  fresh: boolean
  /** A consumer lost more than it tolerates. */
  lost: boolean
}

export interface Application {
  readonly diagnosis: Diagnosis
  /** Power-on state. The parameters have their power-on values. */
  powerOn(): void
  /** The MST was lost in CP4 beyond the tolerated count. */
  loseCommunication(): void
  /** S-0-0099. `pending` while the device still reacts to the error. */
  clearErrors(): 'done' | 'pending'
  /** The end of a cycle: takes the command values, advances the model, refreshes the actual values. Cyclic. */
  advance(link: Link, dtS: number): void
  /** Torque on the shaft from outside, N m; only a drive has one. */
  disturb?(torqueNm: number): void
  /** The mains contactor opens or closes; only a drive has one. */
  switchMains?(on: boolean): void
  /** Brings its part of the observation up to date. Cyclic. */
  observe(observation: SlaveObservation): void
}
