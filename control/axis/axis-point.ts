/** Where an axis is, commanded or measured: what others can follow. */
import type { MasterSource } from '../coupling/master-source.ts'
import { MotionState } from '../trajectory/motion-state.ts'

export class AxisPoint extends MotionState implements MasterSource {
  // a fraction first: V8 then holds the field as a double and writes it in place
  /** Sum of the shifts of the axis's coordinates, unit. */
  shifted = 0.5

  constructor() {
    super()
    this.shifted = 0
  }
}
