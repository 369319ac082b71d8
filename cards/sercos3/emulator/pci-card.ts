/**
 * The Sercos III card as a PCI card: the core behind a PLX 9030, for a host that traps each access.
 *
 * BAR4 holds the core; the other BARs exist because the kernel's own driver wants all five, and hold plain memory.
 */
import { Pacer } from '../../emulation/pacer.ts'
import type { AccessWidth, PciBar, PciCard } from '../../emulation/vfio-user/pci-card.ts'
import { coreSize, pci, registers } from '../registers.ts'
import type { Sercon100m } from './chip.ts'

export const bars: readonly PciBar[] = [
  { index: 0, bytes: 0x1000 },
  { index: 2, bytes: 0x1000 },
  { index: 3, bytes: 0x1000 },
  { index: pci.registerBar, bytes: coreSize },
  { index: 5, bytes: 0x1000 },
]

export class Sercos3PciCard implements PciCard {
  readonly ids: PciCard['ids']
  readonly bars = bars
  /** Interrupts: how often the line rose. */
  raised = 0
  /** Periods at whose end the line still stood from before: their interrupt, if any, is one with that. */
  merged = 0
  /** Periods of the chip. */
  cycles = 0
  /** Interrupt status bits that nothing clears: the fault 'stuck interrupt line'. */
  stuckBits = 0
  readonly #chip: Sercon100m
  readonly #afterCycle: () => void
  readonly #others = new Map<number, DataView>()
  #pacer: Pacer | undefined
  #line = false

  /** `afterCycle` is called after each period of the chip. */
  constructor(
    chip: Sercon100m,
    subsystemDevice: number = pci.subsystemDevices[0],
    afterCycle: () => void = () => {},
  ) {
    this.#chip = chip
    this.#afterCycle = afterCycle
    this.ids = {
      vendor: pci.vendor,
      device: pci.device,
      subsystemVendor: pci.subsystemVendor,
      subsystemDevice,
      // a network controller of no named kind
      classCode: 0x028000,
      revision: 1,
    }
    for (const { index, bytes } of bars)
      if (index !== pci.registerBar) this.#others.set(index, new DataView(new ArrayBuffer(bytes)))
  }

  get interrupt(): boolean {
    return this.#line
  }

  read(bar: number, offset: number, width: AccessWidth): number {
    const memory = this.#others.get(bar)
    if (memory !== undefined) return readMemory(memory, offset, width)
    const value = this.#chip.busRead(offset, width)
    return offset === registers.irr0.offset ? (value | this.stuckBits) >>> 0 : value
  }

  write(bar: number, offset: number, width: AccessWidth, value: number): void {
    const memory = this.#others.get(bar)
    if (memory !== undefined) return writeMemory(memory, offset, width, value)
    this.#chip.busWrite(offset, width, value)
    this.#follow()
  }

  /** Periods left out because this process was late. */
  get skipped(): number {
    return this.#pacer?.skipped ?? 0
  }

  tick(nowNs: number): number {
    this.#pacer ??= new Pacer(nowNs, this.#chip.periodNs)
    if (nowNs < this.#pacer.deadlineNs) return this.#pacer.deadlineNs
    const before = this.#line
    this.#chip.tick()
    this.cycles++
    this.#afterCycle()
    this.#follow()
    if (before && this.#line) this.merged++
    this.#pacer.advance(nowNs, this.#chip.periodNs)
    return this.#pacer.deadlineNs
  }

  reset(): void {
    this.#chip.reset()
    this.#follow()
  }

  #follow(): void {
    const enabled = this.#chip.busRead(registers.ier0.offset, 32)
    const level = this.#chip.interruptLine || (this.stuckBits & enabled) !== 0
    if (level && !this.#line) this.raised++
    this.#line = level
  }
}

function readMemory(memory: DataView, offset: number, width: AccessWidth): number {
  if (width === 32) return memory.getUint32(offset, true)
  return width === 16 ? memory.getUint16(offset, true) : memory.getUint8(offset)
}

function writeMemory(memory: DataView, offset: number, width: AccessWidth, value: number): void {
  if (width === 32) memory.setUint32(offset, value, true)
  else if (width === 16) memory.setUint16(offset, value, true)
  else memory.setUint8(offset, value)
}
