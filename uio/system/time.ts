/** clock_gettime. */
import { bind } from './libc.ts'

export const clockMonotonic = 1

/** Cyclic. Fills the struct timespec (two 64-bit words: s, ns) at `time`. */
export const clockGettime: (clock: number, time: bigint) => number = bind(
  'int clock_gettime(int clock, void *time)',
)
