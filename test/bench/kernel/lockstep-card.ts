/**
 * The card of the kernel bench: a SERCON core without a bus, that interrupts again and again, each time after the task
 * has written its last output and, with `waitsForBell`, waits again: kmod/compare/clients/spin.c, which runs when nothing
 * else does, rings a bell in BAR2. Each interrupt brings other inputs, and at the next one the card looks whether every output was worked out from them.
 */
import type { AccessWidth, PciBar, PciCard } from '../../../cards/emulation/vfio-user/pci-card.ts'
import { coreSize, pci, registers, windows } from '../../../cards/sercos3/registers.ts'

const bars: readonly PciBar[] = [
  { index: 0, bytes: 0x1000 },
  { index: 2, bytes: 0x1000 },
  { index: 3, bytes: 0x1000 },
  { index: pci.registerBar, bytes: coreSize },
  { index: 5, bytes: 0x1000 },
]
const identification = 0x88cd0089
const cycleBit = 1
const bellBar = 2
/** From the bell to the interrupt, so that it may come anywhere in the spinning. */
const longestPauseNs = 20_000

export class LockstepCard implements PciCard {
  readonly ids = {
    vendor: pci.vendor,
    device: pci.device,
    subsystemVendor: pci.subsystemVendor,
    subsystemDevice: pci.subsystemDevices[0],
    classCode: 0x028000,
    revision: 1,
  }
  readonly bars = bars
  /** Bytes of the task's images; the cycle is over with the last output. */
  image = 4
  raised = 0
  /** Cycles answered with outputs that do not belong to the inputs. */
  wrong = 0
  readonly #core = new DataView(new ArrayBuffer(coreSize))
  readonly #inputs = new Uint32Array(this.#core.buffer, windows.rx.offset, windows.tx.size / 4)
  readonly #outputs = new Uint32Array(this.#core.buffer, windows.tx.offset, windows.tx.size / 4)
  #status = 0
  #enabled = 0
  /** The task has written its last output since the interrupt, or there was none yet. */
  #answered = true
  #inCycle = false
  #rung = false
  #dueNs = Infinity
  #random = 1

  readonly #waitsForBell: boolean

  constructor(waitsForBell: boolean) {
    this.#waitsForBell = waitsForBell
    this.reset()
  }

  get interrupt(): boolean {
    return (this.#status & this.#enabled) !== 0
  }

  read(bar: number, offset: number, width: AccessWidth): number {
    if (bar !== pci.registerBar) return 0
    if (offset === registers.irr0.offset) return this.#status
    if (offset === registers.ier0.offset) return this.#enabled
    if (width === 32) return this.#core.getUint32(offset, true)
    return width === 16 ? this.#core.getUint16(offset, true) : this.#core.getUint8(offset)
  }

  write(bar: number, offset: number, width: AccessWidth, value: number): void {
    if (bar === bellBar) this.#rung = true
    if (bar !== pci.registerBar) return
    if (offset === registers.irr0.offset) this.#status &= ~value
    else if (offset === registers.ier0.offset) this.#enabled = value
    else if (width === 32) this.#core.setUint32(offset, value, true)
    else if (width === 16) this.#core.setUint16(offset, value, true)
    else this.#core.setUint8(offset, value)
    if (offset + width / 8 === windows.tx.offset + this.image) this.#answered = true
  }

  tick(nowNs: number): number {
    const isAwaited = (this.#enabled & cycleBit) !== 0 && !this.interrupt && this.#answered
    if (!isAwaited) this.#dueNs = Infinity
    else if (this.#dueNs === Infinity && (this.#rung || !this.#waitsForBell))
      this.#dueNs = nowNs + this.#pause()
    this.#rung = false
    if (nowNs < this.#dueNs) return this.#dueNs
    this.#dueNs = Infinity
    this.#raise()
    return Infinity
  }

  /** A new task: its first interrupt asks for no answer to an earlier one. */
  begin(image: number): void {
    this.image = image
    this.#answered = true
    this.#inCycle = false
  }

  reset(): void {
    this.#status = 0
    this.#enabled = 0
    this.begin(this.image)
    this.#core.setUint32(registers.idr.offset, identification, true)
  }

  #pause(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0
    return (this.#random / 2 ** 32) * longestPauseNs
  }

  #raise(): void {
    if (this.#inCycle) this.#check()
    this.#inCycle = true
    this.#answered = false
    this.raised++
    for (let n = 0; n < this.#inputs.length; n++)
      this.#inputs[n] = Math.imul(this.raised, 0x10001) + n
    this.#status |= cycleBit
  }

  #check(): void {
    for (let n = 0; n < this.image / 4; n++) {
      if (this.#outputs[n] === ((this.#inputs[n] as number) + 1) >>> 0) continue
      this.wrong++
      return
    }
  }
}
