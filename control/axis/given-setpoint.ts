/**
 * A setpoint that comes from elsewhere each cycle, from a user's task: the axis takes it as it is. When none comes, the axis comes to
 * rest by a ramp within its limits.
 */
import { MotionState } from '../trajectory/motion-state.ts'
import { axisError } from './axis-error.ts'
import { axisState } from './axis-state.ts'
import { motionResult, type Motion, type MotionResult } from './motion.ts'
import type { Move } from './move.ts'

export class GivenSetpoint implements Motion {
  readonly state = axisState.synchronizedMotion
  readonly error = axisError.none
  /** For the next step. */
  readonly given = new MotionState()
  /** `given` is new. */
  isNew = false
  readonly #rest: Move
  #ramps = false

  /** `rest`: a move to rest, for this object alone. */
  constructor(rest: Move) {
    this.#rest = rest
  }

  /** Whether the axis stands, and will until something is given. */
  atRest = true

  begin(): void {
    this.#ramps = false
    this.atRest = false
  }

  resume(): void {}

  shift(distance: number): void {
    this.given.position += distance
    this.#ramps = false
  }

  step(setpoint: MotionState): MotionResult {
    if (this.isNew) {
      this.isNew = false
      this.#ramps = false
      this.atRest = false
      setpoint.position = this.given.position
      setpoint.velocity = this.given.velocity
      setpoint.acceleration = 0
      return motionResult.running
    }
    if (this.atRest) return motionResult.running
    if (!this.#ramps) this.#rest.begin(setpoint)
    this.#ramps = true
    const result = this.#rest.step(setpoint)
    this.atRest = result !== motionResult.running
    return motionResult.running
  }
}
