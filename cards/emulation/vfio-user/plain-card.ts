/** The plainest card, for tests: one BAR of memory that records its accesses, and a line to pull. */
import type { AccessWidth, PciBar, PciCard } from './pci-card.ts'

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
  ticks = 0
  /** Period of its clock; Infinity: none. */
  periodNs = Infinity
  #lastNs = 0

  read(_bar: number, offset: number, width: AccessWidth): number {
    this.accesses.push({ kind: 'read', offset, width })
    if (width === 32) return this.memory.getUint32(offset, true)
    return width === 16 ? this.memory.getUint16(offset, true) : this.memory.getUint8(offset)
  }

  write(_bar: number, offset: number, width: AccessWidth, value: number): void {
    this.accesses.push({ kind: 'write', offset, width })
    if (width === 32) this.memory.setUint32(offset, value, true)
    else if (width === 16) this.memory.setUint16(offset, value, true)
    else this.memory.setUint8(offset, value)
  }

  tick(nowNs: number): number {
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
