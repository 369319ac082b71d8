/**
 * The Sercos III card as a PCI card: the core behind a PLX 9030, for a host that traps each access.
 *
 * BAR4 holds the core; the other BARs exist because the kernel's own driver wants all five. BAR2 holds a DMA block of ours
 * for tests, the rest plain memory. Two things that no real card has can be asked for: messages (MSI), and a BAR3 that
 * the host may map.
 */
import type { InterruptingCard } from '../../emulation/ordered-card.ts'
import { Pacer } from '../../emulation/pacer.ts'
import { lanes, partOf, readMemory, writeMemory } from '../../emulation/vfio-user/access-memory.ts'
import type { AccessWidth, BusMaster, PciBar, PciCard } from '../../emulation/vfio-user/pci-card.ts'
import { coreSize, pci, registers } from '../registers.ts'
import type { Sercon100m } from './chip.ts'
import { DmaBlock, dmaBlock } from './dma-block.ts'

/** BAR that is a file of its own when asked for. */
export const mappableBar = 3

export const bars: readonly PciBar[] = [
  { index: 0, bytes: 0x1000 },
  { index: dmaBlock.bar, bytes: dmaBlock.bytes },
  { index: mappableBar, bytes: 0x1000 },
  { index: pci.registerBar, bytes: coreSize },
  { index: 5, bytes: 0x1000 },
]

export type Sercos3PciOptions = {
  readonly subsystemDevice?: number | undefined
  /** Called after each period of the chip. */
  readonly afterCycle?: () => void
  /** Offers one message (MSI). */
  readonly msi?: boolean | undefined
  /** BAR3 as a memfd of its size, which the host may map then; both stay the caller's. */
  readonly mappable?: { readonly fd: number; readonly memory: ArrayBuffer } | undefined
}

/** The event that orders set off: TINT0, the interrupt of the cycle, without a cycle. */
const orderedBit = 1

export class Sercos3PciCard implements InterruptingCard {
  readonly ids: PciCard['ids']
  readonly bars = bars
  /** Interrupts: how often the line rose. */
  raised = 0
  /** Periods at whose end the line still stood from before: their interrupt, if any, is one with that. */
  merged = 0
  /** Periods of the chip. */
  cycles = 0
  /** Interrupt status bits that nothing clears: the fault 'stuck interrupt source'. */
  stuckBits = 0
  /** Status bits that orders set off and the host has not cleared. */
  #orderedBits = 0
  readonly #chip: Sercon100m
  readonly #afterCycle: () => void
  readonly #others = new Map<number, DataView>()
  readonly #dma = new DmaBlock()
  readonly msiVectors: 0 | 1
  readonly mappable: ReadonlyMap<number, number>
  /** Accesses to the mappable BAR that were seen: none while the host maps it. */
  trapped = 0
  #pacer: Pacer | undefined
  #line = false

  constructor(chip: Sercon100m, options: Sercos3PciOptions = {}) {
    this.#chip = chip
    this.#afterCycle = options.afterCycle ?? (() => {})
    this.msiVectors = options.msi === true ? 1 : 0
    this.mappable = new Map(
      options.mappable === undefined ? [] : [[mappableBar, options.mappable.fd] as const],
    )
    this.ids = {
      vendor: pci.vendor,
      device: pci.device,
      subsystemVendor: pci.subsystemVendor,
      subsystemDevice: options.subsystemDevice ?? pci.subsystemDevices[0],
      // a network controller of no named kind
      classCode: 0x028000,
      revision: 1,
    }
    for (const { index, bytes } of bars)
      if (index !== pci.registerBar && index !== dmaBlock.bar)
        this.#others.set(index, new DataView(new ArrayBuffer(bytes)))
    if (options.mappable !== undefined)
      this.#others.set(mappableBar, new DataView(options.mappable.memory))
  }

  attachBus(bus: BusMaster): void {
    this.#dma.bus = bus
  }

  get interrupt(): boolean {
    return this.#line
  }

  read(bar: number, offset: number, width: AccessWidth): number {
    if (bar === mappableBar) this.trapped++
    if (bar === dmaBlock.bar) return this.#dma.read(offset, width)
    const memory = this.#others.get(bar)
    if (memory !== undefined) return readMemory(memory, offset, width)
    const value = this.#chip.busRead(offset, width)
    if ((offset & ~3) !== registers.irr0.offset) return value
    return (value | partOf(this.stuckBits | this.#orderedBits, offset, width)) >>> 0
  }

  write(bar: number, offset: number, width: AccessWidth, value: number): void {
    if (bar === mappableBar) this.trapped++
    if (bar === dmaBlock.bar) return this.#dma.write(offset, width, value)
    const memory = this.#others.get(bar)
    if (memory !== undefined) return writeMemory(memory, offset, width, value)
    this.#chip.busWrite(offset, width, value)
    if ((offset & ~3) === registers.irr0.offset)
      this.#orderedBits &= ~lanes(offset, width, value).value
    this.#follow()
  }

  get pending(): boolean {
    return (this.#irr0() & orderedBit) !== 0
  }

  raise(): void {
    this.#orderedBits |= orderedBit
    this.#follow()
  }

  /** Periods left out because this process was late. */
  get skipped(): number {
    return this.#pacer?.skipped ?? 0
  }

  tick(nowNs: number): number {
    this.#dma.tick()
    this.#pacer ??= new Pacer(nowNs, this.#chip.periodNs)
    if (nowNs < this.#pacer.deadlineNs) return this.#pacer.deadlineNs
    const before = this.#line
    this.#chip.tick()
    this.cycles++
    this.#afterCycle()
    this.#follow()
    if (before && this.#chip.interruptLine) this.merged++
    this.#pacer.advance(nowNs, this.#chip.periodNs)
    return this.#pacer.deadlineNs
  }

  reset(): void {
    this.#chip.reset()
    this.#orderedBits = 0
    this.#dma.reset()
    this.#follow()
  }

  /** Status of group 0 as the host reads it. */
  #irr0(): number {
    return this.#chip.busRead(registers.irr0.offset, 32) | this.stuckBits | this.#orderedBits
  }

  #follow(): void {
    const enabled = this.#chip.busRead(registers.ier0.offset, 32)
    const level = this.#chip.interruptLine || ((this.stuckBits | this.#orderedBits) & enabled) !== 0
    if (level && !this.#line) this.raised++
    this.#line = level
  }
}
