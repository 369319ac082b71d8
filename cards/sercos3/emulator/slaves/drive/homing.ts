/**
 * Homing led by the drive (S-0-0148): away from the home switch if the axis stands on it, then to its edge, on to the next
 * marker of the encoder, to rest; the position at the reference becomes S-0-0052. The drive does not follow its command
 * values from the start of the command until the master has cleared it. General knowledge of the drive profile.
 */
import { extract, place } from '../../../../../uio/bit-field.ts'
import { homingParameter } from '../../../drive-words.ts'
import { commandStatus } from '../../../telegram.ts'
import type { Parameter } from '../parameter.ts'
import type { ParameterStore } from '../parameter-store.ts'
import { ProcedureCommand } from '../procedure-command.ts'
import { homeSwitchBelow, longestSearch, markerAt, markerEvery } from './mechanics.ts'
import { incrementsPerVelocityIncrement } from './motor.ts'
import { type OwnMotion, ownMotion } from './own-motion.ts'
import { type Track, track } from './track.ts'

const stage = { idle: 0, leaving: 1, searching: 2, marker: 3, stopping: 4, ended: 5 } as const

/** S-0-0403: positions, and those of encoder 1, count from the reference point. */
const homedBits = 0b11
/** Index of the doubles. */
const start = 0
const reference = 1

export class Homing {
  readonly command: ProcedureCommand
  /** S-0-0403. */
  readonly homed: Parameter
  private readonly velocity: Parameter
  private readonly acceleration: Parameter
  private readonly referenceDistance: Parameter
  private readonly parameter: Parameter
  private readonly homeSwitch: Parameter
  private readonly track: Track
  private readonly doubles = new Float64Array(2)
  private stage: number = stage.idle
  private found = false
  /** The drive is in operation: set before each advance of the command. */
  operating = false

  // oxfmt-ignore
  constructor(store: ParameterStore, where: Track) {
    this.track = where
    const position = { unit: 'mm', decimals: 4 }
    this.velocity = store.add({ idn: 'S-0-0041', name: 'Homing velocity', type: 'u32', unit: 'mm/s', decimals: 3, min: 1, max: 1_000_000, value: 20_000, writable: 'CP2-4' })
    this.acceleration = store.add({ idn: 'S-0-0042', name: 'Homing acceleration', type: 'u32', unit: 'mm/s^2', decimals: 3, min: 1, max: 100_000_000, value: 500_000, writable: 'CP2-4' })
    this.referenceDistance = store.add({ idn: 'S-0-0052', name: 'Reference distance 1', type: 'i32', ...position, writable: 'CP2-4' })
    this.parameter = store.add({ idn: 'S-0-0147', name: 'Homing parameter', type: 'u16', format: 'binary', value: place(1, homingParameter.negative) | place(1, homingParameter.switchAtDrive), writable: 'CP2-4' })
    const command = store.add({ idn: 'S-0-0148', name: 'Drive-controlled homing', type: 'command' })
    this.homeSwitch = store.add({ idn: 'S-0-0400', name: 'Home switch', type: 'u16', format: 'binary', cyclic: 'produce' })
    this.homed = store.add({ idn: 'S-0-0403', name: 'Position feedback value status', type: 'u16', format: 'binary', cyclic: 'produce' })
    this.command = new ProcedureCommand({ phases: [4], durationS: 0, interruptible: true, execute: () => this.execute() })
    command.command = this.command
  }

  powerOn(): void {
    this.stage = stage.idle
  }

  /** From the start of the command until it was cleared the drive moves and holds by itself. */
  get leads(): boolean {
    return this.stage !== stage.idle
  }

  /** A cycle, before the motion: where homing wants to go. `still`: the motor stands. Cyclic. */
  lead(motion: OwnMotion, still: boolean): void {
    const { status } = this.command
    this.homeSwitch.set(this.active(track.after) ? 1 : 0)
    if (this.stage === stage.idle) return
    if (!this.operating) {
      this.stage = stage.idle
      return
    }
    const { values } = motion
    if (status !== commandStatus.inProcess && this.stage < stage.stopping)
      this.stage = stage.stopping
    values[ownMotion.acceleration] = this.acceleration.get() * incrementsPerVelocityIncrement
    values[ownMotion.target] =
      this.direction() * this.velocity.get() * incrementsPerVelocityIncrement
    if (this.stage === stage.stopping && still && values[ownMotion.speed] === 0) this.end()
    // cleared or interrupted: what is not done will not be done
    if (this.stage === stage.ended && status === commandStatus.notSet) this.stage = stage.idle
  }

  /** A step of the motion. Cyclic. */
  watch(): void {
    if (this.stage === stage.idle || this.stage >= stage.stopping) return
    const word = this.parameter.get()
    if (this.stage === stage.leaving) {
      if (!this.active(track.after)) this.stage = stage.searching
    } else if (this.stage === stage.searching) this.watchSwitch(word)
    else this.watchMarker()
    const { values } = this.track
    const travel = (values[track.after] as number) - (this.doubles[start] as number)
    if (Math.abs(travel) > longestSearch) this.stage = stage.stopping
  }

  private watchSwitch(word: number): void {
    const wanted = extract(word, homingParameter.fallingEdge) === 0
    const now = this.active(track.after)
    if (now === this.active(track.before) || now !== wanted) return
    this.doubles[reference] = homeSwitchBelow
    if (extract(word, homingParameter.markerIgnored) === 1) this.refer()
    else this.stage = stage.marker
  }

  private watchMarker(): void {
    const { values } = this.track
    const before = Math.floor(((values[track.before] as number) - markerAt) / markerEvery)
    const after = Math.floor(((values[track.after] as number) - markerAt) / markerEvery)
    if (before === after) return
    this.doubles[reference] = markerAt + Math.max(before, after) * markerEvery
    this.refer()
  }

  /** The search starts here. Cyclic. */
  begin(): void {
    const word = this.parameter.get()
    this.doubles[start] = this.track.values[track.after] as number
    this.found = false
    const onSwitch = this.active(track.after) === (extract(word, homingParameter.fallingEdge) === 0)
    if (extract(word, homingParameter.switchIgnored) === 1) this.stage = stage.marker
    else this.stage = onSwitch ? stage.leaving : stage.searching
  }

  /** The command was started and homing has not. */
  get due(): boolean {
    return (
      this.stage === stage.idle && this.operating && this.command.status === commandStatus.inProcess
    )
  }

  private refer(): void {
    this.found = true
    this.stage = stage.stopping
  }

  /** At rest: from now on positions count from the reference. */
  private end(): void {
    this.stage = stage.ended
    if (!this.found) return
    this.homed.set(homedBits)
    const { values } = this.track
    values[track.offset] = this.referenceDistance.get() - (this.doubles[reference] as number)
  }

  private active(which: number): boolean {
    return (this.track.values[which] as number) <= homeSwitchBelow
  }

  private direction(): number {
    if (this.stage >= stage.stopping) return 0
    const search = extract(this.parameter.get(), homingParameter.negative) === 1 ? -1 : 1
    return this.stage === stage.leaving ? -search : search
  }

  /** Asked in every cycle while the command is in process. */
  private execute(): 'done' | 'error' | 'pending' {
    if (!this.operating) return 'error'
    if (this.stage !== stage.ended) return 'pending'
    return this.found ? 'done' : 'error'
  }
}
