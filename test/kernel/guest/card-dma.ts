/** The emulated card's DMA block, see cards/sercos3/emulator/dma-block.ts: registers at the start of BAR2, then a buffer. */
import type { Region } from '../../../uio/region.ts'

export const dmaBar = 2
export const dmaBarBytes = 0x1000
/** Where in the BAR the card's buffer lies, and how long it is. */
export const cardBuffer = { offset: 0x100, bytes: 0xf00 } as const

const register = { addressLow: 0, addressHigh: 4, length: 8, go: 12, status: 16 } as const
const busy = 1
export const transferred = 2
export const refused = 3

/** 'read': guest memory into the card's buffer; 'write': back. Returns the card's status after it. */
export function transfer(bar: Region, direction: 'read' | 'write', address: bigint): number {
  bar.write32(register.addressLow, Number(address & 0xffffffffn))
  bar.write32(register.addressHigh, Number(address >> 32n))
  bar.write32(register.length, cardBuffer.bytes)
  bar.write32(register.go, direction === 'read' ? 1 : 2)
  const endMs = performance.now() + 5000
  let status = busy
  while (status === busy && performance.now() < endMs) status = bar.read32(register.status)
  return status
}
