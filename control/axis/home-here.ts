/** MC_Home, direct: the present actual position becomes what it is told. Nothing moves. */
import { axisError } from './axis-error.ts'
import type { AxisPoint } from './axis-point.ts'
import { axisState } from './axis-state.ts'
import { type HomingMotion, motionResult, type MotionResult } from './motion.ts'

export class HomeHere implements HomingMotion {
  readonly state = axisState.homing
  readonly error = axisError.none
  readonly limitsTorque = false
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Unit. Set before `begin`. */
  position = 0.5
  found = 0.5
  readonly #actual: AxisPoint

  constructor(actual: AxisPoint) {
    this.#actual = actual
    this.position = 0
    this.found = 0
  }

  begin(): void {}

  resume(): void {}

  shift(): void {}

  step(): MotionResult {
    this.found = this.position - this.#actual.position
    return motionResult.done
  }
}
