/**
 * The setpoint of one axis, a step a cycle: at rest, on a move to a position, on the way to a velocity, or given from outside.
 *
 * A move commanded while moving first brings the axis to rest, jerk-limited, and then starts. A change of speed that
 * interrupts another uses no less acceleration and jerk than that one, so that the acceleration under way is taken back
 * before the velocity passes its limit. Where only the axis's own limits still keep it inside its position limits, those
 * are used.
 */
import { JerkLimitedProfile } from './jerk-limited-profile.ts'
import { VelocityRamp } from './velocity-ramp.ts'

/** In unit, unit/s, unit/s^2, unit/s^3. */
export type MotionLimits = {
  readonly positionMin: number
  readonly positionMax: number
  readonly velocity: number
  readonly acceleration: number
  readonly jerk: number
}

/** What a step brought. `limitAhead`: a velocity was given up, and the axis brakes in front of a position limit. */
export const stepResult = { none: 0, atRest: 1, velocityReached: 2, limitAhead: 3 } as const
export type StepResult = (typeof stepResult)[keyof typeof stepResult]

const source = { rest: 0, profile: 1, ramp: 2, external: 3 } as const
type Source = (typeof source)[keyof typeof source]

export class SetpointGenerator {
  position = 0
  velocity = 0
  acceleration = 0
  /** A setpoint from outside, for `follow`. */
  givenPosition = 0
  givenVelocity = 0
  readonly #cycleS: number
  readonly #limits: MotionLimits
  readonly #profile = new JerkLimitedProfile()
  readonly #ramp = new VelocityRamp()
  /** What stopping at once would do; foresees the position limits. */
  readonly #brake = new VelocityRamp()
  #source: Source = source.rest
  /** A move that starts when the axis has come to rest. */
  #moveWaits = false
  /** A setpoint was given for the next step. */
  #given = false
  #moveTo = 0
  #moveVelocity = 0
  #moveAcceleration = 0
  #moveJerk = 0
  /** Acceleration and jerk of the motion under way. */
  #usedAcceleration = 0
  #usedJerk = 0

  /** `cycleS`: s between two steps. */
  constructor(cycleS: number, limits: MotionLimits) {
    this.#cycleS = cycleS
    this.#limits = limits
    this.#brake.maxAcceleration = limits.acceleration
    this.#brake.maxJerk = limits.jerk
  }

  /** True when the velocity is zero and stays so. */
  get atRest(): boolean {
    return this.#source === source.rest
  }

  /** At rest from now on, wherever `position` is. */
  rest(): void {
    this.#source = source.rest
    this.#moveWaits = false
    this.velocity = 0
    this.acceleration = 0
  }

  /** To `position`, at once or when the axis has come to rest. */
  moveTo(position: number, velocity: number, acceleration: number, jerk: number): void {
    this.#moveTo = position
    this.#moveVelocity = velocity
    this.#moveAcceleration = acceleration
    this.#moveJerk = jerk
    if (this.atRest) this.#startMove()
    else {
      this.changeVelocity(0, acceleration, jerk)
      this.#moveWaits = true
    }
  }

  /** To a constant velocity, from any motion. */
  changeVelocity(velocity: number, acceleration: number, jerk: number): void {
    const ramp = this.#ramp
    const interrupts = this.acceleration !== 0
    this.#moveWaits = false
    this.#usedAcceleration = interrupts
      ? Math.max(this.#usedAcceleration, acceleration)
      : acceleration
    this.#usedJerk = interrupts ? Math.max(this.#usedJerk, jerk) : jerk
    ramp.position = this.position
    ramp.velocity = this.velocity
    ramp.acceleration = this.acceleration
    ramp.target = velocity
    ramp.maxAcceleration = this.#usedAcceleration
    ramp.maxJerk = this.#usedJerk
    ramp.plan()
    this.#source = source.ramp
  }

  /** To rest as fast as the axis's limits allow. */
  stop(): void {
    this.changeVelocity(0, this.#limits.acceleration, this.#limits.jerk)
  }

  /**
   * The next step goes to `givenPosition` at `givenVelocity`; without a call the step after is the first of a ramp to rest
   * within the limits. A stop before that step starts from where the axis is. Cyclic.
   */
  follow(): void {
    this.#source = source.external
    this.#moveWaits = false
    this.#given = true
    this.acceleration = 0
  }

  /** The next cycle's setpoint. Cyclic. */
  step(): StepResult {
    if (this.#source === source.profile) return this.#stepProfile()
    if (this.#source === source.ramp) return this.#stepRamp()
    if (this.#source === source.external) return this.#stepExternal()
    return stepResult.none
  }

  #stepExternal(): StepResult {
    if (this.#given) {
      this.#given = false
      this.position = this.givenPosition
      this.velocity = this.givenVelocity
      return stepResult.none
    }
    if (this.velocity === 0) return stepResult.none
    this.stop()
    return this.#stepRamp()
  }

  #stepProfile(): StepResult {
    const profile = this.#profile
    profile.time += this.#cycleS
    profile.evaluate()
    this.position = profile.position
    this.velocity = profile.velocity
    this.acceleration = profile.acceleration
    if (profile.time < profile.duration) return stepResult.none
    this.#source = source.rest
    return stepResult.atRest
  }

  #stepRamp(): StepResult {
    const ramp = this.#ramp
    let result: StepResult = stepResult.none
    ramp.time += this.#cycleS
    ramp.evaluate()
    if (!this.#brakesFully() && this.#leavesLimits()) {
      if (ramp.target !== 0) result = stepResult.limitAhead
      this.#brakeInstead()
    }
    this.position = ramp.position
    this.velocity = ramp.velocity
    this.acceleration = ramp.acceleration
    if (ramp.time < ramp.duration) return result
    if (ramp.target !== 0) return stepResult.velocityReached
    this.#source = source.rest
    if (!this.#moveWaits) return result === stepResult.none ? stepResult.atRest : result
    this.#startMove()
    return stepResult.none
  }

  #startMove(): void {
    this.#moveWaits = false
    this.#usedAcceleration = this.#moveAcceleration
    this.#usedJerk = this.#moveJerk
    this.#profile.plan(
      this.position,
      this.#moveTo,
      this.#moveVelocity,
      this.#moveAcceleration,
      this.#moveJerk,
    )
    this.#source = source.profile
  }

  /** From the setpoint of the cycle before, which could still stop in time. A waiting move goes on waiting. */
  #brakeInstead(): void {
    const waits = this.#moveWaits
    this.stop()
    this.#moveWaits = waits
    this.#ramp.time = this.#cycleS
    this.#ramp.evaluate()
  }

  #brakesFully(): boolean {
    const ramp = this.#ramp
    return (
      ramp.target === 0 &&
      ramp.maxAcceleration === this.#limits.acceleration &&
      ramp.maxJerk === this.#limits.jerk
    )
  }

  /** After the ramp's next step, would stopping at once carry the axis further out than a position limit? */
  #leavesLimits(): boolean {
    const brake = this.#brake
    brake.position = this.#ramp.position
    brake.velocity = this.#ramp.velocity
    brake.acceleration = this.#ramp.acceleration
    brake.plan()
    brake.findTurn()
    const high = Math.max(brake.endPosition, brake.turnPosition)
    if (high > this.#limits.positionMax && high > this.position) return true
    const low = Math.min(brake.endPosition, brake.turnPosition)
    return low < this.#limits.positionMin && low < this.position
  }
}
