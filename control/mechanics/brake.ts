/**
 * The holding brake of an axis that does not stay where it is without torque (a vertical load, a spring): it opens only when
 * the drive holds, and the drive lets go only when it is closed. Springs close it, voltage opens it, and both take time.
 *
 * Switching on: power, torque to carry the load, voltage on the brake, its release time, then motion. Switching off: voltage
 * off, its engage time with the drive still holding, then power off. When the drive loses its power the brake closes at once.
 * A brake that does not say that it closed keeps the drive's power on: letting go would drop the load.
 *
 * It stands between an axis and its drive: the drive gets `drivePower` where it would get the axis's request, `holdPosition`
 * as its setpoint while `holds`, and the axis counts as being in operation when the brake is `ready`. A failure is an error of
 * the axis.
 */
import { requireBound, requireNotNegative, requirePositive } from './mechanics-option.ts'

export const brakeState = {
  /** Closed, the drive without power. */
  engaged: 0,
  /** Power was asked for; the drive is not there yet. */
  energising: 1,
  /** The torque that the load needs is being built up. */
  preloading: 2,
  /** Voltage is on, the brake not open yet. */
  releasing: 3,
  /** Open: the axis may move. */
  released: 4,
  /** Voltage is off, the brake not closed yet; the drive holds. */
  engaging: 5,
  /** See `failure`; ends when power is no longer asked for and the brake is closed. */
  failed: 6,
} as const
export type BrakeState = (typeof brakeState)[keyof typeof brakeState]

export const brakeFailure = {
  none: 0,
  /** Its contact did not show it open in time. */
  notReleased: 1,
  /** Its contact did not show it closed in time: the drive goes on holding. */
  notEngaged: 2,
  /** The load moved while the brake was opening. */
  sagged: 3,
} as const
export type BrakeFailure = (typeof brakeFailure)[keyof typeof brakeFailure]

export type BrakeOptions = {
  /** Time that the brake takes to open and to close, s: its data sheet, and what its relay adds. */
  readonly releaseS: number
  readonly engageS: number
  /** For this long the preload stands before the brake opens, s. Left out: 0. */
  readonly preloadS?: number
  /** How far the load may move while the brake opens, unit. Left out: not watched. */
  readonly sagMax?: number
  /** The brake has a contact that shows it open: it must follow within the release and engage times. Left out: false. */
  readonly contact?: boolean
}

export class Brake {
  // set before `update`
  /** The axis asks for power: it is to hold itself, and to move. */
  powerRequested = false
  /** The drive is in operation: it holds. */
  torqueOn = false
  /** Its contact shows it open. Only with the option `contact`. */
  contactOpen = false
  /** Feedback, unit. */
  actualPosition = 0.5
  /** What the drive was last told to hold, unit. */
  setpoint = 0.5

  // results of `update`
  /** Voltage on the brake. */
  open = false
  /** The drive is to have power. */
  drivePower = false
  /** The axis may move. */
  ready = false
  /** The drive is to hold `holdPosition`, whatever the axis does: the brake is on its way. */
  holds = false
  /** Unit. */
  holdPosition = 0.5
  /** The drive is to add the preload to its torque. */
  preloads = false
  state: BrakeState = brakeState.engaged
  failure: BrakeFailure = brakeFailure.none

  readonly #preloadCycles: number
  readonly #releaseCycles: number
  readonly #engageCycles: number
  readonly #sagMax: number
  readonly #hasContact: boolean
  #cycles = 0

  /** `cycleS`: s between two updates. Throws DP_MECHANICS_OPTION. */
  constructor(cycleS: number, options: BrakeOptions) {
    const { releaseS, engageS, preloadS = 0, sagMax = Infinity } = options
    requirePositive('cycleS', cycleS)
    requireNotNegative('releaseS', releaseS)
    requireNotNegative('engageS', engageS)
    requireNotNegative('preloadS', preloadS)
    requireBound('sagMax', sagMax)
    this.#preloadCycles = cyclesOf(preloadS, cycleS)
    this.#releaseCycles = cyclesOf(releaseS, cycleS)
    this.#engageCycles = cyclesOf(engageS, cycleS)
    this.#sagMax = sagMax
    this.#hasContact = options.contact ?? false
    this.actualPosition = 0
    this.setpoint = 0
    this.holdPosition = 0
  }

  /** Once a cycle, after the feedback was read. Cyclic. */
  update(): void {
    this.#cycles++
    switch (this.state) {
      case brakeState.engaged:
        if (this.powerRequested) this.#energise()
        break
      case brakeState.energising:
        if (!this.powerRequested) this.#letGo()
        else if (this.torqueOn) this.#preload()
        break
      case brakeState.preloading:
        if (!this.#goesOn()) break
        if (this.#cycles >= this.#preloadCycles) this.#release()
        break
      case brakeState.releasing:
        this.#watchRelease()
        break
      case brakeState.released:
        this.#goesOn()
        break
      case brakeState.engaging:
      case brakeState.failed:
        this.#watchEngaging()
        break
    }
  }

  #energise(): void {
    this.#enter(brakeState.energising)
    this.failure = brakeFailure.none
    this.drivePower = true
  }

  #preload(): void {
    this.#enter(brakeState.preloading)
    this.preloads = true
    this.holds = true
    this.holdPosition = this.actualPosition
    if (this.#preloadCycles === 0) this.#release()
  }

  #release(): void {
    this.#enter(brakeState.releasing)
    this.open = true
  }

  #watchRelease(): void {
    if (!this.#goesOn()) return
    // negated, so that a feedback that is no number counts as a load that moves
    if (!(Math.abs(this.actualPosition - this.holdPosition) <= this.#sagMax)) {
      this.#fail(brakeFailure.sagged)
      return
    }
    if (this.#cycles < this.#releaseCycles) return
    if (this.#hasContact && !this.contactOpen) {
      this.#fail(brakeFailure.notReleased)
      return
    }
    this.#enter(brakeState.released)
    this.ready = true
    this.holds = false
  }

  /** True while the drive holds and the axis wants it to. */
  #goesOn(): boolean {
    if (this.powerRequested && this.torqueOn) return true
    this.#engage()
    return false
  }

  #engage(): void {
    // not the feedback: a loop that carries the load by its lag would sag by that lag once more
    if (!this.holds) this.holdPosition = this.setpoint
    this.holds = true
    this.#enter(brakeState.engaging)
    this.ready = false
    this.open = false
  }

  #watchEngaging(): void {
    if (this.#cycles < this.#engageCycles) return
    if (this.#hasContact && this.contactOpen) {
      if (this.failure === brakeFailure.none) this.#fail(brakeFailure.notEngaged)
      // the drive goes on holding until the contact says otherwise, or power is gone anyway
      if (this.torqueOn) return
    }
    this.holds = false
    this.preloads = false
    this.drivePower = false
    if (this.state === brakeState.engaging || !this.powerRequested) this.#letGo()
  }

  #letGo(): void {
    this.#enter(brakeState.engaged)
    this.drivePower = false
  }

  /** The brake closes, and the drive holds until it has. */
  #fail(failure: BrakeFailure): void {
    this.#engage()
    this.state = brakeState.failed
    this.failure = failure
  }

  #enter(state: BrakeState): void {
    this.state = state
    this.#cycles = 0
  }
}

function cyclesOf(seconds: number, cycleS: number): number {
  return Math.ceil(seconds / cycleS - 1e-9)
}
