/**
 * What an axis needs of its drive's service channel: the words of an error, homing led by the drive, a torque limit, probes.
 * The card does it beside the cycle; here it is begun, looked at once a cycle, and told how it ended.
 */
import { driveService, driveServiceState } from '../../cards/card.ts'
import type { DriveServices } from '../../cards/card.ts'
import { axisError, type AxisErrorNumber } from '../../control/axis/axis-error.ts'
import { axisState } from '../../control/axis/axis-state.ts'
import { takeSnapshot } from '../error-snapshot.ts'
import { commandEnds } from '../shared/command-ring.ts'
import type { AxisDrive } from './axis-drive.ts'
import { AxisProbes } from './axis-probes.ts'
import type { EndCommand } from './axis-probes.ts'
import { taskCommand } from '../shared/command-ring.ts'
import type { WorkerMessage } from './worker-setup.ts'

const done = commandEnds.indexOf('done')
const failed = commandEnds.indexOf('failed')

/** What is under way, bit by bit. */
const homing = 1 << 0
const limiting = 1 << 1
const diagnosing = 1 << 2

const limitIsBusy = 'another limit is being written'

export class AxisServices {
  readonly probes: AxisProbes
  readonly #index: number
  readonly #axis: AxisDrive
  readonly #services: DriveServices | undefined
  readonly #end: EndCommand
  readonly #tell: (message: WorkerMessage) => void
  #limitId = 0
  #open = 0
  /** The error, and the change of warnings, that stands was noted. */
  #error = false
  #warned = false
  /** Something came while the drive was being asked. */
  #again = false

  constructor(
    index: number,
    axis: AxisDrive,
    services: DriveServices | undefined,
    end: EndCommand,
    tell: (message: WorkerMessage) => void,
  ) {
    this.#index = index
    this.#axis = axis
    this.#services = services
    this.#end = end
    this.#tell = tell
    const tellFailure = this.#tellFailure.bind(this)
    this.probes = new AxisProbes(axis, services, end, tellFailure)
  }

  /** Once a cycle, after the feedback was read. Cyclic. */
  look(): void {
    const { handshake } = this.#axis
    if (handshake.error !== this.#error || handshake.warned !== this.#warned) this.#note()
    this.probes.look()
    if (this.#open === 0) return
    if ((this.#open & homing) !== 0) this.#lookAtHoming()
    if ((this.#open & limiting) !== 0) this.#lookAtLimit()
    if ((this.#open & diagnosing) !== 0) this.#lookAtDiagnosis()
  }

  /** Homing led by the drive. NaN: the reference point keeps the position that the drive has for it. Not cyclic. */
  home(id: number, position: number): boolean {
    const axis = this.#axis
    const { motion } = axis
    // between a stop and the drive's answer to it
    if ((this.#open & homing) !== 0) return this.#refuse(id, axisError.state)
    if (!motion.homeByDrive(id, position)) return false
    if (motion.state !== axisState.homing || !motion.lead.on) return true
    if (this.#begin(driveService.home, homing, axis.incrementsOf(position))) axis.driveIsBusy = true
    else motion.endDriveHoming(false)
    return true
  }

  /** `probe` 0 or 1; `values`: the command. Not cyclic. */
  armProbe(id: number, probe: number, values: Float64Array): boolean {
    if (this.#axis.lost) return this.#refuse(id, axisError.deviceLost)
    const error = this.probes.arm(id, probe, values)
    if (error === axisError.none) return true
    return this.#refuse(id, error, 'it waits for another edge, or is being given up')
  }

  /** Not cyclic. */
  abortTrigger(id: number, probe: number): boolean {
    this.probes.abort(probe)
    this.#end(id, done, axisError.none)
    return true
  }

  /** In the telegrams where they carry it, otherwise as a parameter. Not cyclic. */
  limitTorque(id: number, percent: number): boolean {
    const axis = this.#axis
    if (axis.lost) return this.#refuse(id, axisError.deviceLost)
    if ((this.#open & limiting) !== 0) return this.#refuse(id, axisError.service, limitIsBusy)
    axis.limitTorque(percent)
    if (axis.takesTorqueLimit) {
      this.#end(id, done, axisError.none)
      return true
    }
    if (!this.#begin(driveService.limitTorque, limiting, axis.torqueLimitRaw))
      return this.#refuse(id, axisError.service, limitIsBusy)
    this.#limitId = id
    return true
  }

  /** The ring is out of operation: nothing that was begun comes to its end. Not cyclic. */
  abandon(error: AxisErrorNumber): void {
    this.probes.abandon(error)
    if (this.#open === 0) return
    if ((this.#open & limiting) !== 0) this.#end(this.#limitId, failed, error)
    this.#axis.driveIsBusy = false
    this.#open = 0
  }

  #begin(service: number, bit: number, argument: number): boolean {
    const begun = this.#services?.begin(this.#axis.driveIndex, service, argument) === true
    if (begun) this.#open |= bit
    return begun
  }

  #state(service: number): number {
    return this.#services?.state(this.#axis.driveIndex, service) ?? driveServiceState.failed
  }

  /** An error or a warning came: the drive is asked what it means. Not cyclic. */
  #note(): void {
    const { error, warned } = this.#axis.handshake
    const news = (error && !this.#error) || (warned && !this.#warned)
    this.#error = error
    this.#warned = warned
    if (news) this.#again = !this.#begin(driveService.diagnose, diagnosing, 0)
  }

  #lookAtHoming(): void {
    const axis = this.#axis
    const { motion } = axis
    const state = this.#state(driveService.home)
    if (state === driveServiceState.underWay) {
      if (motion.state !== axisState.homing)
        this.#services?.cancel(axis.driveIndex, driveService.home)
      return
    }
    this.#open &= ~homing
    axis.driveIsBusy = false
    const homed = state === driveServiceState.done
    if (homed) axis.takeNewCoordinates()
    if (state === driveServiceState.failed) this.#tellFailure(driveService.home, axisError.homing)
    motion.endDriveHoming(homed)
  }

  #lookAtLimit(): void {
    const state = this.#state(driveService.limitTorque)
    if (state === driveServiceState.underWay) return
    this.#open &= ~limiting
    const well = state === driveServiceState.done
    if (!well) this.#tellFailure(driveService.limitTorque, axisError.service)
    this.#end(this.#limitId, well ? done : failed, well ? axisError.none : axisError.service)
  }

  #lookAtDiagnosis(): void {
    const state = this.#state(driveService.diagnose)
    if (state === driveServiceState.underWay) return
    this.#open &= ~diagnosing
    if (this.#again) {
      this.#again = false
      this.#begin(driveService.diagnose, diagnosing, 0)
      return
    }
    const drive = this.#axis.driveIndex
    const words = this.#services?.diagnosis(drive)
    const standing = this.#error || this.#services?.warnings(drive) !== 0
    const error = this.#error ? axisError.driveError : axisError.none
    if (state !== driveServiceState.done) this.#tellFailure(driveService.diagnose, error)
    else if (standing && words !== undefined)
      this.#tell({ kind: 'axisWords', axis: this.#index, error, words })
  }

  /** Not cyclic: happens once. */
  #tellFailure(service: number, error: AxisErrorNumber): void {
    const cause = this.#services?.error(this.#axis.driveIndex, service)
    if (cause === undefined) return
    this.#tell({
      kind: 'axisWords',
      axis: this.#index,
      error,
      cause: takeSnapshot(cause, 'DP_AXIS_SERVICE'),
    })
  }

  /** Not cyclic, but a task may try in every cycle. */
  #refuse(id: number, error: AxisErrorNumber, words?: string): true {
    if (id === taskCommand) return true
    if (words !== undefined) this.#tell({ kind: 'axisWords', axis: this.#index, error, words })
    this.#end(id, failed, error)
    return true
  }
}
