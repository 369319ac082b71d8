/**
 * The drive's start-up order: not ready, bb (ready for power), Ab (power on, no torque), AF (in operation), and the way
 * back on an error. Power comes by itself after bb, as long as the mains contactor is closed. After an error was cleared
 * the master must withdraw `drive on` once before the drive runs again.
 */
import { extract } from '../../../../../uio/bit-field.ts'
import { driveControl, driveReady } from '../../../drive-words.ts'
import { uncontrollable } from '../diagnosis.ts'

export const driveState = {
  notReady: 0,
  bb: 1,
  ab: 2,
  /** The brake opens: no torque yet. */
  enabling: 3,
  af: 4,
  /** Drive off: decelerates, then drops torque. */
  stopping: 5,
  /** Error: decelerates, then drops power. */
  errorStop: 6,
  fault: 7,
} as const

export const driveStateText = [
  'Not ready',
  'bb: ready for power',
  'Ab: power on',
  'Ab: opening the brake',
  'AF: in operation',
  'AF: stopping',
  'Error: stopping',
  'Error',
] as const

/** bits 15..14 of S-0-0135 by state: AF is shown for as long as there is torque. */
// oxfmt-ignore
const ready = [
  driveReady.notReady, driveReady.bb, driveReady.ab, driveReady.ab,
  driveReady.af, driveReady.af, driveReady.af, driveReady.notReady,
] as const

const selfTestS = 0.01
const prechargeS = 0.03
const brakeS = 0.01
/** Torque is dropped after this even when the motor still turns. */
const longestStopS = 2

export type DriveSituation = {
  /** S-0-0134 as far as it counts: 0 when communication does not stand. */
  control: number
  operational: boolean
  /** S-0-0011. */
  errors: number
  standstill: boolean
  /** The mains contactor is closed. */
  mains: boolean
}

export class DriveStateMachine {
  state: number = driveState.notReady
  private mustRelease = false
  private readonly inStateS = new Float64Array(1)

  powerOn(): void {
    this.go(driveState.notReady)
    this.mustRelease = false
  }

  /** Bits 15..14 of S-0-0135. */
  get ready(): number {
    return ready[this.state] as number
  }

  /** The motor is under torque. */
  get torqueOn(): boolean {
    const { state } = this
    return (
      state === driveState.af || state === driveState.stopping || state === driveState.errorStop
    )
  }

  /** One cycle. Cyclic. */
  advance(now: DriveSituation, dtS: number): void {
    // The self-test begins with communication.
    const waiting = this.state === driveState.notReady && !now.operational
    this.inStateS[0] = waiting ? 0 : (this.inStateS[0] as number) + dtS
    const next = now.errors === 0 ? this.next(now) : this.react(now)
    if (next !== this.state) this.go(next)
  }

  private go(state: number): void {
    this.state = state
    this.inStateS[0] = 0
  }

  private lasted(seconds: number): boolean {
    return (this.inStateS[0] as number) >= seconds
  }

  private react(now: DriveSituation): number {
    this.mustRelease = true
    if (!this.torqueOn || (now.errors & uncontrollable) !== 0) return driveState.fault
    if (this.state !== driveState.errorStop) return driveState.errorStop
    return now.standstill || this.lasted(longestStopS) ? driveState.fault : this.state
  }

  private next(now: DriveSituation): number {
    const { state } = this
    const on = extract(now.control, driveControl.driveOn) === 1
    const enable = extract(now.control, driveControl.enable) === 1
    if (!on) this.mustRelease = false
    if (!now.operational) return driveState.notReady
    switch (state) {
      case driveState.notReady:
        return this.lasted(selfTestS) ? driveState.bb : state
      case driveState.bb:
        return now.mains && this.lasted(prechargeS) ? driveState.ab : state
      case driveState.ab:
        if (!now.mains) return driveState.bb
        return on && enable && !this.mustRelease ? driveState.enabling : state
      case driveState.enabling:
        if (!on || !enable || !now.mains) return driveState.ab
        return this.lasted(brakeS) ? driveState.af : state
      case driveState.af:
        if (!enable) return driveState.ab
        return on ? state : driveState.stopping
      case driveState.stopping:
        return !enable || now.standstill || this.lasted(longestStopS) ? driveState.ab : state
      default:
        return driveState.notReady
    }
  }
}
