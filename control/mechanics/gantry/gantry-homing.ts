/**
 * Homing and squaring of a gantry pair, without ever racking it: both sides move together throughout. Fast until the first of
 * the two switches is met, slowly on until the second one is, slowly back off both, each side taking the edge of its own
 * switch. How far they are apart then is how far the beam is out of square; it is squared by moving the following side by that
 * much, slowly, if it is no more than it may be.
 */
import { axisError } from '../../axis/axis-error.ts'
import { axisState } from '../../axis/axis-state.ts'
import { type HomingMotion, motionResult, type MotionResult } from '../../axis/motion.ts'
import { DualportError } from '../../../errors.ts'
import type { MotionState } from '../../trajectory/motion-state.ts'
import { homingFailure, type HomingFailure } from '../homing/homing-failure.ts'
import { LedMove } from '../homing/led-move.ts'
import type { GantryPair } from './gantry-pair.ts'

export type GantryHomingOptions = {
  /** The way to the switches: 1 upward, -1 downward. */
  readonly direction: 1 | -1
  /** Unit/s. */
  readonly searchVelocity: number
  readonly latchVelocity: number
  /** Unit/s^2 and unit/s^3. */
  readonly acceleration: number
  readonly jerk: number
  /** How far the pair may go in one search, unit. */
  readonly distance: number
  /** For everything, s. */
  readonly timeoutS: number
  /** What the position of the leading side's edge becomes, unit. */
  readonly position: number
  /** The following side's switch minus the leading side's, along the axis, when the beam is square: measured once. Unit. */
  readonly switchOffset: number
  /** How far out of square the beam may be found, unit. */
  readonly skewMax: number
}

const phase = {
  idle: 0,
  /** Back off switches on which the pair began. */
  clearing: 1,
  searching: 2,
  /** From the first switch to the second. */
  closing: 3,
  /** Off both. */
  leaving: 4,
  stopping: 5,
  squaring: 6,
} as const
type Phase = (typeof phase)[keyof typeof phase]

export class GantryHoming implements HomingMotion {
  readonly state = axisState.homing
  readonly error = axisError.homing
  /** It has switches. */
  readonly limitsTorque = false
  readonly options: GantryHomingOptions
  /** The sides' switches are actuated. Set before `step`, as the actual positions of the pair are. */
  leadSwitch = false
  followSwitch = false
  /** With `done`: what positions of the leading and of the following side grow by, unit. To be given to `pair.renumber` too. */
  found = 0.5
  followFound = 0.5
  /** How far out of square the beam was found, unit: following side ahead is positive. */
  outOfSquare = 0.5
  failure: HomingFailure = homingFailure.none

  readonly #pair: GantryPair
  readonly #move: LedMove
  readonly #timeoutCycles: number
  readonly #closingDistance: number
  #phase: Phase = phase.idle
  #next: Phase = phase.idle
  #cycles = 0
  #start = 0.5
  #leadBefore = 0.5
  #followBefore = 0.5
  #leadLeft = false
  #followLeft = false
  #leadEdge = 0.5
  #followEdge = 0.5

  /** `cycleS`: s between two steps. Throws DP_HOMING_OPTIONS. */
  constructor(cycleS: number, pair: GantryPair, options: GantryHomingOptions) {
    check(options)
    this.#pair = pair
    this.options = options
    const fastest = Math.max(options.searchVelocity, options.latchVelocity)
    this.#move = new LedMove(cycleS, fastest, options.acceleration, options.jerk)
    this.#closingDistance = closingDistance(options)
    this.#timeoutCycles = Math.ceil(options.timeoutS / cycleS)
    this.found = 0
    this.followFound = 0
    this.outOfSquare = 0
    this.#start = 0
    this.#leadBefore = 0
    this.#followBefore = 0
    this.#leadEdge = 0
    this.#followEdge = 0
  }

  begin(setpoint: MotionState): void {
    this.failure = homingFailure.none
    this.found = 0
    this.followFound = 0
    this.outOfSquare = 0
    this.#cycles = 0
    this.#remember()
    this.#enter(this.leadSwitch || this.followSwitch ? phase.clearing : phase.searching, setpoint)
  }

  /** Cyclic. */
  step(setpoint: MotionState): MotionResult {
    this.#cycles++
    if (this.#cycles > this.#timeoutCycles) this.failure = homingFailure.timeout
    else if (this.#pair.tripped) this.failure = homingFailure.skew
    else this.#look(setpoint)
    this.#remember()
    if (this.failure !== homingFailure.none) {
      this.#phase = phase.idle
      return motionResult.failed
    }
    if (this.#phase === phase.idle) return motionResult.done
    this.#move.step(setpoint)
    return motionResult.running
  }

  resume(setpoint: MotionState): void {
    if (this.#phase === phase.idle) return
    if (!this.#move.runToVelocity(setpoint)) this.failure = homingFailure.trajectory
  }

  shift(distance: number): void {
    this.#move.shift(distance)
    this.#pair.renumber(distance, 0)
    this.#start += distance
    this.#leadBefore += distance
    this.#leadEdge += distance
    this.found -= distance
  }

  #look(setpoint: MotionState): void {
    const { options } = this
    const one = this.leadSwitch || this.followSwitch
    const both = this.leadSwitch && this.followSwitch
    const way = Math.abs(setpoint.position - this.#start)
    switch (this.#phase) {
      case phase.clearing:
        if (!one) this.#stopFor(phase.searching, setpoint)
        else if (way > options.distance) this.failure = homingFailure.switchNotLeft
        break
      case phase.searching:
        if (one) this.#enter(phase.closing, setpoint)
        else if (way > options.distance) this.failure = homingFailure.switchNotFound
        break
      case phase.closing:
        if (both) this.#stopFor(phase.leaving, setpoint)
        else if (way > this.#closingDistance) this.failure = homingFailure.skew
        break
      case phase.leaving:
        this.#takeEdges()
        if (this.#leadLeft && this.#followLeft) this.#stopFor(phase.squaring, setpoint)
        else if (way > options.distance) this.failure = homingFailure.switchNotLeft
        break
      case phase.stopping:
        if (!this.#move.arrived) break
        this.#enter(this.#next, setpoint)
        if (this.#next === phase.squaring) this.#square()
        break
      case phase.squaring:
        if (this.#pair.aligned) this.#phase = phase.idle
        break
      case phase.idle:
        break
    }
  }

  #takeEdges(): void {
    const pair = this.#pair
    if (!this.#leadLeft && !this.leadSwitch) {
      this.#leadLeft = true
      this.#leadEdge = 0.5 * (this.#leadBefore + pair.leadActual)
    }
    if (!this.#followLeft && !this.followSwitch) {
      this.#followLeft = true
      this.#followEdge = 0.5 * (this.#followBefore + pair.followActual)
    }
  }

  #square(): void {
    const { position, switchOffset, skewMax } = this.options
    const pair = this.#pair
    this.found = position - this.#leadEdge
    this.followFound = position + switchOffset - this.#followEdge
    const square = this.found - this.followFound
    this.outOfSquare = pair.offset - square
    if (Math.abs(this.outOfSquare) > skewMax) {
      this.failure = homingFailure.skew
      return
    }
    pair.alignTo = square
    if (!pair.align()) this.failure = homingFailure.trajectory
  }

  #stopFor(next: Phase, setpoint: MotionState): void {
    this.#next = next
    this.#enter(phase.stopping, setpoint)
  }

  #enter(next: Phase, setpoint: MotionState): void {
    this.#phase = next
    this.#start = setpoint.position
    const { direction, searchVelocity, latchVelocity } = this.options
    const move = this.#move
    move.velocity = 0
    if (next === phase.clearing) move.velocity = -direction * searchVelocity
    else if (next === phase.searching) move.velocity = direction * searchVelocity
    else if (next === phase.closing) move.velocity = direction * latchVelocity
    else if (next === phase.leaving) {
      move.velocity = -direction * latchVelocity
      this.#leadLeft = false
      this.#followLeft = false
    }
    this.resume(setpoint)
  }

  #remember(): void {
    this.#leadBefore = this.#pair.leadActual
    this.#followBefore = this.#pair.followActual
  }
}

/** The second switch comes within the skew there may be, the mounting of the switches, and what slowing down takes. */
function closingDistance(options: GantryHomingOptions): number {
  const { skewMax, switchOffset, searchVelocity: v, acceleration, jerk } = options
  const braking = (v / 2) * (v / acceleration + Math.max(acceleration / jerk, Math.sqrt(v / jerk)))
  return skewMax + Math.abs(switchOffset) + 2 * braking
}

function check(options: GantryHomingOptions): void {
  const { searchVelocity, latchVelocity, acceleration, jerk, distance, timeoutS, skewMax } = options
  const positive = {
    searchVelocity,
    latchVelocity,
    acceleration,
    jerk,
    distance,
    timeoutS,
    skewMax,
  }
  if (options.direction !== 1 && options.direction !== -1)
    refuse('direction', options.direction, '1 or -1')
  for (const [at, actual] of Object.entries(positive))
    if (!(actual > 0 && actual < Infinity)) refuse(at, actual, 'a positive number')
  if (!Number.isFinite(options.position)) refuse('position', options.position, 'a finite number')
  if (!Number.isFinite(options.switchOffset))
    refuse('switchOffset', options.switchOffset, 'a finite number')
}

function refuse(at: string, actual: number, expected: string): never {
  throw new DualportError('DP_HOMING_OPTIONS', { at, actual, expected })
}
