/** Where a slave belongs when its master is somewhere. Cyclic. */
import type { MotionState } from '../trajectory/motion-state.ts'

export interface CouplingLaw {
  /** Set before `enter` and `evaluate`. */
  readonly master: MotionState
  /** What `evaluate` writes. */
  readonly slave: MotionState
  /** How long until `master` is there, s. Set before `enter`. */
  leftS: number
  /** The slave's way into the coupling begins, from `from`; with `master`, which is now or where both shall be in sync, it is in it. */
  enter(from: MotionState): void
  evaluate(): void
  /** The slave's coordinates are others: what was p is p + `distance`, unit. */
  shift(distance: number): void
}
