/** The plainest card, for tests: one BAR of memory that records its accesses, and a line to pull. */
import { readMemory, writeMemory } from './access-memory.ts'
import type { AccessWidth, BusMaster, PciBar, PciCard } from './pci-card.ts'

export type Access = {
  readonly kind: 'read' | 'write'
  readonly offset: number
  readonly width: AccessWidth
}

export class PlainCard implements PciCard {
  readonly ids = {
    vendor: 0x1234,
    device: 0x5678,
    subsystemVendor: 0x9abc,
    subsystemDevice: 0xdef0,
    classCode: 0x028000,
    revision: 3,
  }
  readonly bars: readonly PciBar[] = [{ index: 2, bytes: 0x1000 }]
  readonly memory = new DataView(new ArrayBuffer(0x1000))
  readonly accesses: Access[] = []
  interrupt = false
  msiVectors: 0 | 1 = 0
  mappable: ReadonlyMap<number, number> = new Map()
  bus: BusMaster | undefined
  /** Called by each tick: what the card does of its own accord. */
  onTick: () => void = () => {}
  ticks = 0
  /** Period of its clock; Infinity: none. */
  periodNs = Infinity
  #lastNs = 0

  read(_bar: number, offset: number, width: AccessWidth): number {
    this.accesses.push({ kind: 'read', offset, width })
    return readMemory(this.memory, offset, width)
  }

  write(_bar: number, offset: number, width: AccessWidth, value: number): void {
    this.accesses.push({ kind: 'write', offset, width })
    writeMemory(this.memory, offset, width, value)
  }

  attachBus(bus: BusMaster): void {
    this.bus = bus
  }

  tick(nowNs: number): number {
    this.onTick()
    if (nowNs >= this.#lastNs + this.periodNs) {
      this.ticks++
      this.#lastNs = nowNs
    }
    return this.#lastNs + this.periodNs
  }

  reset(): void {
    new Uint8Array(this.memory.buffer).fill(0)
    this.interrupt = false
  }
}
