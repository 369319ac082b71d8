/**
 * A bus-master block beside the core, for tests of DMA memory. The real card's optional one is little known, so this one
 * is ours: five 32-bit registers at the start of BAR2, a buffer behind them.
 *
 * | offset | register |
 * |---|---|
 * | 0x00, 0x04 | bus address, low and high half |
 * | 0x08 | length, bytes: 1 to the buffer's size |
 * | 0x0c | go: 1 copies guest memory to the buffer, 2 the buffer to guest memory; reads 0 |
 * | 0x10 | status: see dmaStatus |
 * | 0x100 | buffer, 0xf00 bytes |
 */
import { readMemory, writeMemory } from '../../emulation/vfio-user/access-memory.ts'
import type { AccessWidth, BusMaster } from '../../emulation/vfio-user/pci-card.ts'

export const dmaBlock = {
  bar: 2,
  bytes: 0x1000,
  addressLow: 0x00,
  addressHigh: 0x04,
  length: 0x08,
  go: 0x0c,
  status: 0x10,
  buffer: 0x100,
} as const

export const dmaGo = { read: 1, write: 2 } as const

/** `refused`: not guest memory, no right to it, bus mastering off, or a length or go that is none. */
export const dmaStatus = { idle: 0, busy: 1, done: 2, refused: 3 } as const

const bufferBytes = dmaBlock.bytes - dmaBlock.buffer

export class DmaBlock {
  bus: BusMaster | undefined
  readonly #memory = new DataView(new ArrayBuffer(dmaBlock.bytes))
  #go = 0

  read(offset: number, width: AccessWidth): number {
    return readMemory(this.#memory, offset, width)
  }

  write(offset: number, width: AccessWidth, value: number): void {
    const word = offset & ~3
    if (word === dmaBlock.status) return
    if (word !== dmaBlock.go) return writeMemory(this.#memory, offset, width, value)
    if (offset !== dmaBlock.go) return
    this.#go = value
    this.#status = dmaStatus.busy
  }

  /** Carries out what was asked for; not in `write`, see BusMaster. */
  tick(): void {
    while (this.#status === dmaStatus.busy) {
      const go = this.#go
      this.#go = 0
      const moved = this.#move(go)
      // the host may have asked for the next one while this one waited for guest memory
      if (this.#go === 0) this.#status = moved ? dmaStatus.done : dmaStatus.refused
    }
  }

  reset(): void {
    new Uint8Array(this.#memory.buffer).fill(0)
    this.#go = 0
  }

  get #status(): number {
    return this.#memory.getUint32(dmaBlock.status, true)
  }

  set #status(status: number) {
    this.#memory.setUint32(dmaBlock.status, status, true)
  }

  #move(go: number): boolean {
    const low = this.#memory.getUint32(dmaBlock.addressLow, true)
    const high = this.#memory.getUint32(dmaBlock.addressHigh, true)
    const length = this.#memory.getUint32(dmaBlock.length, true)
    if (this.bus === undefined || length === 0 || length > bufferBytes) return false
    const address = (BigInt(high) << 32n) | BigInt(low)
    const data = new Uint8Array(this.#memory.buffer, dmaBlock.buffer, length)
    if (go === dmaGo.read) return this.bus.read(address, data)
    return go === dmaGo.write && this.bus.write(address, data)
  }
}
