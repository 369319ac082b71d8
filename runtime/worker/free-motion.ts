/** Motions that are made beforehand, some of a kind: which of them may be set up anew. */
import type { AxisMotion } from '../../control/axis/axis-motion.ts'
import { bufferMode } from '../../control/axis/buffer-mode.ts'
import type { BufferMode } from '../../control/axis/buffer-mode.ts'
import type { Motion } from '../../control/axis/motion.ts'

/** One runs, one waits, one is for what aborts both. */
export const ofEachKind = 3

/** The place of one that neither runs nor waits, -1: none. What is to wait leaves one more. Not cyclic. */
export function freeMotion(axis: AxisMotion, motions: readonly Motion[], mode: BufferMode): number {
  let free = -1
  let count = 0
  for (let k = 0; k < motions.length; k++) {
    if (axis.holds(motions[k] as Motion)) continue
    free = k
    count++
  }
  return count > 1 || mode === bufferMode.aborting ? free : -1
}
