/**
 * The words that a drive and its axis exchange: the control word by the order in which a drive takes power, and what the
 * status word says back. Cyclic.
 */
import {
  driveControl,
  driveReady,
  driveStatus,
  modeNumber,
} from '../../cards/sercos3/drive-words.ts'
import { maskOf, place, shiftOf } from '../../uio/bit-field.ts'

const errorMask = maskOf(driveStatus.error)
const warnedMask = maskOf(driveStatus.class2Change)
const haltedMask = maskOf(driveStatus.halted)
const readyShift = shiftOf(driveStatus.ready)
const modeMask = maskOf(driveStatus.mode)
const modeShift = shiftOf(driveStatus.mode)
const modePlace = shiftOf(driveControl.mode)
const powerOff = 0
const powerOn = place(1, driveControl.driveOn)
const enabled = powerOn | place(1, driveControl.enable)
const goOn = place(1, driveControl.restart)

/** So long a drive may take to follow the mode of its control word, whichever is longer. */
const modeFollowsS = 0.1
const modeFollowsCycles = 10
/** Without a halted bit, a drive that halts stands when it has not moved for so long. */
const standsAfterS = 0.1

export class DriveHandshake {
  /** Drive status word S-0-0135 of this cycle. */
  status = 0
  /** 0..3, see driveReady. */
  ready = 0
  /** An error of class 1. */
  error = false
  /** The drive's warnings (class 2) changed since they were read. */
  warned = false
  /** The operation mode asked for, see `modeNumber`. */
  mode: number = modeNumber.position
  readonly #modePatience: number
  readonly #standPatience: number
  /** Cycles in a row in another mode than asked for. */
  #strayCycles = 0
  /** Cycles in a row in which the feedback stood still. */
  #stillCycles = 0

  constructor(cycleS: number) {
    this.#modePatience = Math.max(modeFollowsCycles, Math.ceil(modeFollowsS / cycleS))
    this.#standPatience = Math.ceil(standsAfterS / cycleS)
  }

  /** `moved`: the position feedback is another than in the cycle before. */
  take(status: number, moved: boolean): void {
    this.status = status
    this.ready = status >>> readyShift
    this.error = (status & errorMask) !== 0
    this.warned = (status & warnedMask) !== 0
    this.#stillCycles = moved ? 0 : this.#stillCycles + 1
  }

  /** Nothing is known of the drive. */
  forget(): void {
    this.take(0, true)
    this.#strayCycles = 0
  }

  /** In operation and without an error. */
  get operational(): boolean {
    return this.ready === driveReady.af && !this.error
  }

  get halted(): boolean {
    return (this.status & haltedMask) !== 0 || this.#stillCycles > this.#standPatience
  }

  /** A drive that stays in another mode takes its commands for something else: it may not go on. `powered`: it is to be. */
  straysFromMode(powered: boolean): boolean {
    const mode = (this.status & modeMask) >>> modeShift
    const strays = this.operational && powered && mode !== this.mode
    this.#strayCycles = strays ? this.#strayCycles + 1 : 0
    return this.#strayCycles > this.#modePatience
  }

  /**
   * Power-up order: nothing until the drive is ready (bb), then drive on, then, with power (Ab), enable and restart.
   * `halts`: it is to stop by its own ramp and to hold.
   */
  controlWord(powered: boolean, halts: boolean): number {
    if (!powered || this.ready === driveReady.notReady) return powerOff
    if (this.ready === driveReady.bb) return powerOn
    const word = enabled | (this.mode << modePlace)
    return halts ? word : word | goOn
  }
}
