/**
 * One axis in the cycle: its motion state machine (control/) joined to its drive's process data (cards/). Units become
 * increments here, the power request becomes the drive's control word, and the drive's error becomes the axis's.
 */
import type { DriveImage } from '../../cards/card.ts'
import { driveControl, driveReady, driveStatus } from '../../cards/sercos3/telegram.ts'
import { axisError } from '../../control/axis-error.ts'
import { AxisMotion } from '../../control/axis-motion.ts'
import { axisState } from '../../control/axis-state.ts'
import { maskOf, place, shiftOf } from '../../uio/bit-field.ts'
import type { AxisFile } from '../machine-file/schema.ts'
import { packAxisStatus } from '../shared/axis-status-word.ts'

const errorMask = maskOf(driveStatus.error)
const readyShift = shiftOf(driveStatus.ready)
const modeMask = maskOf(driveStatus.mode)
const modeShift = shiftOf(driveStatus.mode)
const powerOff = 0
const powerOn = place(1, driveControl.driveOn)
const operate = powerOn | place(1, driveControl.enable) | place(1, driveControl.restart)
const velocityMode = place(1, driveControl.mode)
/** So long a drive may take to follow the mode of its control word, whichever is longer. */
const modeFollowsS = 0.1
const modeFollowsCycles = 10

/** S-0-0084 counts in 0.1 %. */
const percentPerTorqueIncrement = 0.1

export class AxisDrive {
  readonly name: string
  /** Place of its drive among the card's drives. */
  readonly driveIndex: number
  readonly motion: AxisMotion
  /** Drive status word S-0-0135 of this cycle. */
  status = 0
  /** 0..3, see driveReady. */
  ready = 0
  driveError = false
  /** Feedback, unit/s. */
  velocity = 0
  /** Feedback, % of rated torque. */
  torquePercent = 0
  /** Velocity command beside the position, unit/s: the motion's own, or what a user's task gave. */
  feedForward = 0
  /** The drive follows `feedForward` instead of the position. */
  inVelocityMode = false
  /** A user's task gave this cycle's setpoint. */
  given = false
  /** A user's task asks for a reset of the drive and the axis. */
  resetRequested = false

  readonly #image: DriveImage
  readonly #incrementsPerUnit: number
  readonly #velocityIncrementsPerUnit: number
  readonly #quickStops: boolean
  /** Position feedback counted on where the drive's 32 bits wrap: an endless axis passes 2^31 increments some day. */
  readonly #increments = new Float64Array(1)
  readonly #modePatience: number
  /** Cycles in a row in another mode than asked for. */
  #strayCycles = 0
  #runsDown = false

  constructor(file: AxisFile, driveIndex: number, image: DriveImage, cycleS: number) {
    this.name = file.name
    this.driveIndex = driveIndex
    this.#image = image
    this.#incrementsPerUnit = file.incrementsPerUnit
    this.#velocityIncrementsPerUnit = file.velocityIncrementsPerUnit
    this.#quickStops = file.safe === 'quickStop'
    this.#modePatience = Math.max(modeFollowsCycles, Math.ceil(modeFollowsS / cycleS))
    this.motion = new AxisMotion(cycleS, file.limits)
  }

  /** Takes this cycle's process data. Cyclic. */
  readFeedback(): void {
    const image = this.#image
    this.status = image.readStatus()
    this.ready = this.status >>> readyShift
    this.driveError = (this.status & errorMask) !== 0
    const before = this.#increments[0] as number
    // `before | 0` is what the drive sent last: the difference survives the wrap
    const counted = before + ((image.readPosition() - (before | 0)) | 0)
    this.#increments[0] = counted
    this.motion.drivePosition = counted / this.#incrementsPerUnit
    this.velocity = image.readVelocity() / this.#velocityIncrementsPerUnit
    this.torquePercent = image.readTorque() * percentPerTorqueIncrement
  }

  /** In operation and without an error. */
  get operational(): boolean {
    return this.ready === driveReady.af && !this.driveError
  }

  /**
   * Runs the motion on by one cycle, however many were missed before it: the drive stood still meanwhile, and a step that
   * made up for them would break every limit. Missed cycles cost time, not accuracy. Then writes the drive's commands.
   * Cyclic.
   */
  advance(): void {
    const motion = this.motion
    if (this.driveError && motion.error !== axisError.driveError) {
      motion.release(axisError.driveError)
    }
    this.#watchMode()
    motion.update(this.operational)
    if (this.#runsDown && motion.powerRequested && motion.atRest) motion.power(0, false)
    const follows = motion.state === axisState.synchronizedMotion
    if (!this.given || !follows) this.feedForward = motion.velocity
    // a ramp between two setpoints of a task stays in their mode
    if (!follows || motion.atRest) this.inVelocityMode = false
    this.given = false
    const image = this.#image
    // modulo 2^32, as the drive counts
    image.writePosition(Math.round(motion.setpoint * this.#incrementsPerUnit) | 0)
    image.writeVelocity(Math.round(this.feedForward * this.#velocityIncrementsPerUnit) | 0)
    image.writeControl(this.#controlWord())
  }

  /** A drive that stays in another mode takes its commands for something else: it may not go on. Cyclic. */
  #watchMode(): void {
    const mode = (this.status & modeMask) >>> modeShift
    const strays =
      this.operational && this.motion.powerRequested && mode !== (this.inVelocityMode ? 1 : 0)
    this.#strayCycles = strays ? this.#strayCycles + 1 : 0
    if (this.#strayCycles > this.#modePatience) this.motion.release(axisError.driveError)
  }

  /** Power-up order: nothing until the drive is ready (bb), then drive on, then, with power (Ab), enable and restart. */
  #controlWord(): number {
    if (!this.motion.powerRequested) return powerOff
    if (this.ready === driveReady.notReady) return powerOff
    if (this.ready === driveReady.bb) return powerOn
    return this.inVelocityMode ? operate | velocityMode : operate
  }

  /** The safe reaction of the machine file. Cyclic. */
  makeSafe(error: typeof axisError.safeState | typeof axisError.cardFault): void {
    if (this.#quickStops) this.motion.quickStop(error)
    else this.motion.release(error)
  }

  /** No process data come any more: nothing is known of the drive, and what was homed may have moved. */
  loseDrive(): void {
    this.status = 0
    this.ready = driveReady.notReady
    this.driveError = false
    this.motion.release(axisError.cardFault)
    this.motion.homed = false
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
    return !this.motion.powerRequested && this.ready !== driveReady.af
  }

  /** For the status word of the control block. */
  get packedStatus(): number {
    const { state, error, homed } = this.motion
    return packAxisStatus(state, this.ready, homed, error)
  }
}
