/**
 * One axis in the cycle: its motion state machine (control/) joined to its drive's process data (cards/). Units become
 * increments here, the power request becomes the drive's control word, and the drive's error becomes the axis's.
 */
import type { DriveImage, DriveScaling, DriveServices } from '../../cards/card.ts'
import { driveReady, modeNumber } from '../../cards/sercos3/drive-words.ts'
import { idn } from '../../cards/sercos3/idn.ts'
import { axisError } from '../../control/axis/axis-error.ts'
import { AxisMotion } from '../../control/axis/axis-motion.ts'
import { axisState } from '../../control/axis/axis-state.ts'
import type { Compensation } from '../../control/mechanics/compensation/compensation.ts'
import type { AxisFile } from '../machine-file/schema.ts'
import { packAxisStatus } from '../shared/axis-status-word.ts'
import { taskCommand } from '../shared/command-ring.ts'
import type { AxisBrake } from './axis-brake.ts'
import { DriveHandshake } from './drive-handshake.ts'

/** S-0-0084, S-0-0080 and the torque limits count in 0.1 %. */
const torqueIncrementsPerPercent = 10
const percentPerTorqueIncrement = 0.1
/** What a word of 0.1 % holds. */
export const mostTorquePercent = 3276.7
const torqueLimits = [idn('S-0-0092'), idn('S-0-0082'), idn('S-0-0083')] as const

export class AxisDrive {
  readonly name: string
  /** Place of its drive among the card's drives. */
  readonly driveIndex: number
  readonly motion: AxisMotion
  readonly handshake: DriveHandshake
  /** Feedback, unit/s. */
  velocity = 0
  /** Feedback, % of rated torque. */
  torquePercent = 0
  /** What the drive itself says that it lags behind (S-0-0189), unit; 0 where its telegrams do not carry it. */
  followingDistance = 0
  /** Velocity command beside the position, unit/s: the motion's own, or what a user's task gave. */
  feedForward = 0
  /** Torque command, of a user's task or of torqueControl, % of rated torque. */
  torqueCommand = 0
  /** A user's task gave this cycle's setpoint. */
  given = false
  /** A user's task asks for a reset of the drive and the axis. */
  resetRequested = false
  /** The drive was there and its data do not come any more. */
  lost = false
  /** Its encoder knows where it is (S-0-0403). */
  knowsPosition = false
  /** The drive does something of its own at our request, such as homing: it does not go back to its commands before that ends. */
  driveIsBusy = false
  /** Errors of screw and scale, and the axis's holding brake, where it has them. Set in the beginning. */
  compensation: Compensation | undefined
  brake: AxisBrake | undefined
  /** Where the axis is beyond where its drive holds it to be, unit. */
  positionError = 0.5
  /** The drive's telegrams carry a torque limit. */
  takesTorqueLimit = false

  readonly #image: DriveImage
  readonly #services: DriveServices | undefined
  #incrementsPerUnit: number
  #velocityIncrementsPerUnit: number
  readonly #quickStops: boolean
  /** Position feedback counted on where the drive's 32 bits wrap: an endless axis passes 2^31 increments some day. */
  readonly #increments = new Float64Array(1)
  /** The home offset of the cycle before. */
  #compensatedFrom = 0.5
  #live = false
  #runsDown = false
  /** What was set; negative: nothing was. */
  #torqueLimitPercent = -1

  constructor(
    file: AxisFile,
    driveIndex: number,
    image: DriveImage,
    cycleS: number,
    services?: DriveServices,
  ) {
    this.#services = services
    this.name = file.name
    this.positionError = 0
    this.#compensatedFrom = 0
    this.driveIndex = driveIndex
    this.#image = image
    this.#incrementsPerUnit = file.incrementsPerUnit
    this.#velocityIncrementsPerUnit = file.velocityIncrementsPerUnit
    this.#quickStops = file.safe === 'quickStop'
    this.handshake = new DriveHandshake(cycleS)
    this.motion = new AxisMotion(cycleS, file.limits)
  }

  /** Drive status word S-0-0135 of this cycle. */
  get status(): number {
    return this.handshake.status
  }

  /** The drive reports an error of class 1. */
  get driveError(): boolean {
    return this.handshake.error
  }

  /** In operation and without an error. */
  get operational(): boolean {
    return this.handshake.operational
  }

  /** Takes this cycle's process data. Cyclic. */
  readFeedback(): void {
    const image = this.#image
    const { live } = image
    if (live !== this.#live) this.#noteLive(live)
    if (!live) return
    const before = this.#increments[0] as number
    // `before | 0` is what the drive sent last: the difference survives the wrap
    const moved = (image.readPosition() - (before | 0)) | 0
    const counted = before + moved
    this.#increments[0] = counted
    this.handshake.take(image.readStatus(), moved !== 0)
    const { motion } = this
    motion.drivePosition = counted / this.#incrementsPerUnit + this.positionError
    this.velocity = image.readVelocity() / this.#velocityIncrementsPerUnit
    motion.driveVelocity = this.velocity
    this.torquePercent = image.readTorque() * percentPerTorqueIncrement
    motion.driveTorque = this.torquePercent
    this.followingDistance = image.readFollowingDistance() / this.#incrementsPerUnit
  }

  /**
   * Runs the motion on by one cycle, however many were missed before it: the drive stood still meanwhile, and a step that
   * made up for them would break every limit. Missed cycles cost time, not accuracy. Then writes the drive's commands.
   * Cyclic.
   */
  advance(): void {
    const motion = this.motion
    const handshake = this.handshake
    if (handshake.error && motion.error !== axisError.driveError)
      motion.release(axisError.driveError)
    if (this.lost && motion.state !== axisState.errorStop) motion.release(axisError.deviceLost)
    if (handshake.straysFromMode(motion.powerRequested)) motion.release(axisError.operationMode)
    // what a task does not go on giving is not gone on with
    if (motion.state === axisState.synchronizedMotion && motion.lead.on && !this.given)
      motion.lead.halts = true
    motion.lead.halted = handshake.halted && !this.driveIsBusy
    motion.powerStep = handshake.ready
    const { brake } = this
    const open = brake === undefined || brake.brake.ready || !motion.powerRequested
    motion.update(handshake.operational && open)
    if (this.compensation !== undefined) this.#compensate(this.compensation)
    if (brake !== undefined) this.#brake(brake)
    if (this.#runsDown && motion.powerRequested && motion.atRest) motion.power(0, false)
    const follows = motion.state === axisState.synchronizedMotion
    if (!this.given || !follows) this.feedForward = motion.velocity
    if (motion.torqueLeads) {
      this.torqueCommand = motion.torqueCommand
      handshake.mode = modeNumber.torque
    } else {
      if (!this.given || !follows) this.torqueCommand = 0
      // a ramp between two setpoints of a task stays in their mode
      if ((!motion.isGiven && !motion.lead.on) || motion.atRest)
        handshake.mode = modeNumber.position
    }
    this.given = false
    this.#writeCommands()
  }

  #writeCommands(): void {
    const image = this.#image
    const { motion } = this
    // modulo 2^32, as the drive counts
    image.writePosition(Math.round(this.#commanded * this.#incrementsPerUnit) | 0)
    image.writeVelocity(Math.round(this.feedForward * this.#velocityIncrementsPerUnit) | 0)
    image.writeTorque(Math.round(this.torqueCommand * torqueIncrementsPerPercent) | 0)
    const power = this.brake?.brake.drivePower ?? motion.powerRequested
    image.writeControl(this.handshake.controlWord(power, motion.lead.halts))
  }

  /** Where the drive is to be, unit, in its own coordinates. */
  get #commanded(): number {
    const brake = this.brake?.brake
    const setpoint = brake?.holds === true ? brake.holdPosition : this.motion.setpoint
    return setpoint - this.positionError
  }

  /** The table applies while the axis is homed; other coordinates take effect as a transient, and without power at once. */
  #compensate(compensation: Compensation): void {
    const { motion } = this
    compensation.position = motion.position
    compensation.enabled = motion.homed && motion.homeOffset === this.#compensatedFrom
    this.#compensatedFrom = motion.homeOffset
    if (motion.powerRequested) compensation.update()
    else compensation.jump()
    this.positionError = compensation.error
  }

  #brake(axisBrake: AxisBrake): void {
    const { motion, handshake } = this
    const { brake } = axisBrake
    brake.powerRequested = motion.powerRequested
    brake.torqueOn = handshake.operational
    brake.actualPosition = motion.drivePosition
    brake.setpoint = motion.setpoint
    axisBrake.update()
    if (axisBrake.failed && motion.error !== axisError.brake) motion.release(axisError.brake)
  }

  /** Where the axis was when the drive's position was `raw`, unit, in axis coordinates. Not far from where it is. */
  positionOf(raw: number): number {
    const now = this.#increments[0] as number
    const counted = now + ((raw - (now | 0)) | 0)
    return counted / this.#incrementsPerUnit + this.positionError + this.motion.homeOffset
  }

  /** Increments of a position in the drive's coordinates. */
  incrementsOf(position: number): number {
    return position * this.#incrementsPerUnit
  }

  /** Percent of rated torque, both ways; where the telegrams carry no limit, it is the service channel's affair. */
  limitTorque(percent: number): void {
    this.#torqueLimitPercent = percent
    this.#image.writeTorqueLimit(this.torqueLimitRaw)
  }

  /** In 0.1 %. */
  get torqueLimitRaw(): number {
    return Math.round(this.#torqueLimitPercent * torqueIncrementsPerPercent)
  }

  /** Most torque that may be commanded, %; as much as the word holds where no limit was set. */
  get torqueLimitPercent(): number {
    return this.#torqueLimitPercent < 0 ? mostTorquePercent : this.#torqueLimitPercent
  }

  /** The drive has homed: its coordinates are others than before. */
  takeNewCoordinates(): void {
    const raw = this.#image.readPosition()
    this.#increments[0] = raw
    this.motion.drivePosition = raw / this.#incrementsPerUnit + this.positionError
  }

  /** The safe reaction of the machine file. Cyclic. */
  makeSafe(error: typeof axisError.safeState | typeof axisError.cardFault): void {
    if (this.#quickStops) this.motion.quickStop(error)
    else this.motion.release(error)
  }

  /** No process data come any more: nothing is known of the drive, and what was homed may have moved. */
  loseDrive(): void {
    this.park()
    this.motion.release(axisError.cardFault)
  }

  /** The ring is taken out of operation while the axis has no power: as loseDrive, and no error. Not cyclic. */
  park(): void {
    this.#live = false
    this.lost = false
    this.#forget()
  }

  /** The machine leaves its safe state: from errorStop to disabled, unless the drive has an error of its own. Not cyclic. */
  revive(): void {
    this.resetRequested = false
    this.motion.reset(taskCommand)
  }

  /** The machine is being closed: to rest, then without power. What is under way ends `aborted`. Not cyclic. */
  runDown(): void {
    this.#runsDown = true
    const moves = !this.motion.atRest && this.motion.state !== axisState.errorStop
    if (moves && this.#quickStops) this.motion.stop(0)
    else this.motion.power(0, false)
  }

  /** No power is asked for and the drive is not in operation. Ab stands as long as the drive's own supply does. */
  get isDown(): boolean {
    return !this.motion.powerRequested && this.handshake.ready !== driveReady.af
  }

  /** For the status word of the control block. */
  get packedStatus(): number {
    const { state, error, homed } = this.motion
    return packAxisStatus(state, this.handshake.ready, homed, error)
  }

  #forget(): void {
    this.handshake.forget()
    this.motion.homed = false
    this.knowsPosition = false
    this.velocity = 0
    this.torquePercent = 0
    this.followingDistance = 0
  }

  /** The drive's data begin to come, or come no more: only this axis is concerned. Not cyclic: happens once. */
  #noteLive(live: boolean): void {
    this.#live = live
    this.lost = !live
    if (!live) {
      this.#forget()
      this.motion.release(axisError.deviceLost)
      return
    }
    const image = this.#image
    const scaling = this.#services?.scaling(this.driveIndex)
    if (scaling !== undefined) this.#adoptScaling(scaling)
    this.motion.takesTorque = image.has(idn('S-0-0080'))
    this.takesTorqueLimit = torqueLimits.some((limit) => image.has(limit))
    if (this.#torqueLimitPercent >= 0) image.writeTorqueLimit(this.torqueLimitRaw)
    this.#increments[0] = image.readPosition()
    // an absolute encoder knows where it is
    this.knowsPosition = (image.readHomed() & 1) === 1
    if (this.knowsPosition) this.motion.homed = true
  }

  #adoptScaling({ incrementsPerUnit, velocityIncrementsPerUnit }: DriveScaling): void {
    this.#incrementsPerUnit = incrementsPerUnit
    this.#velocityIncrementsPerUnit = velocityIncrementsPerUnit
  }
}
