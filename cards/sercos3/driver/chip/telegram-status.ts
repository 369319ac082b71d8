/**
 * TGSR1 and TGSR2 say what came in on a port in this cycle, and are cleared by writing. On plain memory the word that
 * clears may be read back: it says 'valid' and 'missed' at once, which no cycle does, and stands for nothing received.
 */
import { maskOf } from '../../../../uio/bit-field.ts'
import { registers } from '../../registers.ts'

const tgsr = registers.tgsr1.bits

/** Tells what was missing: counted by port-counters.ts. */
export const tellingOfMisses =
  maskOf(tgsr.mstMiss) |
  maskOf(tgsr.mstDoubleMiss) |
  maskOf(tgsr.mstWindowError) |
  maskOf(tgsr.at0Miss)

/** Clears all MDT bits, all AT bits, and the MST's own. */
export const clearedStatus = 1 | 0x10 | maskOf(tgsr.mstValid) | tellingOfMisses
