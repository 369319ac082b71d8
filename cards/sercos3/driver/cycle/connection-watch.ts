/**
 * The consumer's side of the devices' AT connections: states, losses, how many of them are borne. What a regular
 * production needs is done where it is received, in device-inputs.ts; here is all that is out of the ordinary. Cyclic.
 *
 * A production is told by the new-data bit, which turns with each. Where the cycle before was not seen that says nothing:
 * then the counter decides, if the device counts. The first of all may have either: a producer that is only ready shows
 * neither. States: CoSeMa CSMD_GLOB.h. A connection in error stays so, as there
 * (CSMD_ClearConnectionError), until it is taken up anew.
 */
import { maskOf, shiftOf } from '../../../../uio/bit-field.ts'
import { connectionState } from '../../../card.ts'
import { cCon } from '../../telegram.ts'

const producerReady = maskOf(cCon.producerReady)
const newData = maskOf(cCon.newData)
const flowControl = maskOf(cCon.flowControl)
const counter = maskOf(cCon.counter)
const counterShift = shiftOf(cCon.counter)
const counterModulus = 16

/** Data of a connection in this state are those of its device. */
export function isConsumed(state: number): boolean {
  return state === connectionState.consuming || state === connectionState.warning
}

export class ConnectionWatch {
  /** One of connectionState, by device. */
  readonly states: Uint8Array
  /** What C-CON's counter is expected to gain with a production: 0 until the device is seen to count. */
  readonly steps: Uint8Array
  readonly losses: Int32Array
  readonly lossesInARow: Int32Array
  /** Connections in error. */
  errors = 0
  /** Losses are counted and judged. */
  monitored = false
  readonly #periods: Int32Array
  readonly #tolerated: Int32Array
  /** Cycles since the last production. */
  readonly #cyclesSince: Int32Array

  constructor(devices: number) {
    this.states = new Uint8Array(devices)
    this.steps = new Uint8Array(devices)
    this.#cyclesSince = new Int32Array(devices)
    this.losses = new Int32Array(devices)
    this.lossesInARow = new Int32Array(devices)
    this.#periods = new Int32Array(devices).fill(1)
    this.#tolerated = new Int32Array(devices)
  }

  /** A new layout; a period of 0: the device has no connection. Not cyclic. */
  configure(device: number, period: number, toleratedLosses: number): void {
    this.#periods[device] = period
    this.#tolerated[device] = toleratedLosses
    this.states[device] = period === 0 ? connectionState.init : connectionState.prepare
    this.losses[device] = 0
  }

  /** CP4: the producer of every device that is present is waited for. Not cyclic. */
  start(present: Uint8Array): void {
    this.errors = 0
    this.monitored = false
    this.losses.fill(0)
    this.states.fill(connectionState.init)
    for (let n = 0; n < this.states.length; n++) if (present[n] !== 0) this.takeUp(n)
  }

  /** A connection that was lost, or whose device has come, is waited for anew. Not cyclic. */
  takeUp(device: number): void {
    if (this.states[device] === connectionState.error) this.errors--
    const none = this.#periods[device] === 0
    this.states[device] = none ? connectionState.init : connectionState.waiting
    this.steps[device] = 0
    this.#forgive(device)
  }

  /** The device has gone and is not missed. Not cyclic. */
  leaveOut(device: number): void {
    if (this.states[device] === connectionState.error) this.errors--
    this.states[device] = connectionState.init
    this.#forgive(device)
  }

  /** Waited for in vain: lost again, as before it was taken up. Not cyclic. */
  giveUp(device: number): void {
    if (this.states[device] !== connectionState.waiting) return
    this.states[device] = connectionState.error
    this.errors++
  }

  /** The telegrams end, or ended: no connection is in use. Not cyclic. */
  end(): void {
    this.states.fill(connectionState.init)
    this.errors = 0
    this.monitored = false
  }

  /** The next production can be told from C-CON alone. */
  isRegular(device: number): boolean {
    return this.states[device] === connectionState.consuming && this.#periods[device] === 1
  }

  /** Losses count from now on. Not cyclic. */
  monitor(): void {
    this.monitored = true
    for (let n = 0; n < this.states.length; n++) this.#forgive(n)
  }

  /**
   * Whether C-CON `control` announces data that are to be taken. `valid`: the device shows itself. `last`: C-CON
   * that it showed last, 0 before the first. `consecutive`: that was in the cycle before this one. Cyclic.
   */
  judge(
    device: number,
    valid: boolean,
    last: number,
    control: number,
    consecutive: boolean,
  ): boolean {
    const state = this.states[device] as number
    const idle = state < connectionState.waiting || state === connectionState.error
    if (idle) return false
    if (valid && (control & producerReady) !== 0) {
      if ((control & flowControl) !== 0) {
        this.states[device] = connectionState.stopped
        return false
      }
      if (this.#isNew(device, state, last, control, consecutive)) {
        if (consecutive) this.#count(device, last, control)
        this.states[device] = connectionState.consuming
        this.#forgive(device)
        return true
      }
    }
    this.miss(device)
    return false
  }

  /** A cycle without a production of this device. It is a loss only in the cycle in which one was due. Cyclic. */
  miss(device: number): void {
    if (!this.monitored || !isConsumed(this.states[device] as number)) return
    const since = (this.#cyclesSince[device] as number) + 1
    this.#cyclesSince[device] = since
    if (since < (this.#periods[device] as number)) return
    this.#cyclesSince[device] = 0
    this.losses[device] = ((this.losses[device] as number) + 1) | 0
    const inARow = (this.lossesInARow[device] as number) + 1
    this.lossesInARow[device] = inARow
    const borne = inARow <= (this.#tolerated[device] as number)
    this.states[device] = borne ? connectionState.warning : connectionState.error
    if (!borne) this.errors++
  }

  #isNew(
    device: number,
    state: number,
    last: number,
    control: number,
    consecutive: boolean,
  ): boolean {
    const waiting = state === connectionState.waiting
    if (waiting && (last & producerReady) === 0) return (control & (newData | counter)) !== 0
    const changed = last ^ control
    if (consecutive) return (changed & newData) !== 0
    const tells = waiting || this.steps[device] !== 0
    return !tells || (changed & (newData | counter)) !== 0
  }

  /** Productions that the counter has leapt over were lost before they reached us. */
  #count(device: number, last: number, control: number): void {
    const gained = ((control >>> counterShift) - (last >>> counterShift)) & (counterModulus - 1)
    if (gained === 0) this.steps[device] = 0
    else if (gained === 1) this.steps[device] = 1
    else if (this.steps[device] === 1)
      this.losses[device] = ((this.losses[device] as number) + gained - 1) | 0
  }

  #forgive(device: number): void {
    this.#cyclesSince[device] = 0
    this.lossesInARow[device] = 0
  }
}
