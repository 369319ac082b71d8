/** Masks and shifts of a register's bit fields, worked out once from the table. */
import type { BitField } from './register-table.ts'

function range(field: BitField): readonly [high: number, low: number] {
  return 'access' in field ? field.bits : field
}

/** Mask of a field in place, as an unsigned 32-bit number. */
export function maskOf(field: BitField): number {
  const [high, low] = range(field)
  return ((2 ** (high - low + 1) - 1) * 2 ** low) >>> 0
}

/** Bits to shift right to bring the field to bit 0. */
export function shiftOf(field: BitField): number {
  return range(field)[1]
}

/** The field's value in `word`, unsigned. */
export function extract(word: number, field: BitField): number {
  return (word & maskOf(field)) >>> shiftOf(field)
}

/** `value` put in the field's place; the rest is zero. Unsigned. */
export function place(value: number, field: BitField): number {
  return ((value << shiftOf(field)) & maskOf(field)) >>> 0
}
