/**
 * A homing sequence, led by the control: searches, stops, comes back slowly, takes the reference, and goes where it is told to
 * rest. All of it in the coordinates of before; `found` then tells what is to be added to every position.
 *
 * A switch is seen once a cycle: its edge lies between the last two positions, and their middle is taken. An index pulse is
 * caught by whoever has a latch; how far it lies from the edge (`edgeToIndex`) is told, for within a cycle's way of a whole turn
 * the sequence would find now this pulse, now the next.
 *
 * A drive that reports an error, or loses its power, ends the motion from outside: then `abandon`.
 */
import { axisError } from '../../axis/axis-error.ts'
import { axisState } from '../../axis/axis-state.ts'
import { type HomingMotion, motionResult, type MotionResult } from '../../axis/motion.ts'
import type { MotionState } from '../../trajectory/motion-state.ts'
import { homingFailure, type HomingFailure } from './homing-failure.ts'
import type { HomingOptions } from './homing-options.ts'
import { type HomingPlan, planHoming } from './homing-plan.ts'
import { HomingSignals } from './homing-signals.ts'
import { LedMove } from './led-move.ts'

const phase = {
  idle: 0,
  /** Towards the switch. */
  searching: 1,
  /** A limit switch came first, or the axis began on the switch: back over it. */
  returning: 2,
  /** Slowly off the switch. */
  leaving: 3,
  /** Slowly on to the index pulse. */
  catching: 4,
  /** Against the block. */
  pressing: 5,
  backingOff: 6,
  /** To rest, and then on in `#next`. */
  stopping: 7,
  /** To the final position. */
  going: 8,
  absolute: 9,
  done: 10,
} as const
type Phase = (typeof phase)[keyof typeof phase]

/** An axis slower than this part of its search velocity stands at the block. */
const blockedShare = 0.1
/** The drive's limit over the torque that means the block, so that this one is reached. */
const torqueMargin = 1.1

export class Homing implements HomingMotion {
  readonly state = axisState.homing
  readonly error = axisError.homing
  readonly signals = new HomingSignals()
  /** The next index pulse is to be caught. */
  armsLatch = false
  /** The drive's torque is to be limited to `torqueLimit`; it will lag behind: the following error is not to be supervised. */
  limitsTorque = false
  /** % of rated torque. */
  readonly torqueLimit: number
  /** With `done`: what every position of the axis grows by, unit. */
  found = 0.5
  /** From the edge of the switch to the index pulse, unit, both ways positive; 0 where there are not both. */
  edgeToIndex = 0.5
  failure: HomingFailure = homingFailure.none

  readonly #plan: HomingPlan
  readonly #move: LedMove
  #phase: Phase = phase.idle
  #next: Phase = phase.idle
  #cycles = 0
  #blocked = 0
  #returned = false
  #metSwitch = false
  #behindBefore = false
  #start = 0.5
  #lastActual = 0.5
  #edge = 0.5
  #reference = 0.5

  /** `cycleS`: s between two steps. Throws DP_HOMING_OPTIONS. */
  constructor(cycleS: number, options: HomingOptions) {
    const plan = planHoming(cycleS, options)
    this.#plan = plan
    this.torqueLimit = plan.torque * torqueMargin
    const fastest = Math.max(plan.search, plan.latch)
    this.#move = new LedMove(cycleS, fastest, plan.acceleration, plan.jerk)
    this.found = 0
    this.edgeToIndex = 0
    this.#start = 0
    this.#lastActual = 0
    this.#edge = 0
    this.#reference = 0
  }

  begin(setpoint: MotionState): void {
    const { method } = this.#plan
    this.abandon()
    this.failure = homingFailure.none
    this.found = 0
    this.edgeToIndex = 0
    this.#cycles = 0
    this.#returned = false
    this.#behindBefore = true
    this.#lastActual = this.signals.actualPosition
    if (method === 'absolute') this.#phase = phase.absolute
    else if (method === 'index') this.#enter(phase.catching, setpoint)
    else if (method === 'block') this.#enter(phase.pressing, setpoint)
    else this.#beginSearch(setpoint)
  }

  /** Nothing more is asked of latch and drive: for whoever ends the motion from outside. */
  abandon(): void {
    this.#phase = phase.idle
    this.armsLatch = false
    this.limitsTorque = false
  }

  /** After `signals` were set. Cyclic. */
  step(setpoint: MotionState): MotionResult {
    this.#cycles++
    if (this.#phase === phase.absolute) return this.#takeAbsolute()
    if (this.#cycles > this.#plan.timeoutCycles) this.failure = homingFailure.timeout
    else this.#look(setpoint)
    this.#lastActual = this.signals.actualPosition
    if (this.failure !== homingFailure.none) {
      this.abandon()
      return motionResult.failed
    }
    if (this.#phase === phase.done) {
      this.abandon()
      return motionResult.done
    }
    this.#move.step(setpoint)
    return motionResult.running
  }

  #look(setpoint: MotionState): void {
    switch (this.#phase) {
      case phase.searching:
        if (this.#plan.method === 'limitSwitch') this.#searchLimit(setpoint)
        else this.#searchHome(setpoint)
        break
      case phase.returning:
        this.#return(setpoint)
        break
      case phase.leaving:
        this.#leave(setpoint)
        break
      case phase.catching:
        this.#catch(setpoint)
        break
      case phase.pressing:
        this.#press(setpoint)
        break
      case phase.stopping:
        if (this.#move.arrived) this.#enter(this.#next, setpoint)
        break
      case phase.backingOff:
        if (this.#move.arrived) this.#finish(setpoint)
        break
      case phase.going:
        if (this.#move.arrived) this.#phase = phase.done
        break
      case phase.idle:
      case phase.absolute:
      case phase.done:
        break
    }
  }

  /** On the switch already: fast off it first, then as from anywhere. */
  #beginSearch(setpoint: MotionState): void {
    this.#metSwitch = this.#onSwitch()
    this.#enter(this.#metSwitch ? phase.returning : phase.searching, setpoint)
  }

  #takeAbsolute(): MotionResult {
    this.#phase = phase.idle
    if (!this.signals.absolute) {
      this.failure = homingFailure.notAbsolute
      return motionResult.failed
    }
    this.found = this.#plan.offset
    return motionResult.done
  }

  #searchLimit(setpoint: MotionState): void {
    const behind = this.#limitTowards(-this.#plan.direction)
    if (this.#onSwitch()) this.#stopFor(phase.leaving, setpoint)
    else if (behind && !this.#behindBefore) this.failure = homingFailure.wrongSwitch
    else if (this.#wentBeyond(setpoint)) this.failure = homingFailure.switchNotFound
    this.#behindBefore = behind
  }

  #searchHome(setpoint: MotionState): void {
    if (this.#onSwitch()) this.#stopFor(phase.leaving, setpoint)
    else if (this.#limitTowards(this.#plan.direction)) this.#turnRound(setpoint)
    else if (this.#wentBeyond(setpoint)) this.failure = homingFailure.switchNotFound
  }

  #turnRound(setpoint: MotionState): void {
    if (this.#returned) this.failure = homingFailure.switchNotFound
    else this.#stopFor(phase.returning, setpoint)
    this.#returned = true
    this.#metSwitch = false
  }

  /** Over the switch and off it again, so that it is then approached as from the other side. */
  #return(setpoint: MotionState): void {
    const on = this.#onSwitch()
    if (on) this.#metSwitch = true
    else if (this.#metSwitch) this.#stopFor(phase.searching, setpoint)
    if (this.#limitTowards(-this.#plan.direction) || this.#wentBeyond(setpoint))
      this.failure = on ? homingFailure.switchNotLeft : homingFailure.switchNotFound
  }

  #leave(setpoint: MotionState): void {
    const { signals } = this
    if (!this.#onSwitch()) {
      this.#edge = 0.5 * (this.#lastActual + signals.actualPosition)
      if (this.#plan.toIndex) this.#enter(phase.catching, setpoint)
      else {
        this.#reference = this.#edge
        this.#stopFor(phase.done, setpoint)
      }
    } else if (this.#limitTowards(-this.#plan.direction) || this.#wentBeyond(setpoint))
      this.failure = homingFailure.switchNotLeft
  }

  #catch(setpoint: MotionState): void {
    const { signals } = this
    const direction = this.#plan.toIndex ? -this.#plan.direction : this.#plan.direction
    if (signals.latched) {
      if (this.#plan.toIndex) this.edgeToIndex = Math.abs(signals.latchedPosition - this.#edge)
      this.armsLatch = false
      this.#reference = signals.latchedPosition
      this.#stopFor(phase.done, setpoint)
    } else if (signals.latchRefused) this.failure = homingFailure.latchRefused
    else if (
      this.#limitTowards(direction) ||
      Math.abs(setpoint.position - this.#start) > this.#plan.indexDistance
    )
      this.failure = homingFailure.indexNotFound
  }

  #press(setpoint: MotionState): void {
    const { signals } = this
    const pressed =
      this.#move.arrived &&
      Math.abs(signals.torque) >= this.#plan.torque &&
      Math.abs(signals.actualVelocity) <= blockedShare * this.#plan.search
    this.#blocked = pressed ? this.#blocked + 1 : 0
    if (this.#blocked >= this.#plan.blockCycles) {
      this.#reference = signals.actualPosition
      this.#enter(phase.backingOff, setpoint)
    } else if (this.#limitTowards(this.#plan.direction) || this.#wentBeyond(setpoint))
      this.failure = homingFailure.blockNotFound
  }

  /** At rest, and the reference is known. */
  #finish(setpoint: MotionState): void {
    const { position, finalPosition } = this.#plan
    this.limitsTorque = false
    this.found = position - this.#reference
    if (Number.isNaN(finalPosition)) this.#phase = phase.done
    else this.#enter(phase.going, setpoint)
  }

  #stopFor(next: Phase, setpoint: MotionState): void {
    this.#next = next
    this.#enter(phase.stopping, setpoint)
  }

  #enter(next: Phase, setpoint: MotionState): void {
    if (next === phase.done) {
      this.#finish(setpoint)
      return
    }
    this.#phase = next
    this.#start = setpoint.position
    this.#aim()
    this.resume(setpoint)
  }

  resume(setpoint: MotionState): void {
    const now = this.#phase
    if (now === phase.idle || now === phase.absolute) return
    const move = this.#move
    const positions = now === phase.backingOff || now === phase.going
    const planned = positions ? move.runToPosition(setpoint) : move.runToVelocity(setpoint)
    if (!planned) this.failure = homingFailure.trajectory
  }

  /** Velocity or position of the present phase. */
  #aim(): void {
    const { direction, search, latch, backOff, finalPosition, toIndex } = this.#plan
    const move = this.#move
    switch (this.#phase) {
      case phase.searching:
        move.velocity = direction * search
        break
      case phase.returning:
        move.velocity = -direction * search
        break
      case phase.leaving:
        move.velocity = -direction * latch
        break
      case phase.catching:
        this.armsLatch = true
        move.velocity = (toIndex ? -direction : direction) * latch
        break
      case phase.pressing:
        this.limitsTorque = true
        this.#blocked = 0
        move.velocity = direction * search
        break
      case phase.backingOff:
        move.position = this.#reference - direction * backOff
        break
      case phase.going:
        move.position = finalPosition - this.found
        break
      case phase.stopping:
        move.velocity = 0
        break
      case phase.idle:
      case phase.absolute:
      case phase.done:
        break
    }
  }

  #onSwitch(): boolean {
    const { method, direction } = this.#plan
    return method === 'limitSwitch' ? this.#limitTowards(direction) : this.signals.homeSwitch
  }

  #limitTowards(direction: number): boolean {
    return direction > 0 ? this.signals.positiveLimit : this.signals.negativeLimit
  }

  #wentBeyond(setpoint: MotionState): boolean {
    return Math.abs(setpoint.position - this.#start) > this.#plan.distance
  }

  /** What is under way goes on by the new coordinates. */
  shift(distance: number): void {
    this.#move.shift(distance)
    this.#start += distance
    this.#lastActual += distance
    this.#edge += distance
    this.#reference += distance
    this.found -= distance
  }
}
