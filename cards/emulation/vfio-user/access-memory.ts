/** Accesses of a bus's three widths to plain little-endian memory, and to a part of a 32-bit register. */
import type { AccessWidth } from './pci-card.ts'

export function readMemory(memory: DataView, offset: number, width: AccessWidth): number {
  if (width === 32) return memory.getUint32(offset, true)
  return width === 16 ? memory.getUint16(offset, true) : memory.getUint8(offset)
}

export function writeMemory(
  memory: DataView,
  offset: number,
  width: AccessWidth,
  value: number,
): void {
  if (width === 32) memory.setUint32(offset, value, true)
  else if (width === 16) memory.setUint16(offset, value, true)
  else memory.setUint8(offset, value)
}

/** The bits of a 32-bit register that an access at `offset` reaches: their value in place, and their mask. Unsigned. */
export function lanes(offset: number, width: AccessWidth, value: number) {
  const shift = (offset & 3) * 8
  const mask = ((2 ** width - 1) << shift) >>> 0
  return { value: ((value << shift) & mask) >>> 0, mask }
}

/** What an access at `offset` sees of a 32-bit register. Unsigned. */
export function partOf(word: number, offset: number, width: AccessWidth): number {
  return ((word >>> ((offset & 3) * 8)) & (2 ** width - 1)) >>> 0
}
