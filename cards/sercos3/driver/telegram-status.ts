/**
 * TGSR1 and TGSR2: what came in on a port in this cycle. Cyclic.
 * They are cleared by writing; on plain memory that word may be read back. It says 'valid' and 'missed' at once, which
 * no cycle does, and is taken as nothing received.
 */
import { maskOf } from '../../../uio/bit-field.ts'
import type { Region } from '../../../uio/region.ts'
import { registers } from '../registers.ts'

const tgsr = registers.tgsr1.bits
const clear =
  1 |
  0x10 |
  maskOf(tgsr.mstValid) |
  maskOf(tgsr.mstWindowError) |
  maskOf(tgsr.mstMiss) |
  maskOf(tgsr.mstDoubleMiss) |
  maskOf(tgsr.at0Miss)

/** Reads the status at `offset`, TGSR1's or TGSR2's, and clears it for the next cycle. */
export function takeTelegramStatus(chip: Region, offset: number): number {
  const status = chip.readSigned32(offset)
  chip.write32(offset, clear)
  return status === clear ? 0 : status
}
