/** A card on private memory with drives that follow their commands at once, through the driver's own process images. */
import { cycleState } from '../../cards/card.ts'
import type { CardCounters, CycleState, CyclicCard } from '../../cards/card.ts'
import { DriveWords, IoWords } from '../../cards/sercos3/driver/process-images.ts'
import { driveOffset, ioOffset } from '../../cards/sercos3/driver/profile-connections.ts'
import { driveControl, driveReady, driveStatus } from '../../cards/sercos3/telegram.ts'
import { extract, place } from '../../uio/bit-field.ts'
import { Region } from '../../uio/region.ts'
import type { MachineFile } from '../../runtime/machine-file/schema.ts'

/** Bytes between two connections; both profiles need less. */
const stride = 16

export class PrivateCard implements CyclicCard {
  readonly drives: readonly DriveWords[]
  readonly ios: readonly IoWords[]
  readonly counters: CardCounters = { lostTelegrams: 0, lateCycles: 0 }
  readonly fault = undefined
  readonly startingTickMs = 1
  state: CycleState = cycleState.operational
  /** Times that the outputs were handed over. */
  handedOver = 0
  readonly #tx: Region
  readonly #rx: Region

  constructor(devices: MachineFile['devices']) {
    const bytes = stride * Math.max(1, devices.length)
    this.#tx = new Region('tx', new ArrayBuffer(bytes))
    this.#rx = new Region('rx', new ArrayBuffer(bytes))
    const named = (profile: 'drive' | 'io') => devices.filter((one) => one.profile === profile)
    this.drives = named('drive').map(({ name }) => new DriveWords(name, this.#tx, this.#rx))
    this.ios = named('io').map(({ name }) => new IoWords(name, this.#tx, this.#rx))
  }

  beginCycle(): CycleState {
    for (let k = 0; k < this.drives.length; k++) this.#begin(this.drives[k] as DriveWords, k)
    for (let k = 0; k < this.ios.length; k++)
      this.#begin(this.ios[k] as IoWords, this.drives.length + k)
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

  resetDrive(): void {
    // its drives have no errors
  }

  resetState(): number {
    return 0
  }

  silence(): void {
    // nothing is transmitted
  }

  #begin(image: DriveWords | IoWords, slot: number): void {
    image.latch(slot * stride)
    image.place(slot * stride)
  }

  #followCommand(slot: number): void {
    const at = slot * stride
    const tx = this.#tx
    const rx = this.#rx
    const control = tx.read16(at + driveOffset.control)
    const on = extract(control, driveControl.driveOn) === 1
    const enabled = on && extract(control, driveControl.enable) === 1
    const ready = enabled ? driveReady.af : on ? driveReady.ab : driveReady.bb
    rx.write16(at + driveOffset.status, place(ready, driveStatus.ready))
    for (let word = 0; word < 4; word += 2) {
      rx.write16(
        at + driveOffset.position + word,
        tx.read16(at + driveOffset.positionCommand + word),
      )
      rx.write16(
        at + driveOffset.velocity + word,
        tx.read16(at + driveOffset.velocityCommand + word),
      )
    }
  }

  #loopBack(slot: number): void {
    const at = slot * stride
    for (let word = 0; word <= ioOffset.analogChannels; word++)
      this.#rx.write16(
        at + ioOffset.digital + 2 * word,
        this.#tx.read16(at + ioOffset.digital + 2 * word),
      )
  }
}
