/** A card on private memory with drives that follow their commands at once, through the driver's own process images. */
import { cardRequestState, connectionState, cycleState } from '../../cards/card.ts'
import type { CardCounters, CycleState, CyclicCard } from '../../cards/card.ts'
import { DriveWords, IoWords } from '../../cards/sercos3/driver/cycle/process-images.ts'
import { ProcessWords } from '../../cards/sercos3/driver/cycle/process-words.ts'
import { profileConnections } from '../../cards/sercos3/driver/config/profile-connections.ts'
import { driveControl, driveReady, driveStatus } from '../../cards/sercos3/drive-words.ts'
import { extract, place } from '../../uio/bit-field.ts'
import type { MachineFile } from '../../runtime/machine-file/schema.ts'

/** Room for a connection, in words of 32 bits; both profiles need less. */
const longs = 4
/** Bytes behind C-CON, as the profiles' connections have them: of the words sent, and of those received. */
const drive = {
  control: 2,
  velocity: 4,
  position: 8,
  status: 2,
  actualVelocity: 4,
  actualPosition: 8,
}
const ioOffsets = [2, 4, 6]

export class PrivateCard implements CyclicCard {
  readonly drives: readonly DriveWords[]
  readonly ios: readonly IoWords[]
  readonly counters: CardCounters = { lostTelegrams: 0, lateCycles: 0 }
  readonly fault = undefined
  readonly startingTickMs = 1
  state: CycleState = cycleState.operational
  /** Times that the outputs were handed over. */
  handedOver = 0
  readonly #words: ProcessWords

  constructor(devices: MachineFile['devices']) {
    const named = (profile: 'drive' | 'io') => devices.filter((one) => one.profile === profile)
    this.drives = named('drive').map(({ name }) => new DriveWords(name))
    this.ios = named('io').map(({ name }) => new IoWords(name))
    const words = devices.map(() => longs)
    this.#words = new ProcessWords(words, 4 * longs * devices.length)
    const states = new Uint8Array(devices.length).fill(connectionState.consuming)
    const images = [...this.drives, ...this.ios]
    images.forEach((image, slot) => {
      const { at, mdt } = profileConnections[image instanceof DriveWords ? 'drive' : 'io']
      const inputs = { at: this.#inputsOf(slot), words: at.words }
      const outputs = { at: this.#outputsOf(slot), words: mdt.words }
      image.configure(this.#words, inputs, outputs, states, slot)
    })
  }

  beginCycle(): CycleState {
    return this.state
  }

  endCycle(): void {
    this.handedOver += 1
    for (let k = 0; k < this.drives.length; k++) this.#followCommand(k)
    for (let k = 0; k < this.ios.length; k++) this.#loopBack(this.drives.length + k)
  }

  advance(): undefined {
    return undefined
  }

  leave(): void {
    this.state = cycleState.left
  }

  requestState: number = cardRequestState.idle
  requestError: Error | undefined
  readonly phase = 4
  readonly topology = 4
  nowNs = 0
  readonly needsAttention: boolean = false
  lostDevice = -1
  readonly taskNs = 0
  readonly connections = {
    connectionState: () => connectionState.consuming,
    losses: () => 0,
    lossesInARow: () => 0,
  }

  request(_what: number, _argument: number): boolean {
    return false
  }

  attend(): undefined {
    return undefined
  }

  takeNews(): undefined {
    return undefined
  }

  resetDrive(): void {
    // its drives have no errors
  }

  resetState(): number {
    return 0
  }

  silence(): void {
    // nothing is transmitted
  }

  #inputsOf(slot: number): number {
    return 4 * (this.#words.inputs[slot] ?? 0)
  }

  #outputsOf(slot: number): number {
    return this.#words.outputs + 4 * longs * slot
  }

  #followCommand(slot: number): void {
    const { view } = this.#words
    const from = this.#outputsOf(slot)
    const to = this.#inputsOf(slot)
    const control = view.getUint16(from + drive.control, true)
    const on = extract(control, driveControl.driveOn) === 1
    const enabled = on && extract(control, driveControl.enable) === 1
    const ready = enabled ? driveReady.af : on ? driveReady.ab : driveReady.bb
    view.setUint16(to + drive.status, place(ready, driveStatus.ready), true)
    view.setInt32(to + drive.actualPosition, view.getInt32(from + drive.position, true), true)
    view.setInt32(to + drive.actualVelocity, view.getInt32(from + drive.velocity, true), true)
  }

  #loopBack(slot: number): void {
    const { view } = this.#words
    for (const offset of ioOffsets)
      view.setUint16(
        this.#inputsOf(slot) + offset,
        view.getUint16(this.#outputsOf(slot) + offset, true),
        true,
      )
  }
}
