/**
 * What moves an axis now, what waits for it, and what is laid over it; and the setpoint that comes of it all, within the axis's
 * limits. Knows nothing of power and of the states of the diagram but what its orders say.
 */
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import { type AxisLimits, kinematicLimits } from './axis-limits.ts'
import { AxisPoint } from './axis-point.ts'
import { axisState } from './axis-state.ts'
import { bufferMode } from './buffer-mode.ts'
import { guardResult, LimitGuard } from './limit-guard.ts'
import { Move } from './move.ts'
import { motionResult, type Motion, type MotionResult } from './motion.ts'
import { type MotionOrder, orderKind } from './motion-order.ts'
import { MotionQueue } from './motion-queue.ts'
import { Override } from './override.ts'
import { commandEnd, type CommandEndNumber, type SettlementOutbox } from './settlement-outbox.ts'
import { Superposition } from './superposition.ts'

/** What a step brought. */
export const runResult = {
  running: 0,
  /** The last motion ended: the axis stands. */
  atRest: 1,
  /** The motion failed for the reason in `error`, and the axis is to be stopped. */
  failed: 2,
} as const
export type RunResult = (typeof runResult)[keyof typeof runResult]

export class MotionRunner {
  /** The setpoint, in axis coordinates. */
  readonly commanded = new AxisPoint()
  /** What the axis's motions may use now. */
  readonly available = new KinematicLimits()
  /** All that the axis has. */
  readonly full: KinematicLimits
  readonly override = new Override()
  readonly queue = new MotionQueue()
  /** Why a step failed. */
  error: AxisErrorNumber = axisError.none

  readonly #outbox: SettlementOutbox
  readonly #move: Move
  /** To rest: the override does not concern it. */
  readonly #rest: Move
  readonly #over: Superposition
  readonly #guard: LimitGuard
  /** The setpoint without what is laid over. */
  readonly #base = new MotionState()
  /** Setpoints were taken that were not looked at: the guard begins anew. */
  #unguarded = true

  /** `cycleS`: s between two steps. */
  constructor(cycleS: number, limits: AxisLimits, outbox: SettlementOutbox) {
    this.#outbox = outbox
    this.full = kinematicLimits(limits)
    this.#over = new Superposition(cycleS, this.full, this.available, this.override)
    this.#move = new Move(cycleS, this.available, this.override, this.full)
    this.#rest = new Move(cycleS, this.full, new Override())
    this.#guard = new LimitGuard(cycleS, this.full, limits.positionMin, limits.positionMax)
  }

  get active(): MotionOrder | undefined {
    return this.queue.active
  }

  /** Nothing moves the axis. */
  get isIdle(): boolean {
    return this.queue.count === 0 && !this.#over.isActive
  }

  /** Takes an order: at once, or behind those that wait. The queue is not full. */
  add(wish: MotionOrder): void {
    const { queue } = this
    if (wish.mode === bufferMode.aborting) this.abort()
    queue.append().copy(wish)
    if (queue.count === 1) this.#begin()
    else if (queue.count === 2) this.#noteNext()
  }

  /** Lays a way over what runs. */
  superimpose(wish: MotionOrder): void {
    this.#settle(this.#over.id, commandEnd.aborted)
    this.#over.begin(wish, this.queue.active)
    this.#resume()
  }

  /** What is laid over comes to rest. */
  haltSuperimposed(id: number): void {
    this.#settle(this.#over.id, commandEnd.aborted)
    if (this.#over.isActive) this.#over.halt(id)
    else this.#settle(id, commandEnd.done)
  }

  /** Everything is over, as it stands: the setpoint is that of the last cycle. Every command ends `aborted`. */
  abort(): void {
    this.settleAll(commandEnd.aborted, axisError.none)
    this.queue.clear()
    this.#takeOffset()
  }

  settleAll(end: CommandEndNumber, error: AxisErrorNumber): void {
    const { queue } = this
    for (let n = 0; n < queue.count; n++) {
      const order = queue.at(n)
      this.#outbox.put(order.id, end, error)
      order.id = 0
    }
    this.#outbox.put(this.#over.id, end, error)
    this.#over.id = 0
  }

  /** The motion that runs has ended by other means: the next one begins. */
  finish(): void {
    const { active } = this.queue
    if (active === undefined) return
    this.#settle(active.id, commandEnd.done)
    this.queue.remove()
    if (this.queue.count > 0) this.#begin()
  }

  /** Whatever runs, the axis goes on at its velocity; what waited is aborted. */
  goOn(): void {
    this.abort()
    this.#goOn(this.queue.append())
  }

  /** Nothing moves the axis; the setpoint is `at`. Orders are to be settled before. */
  standAt(at: MotionState): void {
    this.queue.clear()
    this.#over.clear()
    this.follow(at)
  }

  /** The setpoint is `at`, whatever was ordered. */
  follow(at: MotionState): void {
    copy(at, this.#base)
    copy(at, this.commanded)
    this.#unguarded = true
    this.#guard.escapes = false
  }

  /** The override was changed. */
  takeOverride(): void {
    if (this.queue.active?.kind !== orderKind.other) this.#resume()
    this.#over.resume()
  }

  /** Coordinates are others from now on: what was p is p + distance. */
  shift(distance: number): void {
    const { queue } = this
    this.#base.position += distance
    this.commanded.position += distance
    this.commanded.shifted += distance
    for (let n = 0; n < queue.count; n++) {
      const order = queue.at(n)
      if (order.relative) order.target += distance
      order.motion?.shift(distance)
    }
    this.#unguarded = true
    this.#guard.escapes = false
    this.#resume()
  }

  /** The next setpoint. Cyclic. */
  step(): RunResult {
    const order = this.queue.active
    const guard = this.#guard
    copy(this.commanded, guard.before)
    if (this.#unguarded && (order === undefined || order.guarded)) this.#startGuard()
    if (guard.escapes && order !== undefined) return this.#escape(order)
    const result = order === undefined ? motionResult.running : this.#motion(order).step(this.#base)
    if (order !== undefined && result === motionResult.failed) {
      this.error = this.#motion(order).error
      guard.brake()
      copy(guard.setpoint, this.commanded)
      return runResult.failed
    }
    const laidOver = this.#over.isActive ? this.#over.step(this.#base) : motionResult.running
    this.#add()
    let escaped = false
    if (order === undefined || order.guarded) escaped = this.#judge()
    else this.#unguarded = true
    copy(guard.setpoint, this.commanded)
    if (escaped && !this.#recover(order)) return runResult.failed
    if (laidOver === motionResult.done) this.#endOver()
    else if (laidOver === motionResult.failed) return this.#failBy(axisError.trajectory)
    return this.#conclude(order, escaped ? motionResult.running : result)
  }

  /** Base and what is laid over it. */
  #add(): void {
    const { setpoint } = this.#guard
    const over = this.#over.state
    const base = this.#base
    setpoint.position = base.position + over.position
    setpoint.velocity = base.velocity + over.velocity
    setpoint.acceleration = base.acceleration + over.acceleration
  }

  /** True: the setpoint is another than what was asked for. */
  #judge(): boolean {
    const result = this.#guard.judge()
    if (result === guardResult.allowed) return false
    this.error = result === guardResult.position ? axisError.positionLimit : axisError.velocityLimit
    return true
  }

  /**
   * The axis does what its limits ask for. A discrete motion then goes on to its target, if that lies inside; so does any
   * motion that would have been too fast for a moment. What leads on and out is given up. False: it is.
   */
  #recover(order: MotionOrder | undefined): boolean {
    if (order === undefined || this.#over.isMoving) return false
    if (this.error === axisError.positionLimit && this.#leadsOut(order)) return false
    this.#takeFromCommanded()
    if (!this.#guard.escapes) this.#motion(order).resume(this.#base)
    return true
  }

  #leadsOut(order: MotionOrder): boolean {
    const { velocity, acceleration } = this.#guard.before
    // from rest there is no other reason to stop again at once
    const hasTried = velocity === 0 && acceleration === 0
    // a shift of coordinates can have put the target of a relative move there
    const ends = order.kind !== orderKind.position || this.#guard.allowsTarget(order)
    return leadsOn(order) || hasTried || !ends
  }

  #escape(order: MotionOrder): RunResult {
    const goesOn = this.#guard.escapeOn()
    copy(this.#guard.setpoint, this.commanded)
    this.#takeFromCommanded()
    if (!goesOn) this.#motion(order).resume(this.#base)
    return runResult.running
  }

  #conclude(order: MotionOrder | undefined, result: MotionResult): RunResult {
    if (order === undefined) {
      if (this.#over.isActive) return runResult.running
      return runResult.atRest
    }
    if (result === motionResult.running) return runResult.running
    this.#settle(order.id, commandEnd.done)
    order.id = 0
    if (this.queue.count > 1) return this.#beginNext()
    if (result === motionResult.reached) return runResult.running
    if (leadsOn(order)) {
      this.#goOn(order)
      return runResult.running
    }
    this.queue.remove()
    return this.#over.isActive ? runResult.running : runResult.atRest
  }

  #beginNext(): RunResult {
    this.queue.remove()
    return this.#begin() ? runResult.running : this.#failBy(axisError.positionLimit)
  }

  /** The first of the queue, from the setpoint of now. False: it leads beyond the position limits. */
  #begin(): boolean {
    const order = this.queue.at(0)
    this.#guard.escapes = false
    // a stop takes all limits; a motion that knows none leaves no room
    const isAlone = order.kind === orderKind.rest || !order.guarded
    if (isAlone && this.#over.isActive) this.#settle(this.#over.id, commandEnd.aborted)
    if (isAlone || !this.#over.isActive) this.#takeOffset()
    if (order.kind === orderKind.position && Number.isNaN(order.target)) {
      order.target = this.#base.position + order.distance
      if (!this.#guard.allowsTarget(order)) return false
    }
    if (order.kind !== orderKind.other) {
      const move = order.kind === orderKind.rest ? this.#rest : this.#move
      move.order = order
      move.next = this.queue.next
    }
    this.#motion(order).begin(this.#base)
    return true
  }

  /** Another order came behind the one that runs. */
  #noteNext(): void {
    const { active, next } = this.queue
    this.#move.next = next
    if (active?.kind === orderKind.position && next?.blends === true) this.#move.resume(this.#base)
  }

  /** At its present velocity, or the one that is there when the acceleration is taken back. */
  #goOn(order: MotionOrder): void {
    const { velocity: v, acceleration: a } = this.#base
    const { jerkMax, jerkMin } = this.available
    order.become(0, orderKind.velocity, axisState.continuousMotion, bufferMode.aborting)
    order.endVelocity = a > 0 ? v - (a * a) / (2 * jerkMin) : v - (a * a) / (2 * jerkMax)
    this.#begin()
  }

  /** What is laid over has arrived: the motion below has all limits again. */
  #endOver(): void {
    this.#settle(this.#over.id, commandEnd.done)
    this.#over.end()
    if (this.queue.count === 0) this.#takeOffset()
    this.#resume()
  }

  /** What was laid over belongs to the motion below from now on. */
  #takeOffset(): void {
    const offset = this.#over.state.position
    const { queue } = this
    if (offset !== 0) {
      for (let n = 0; n < queue.count; n++) {
        const order = queue.at(n)
        if (order.relative) order.target += offset
      }
    }
    copy(this.commanded, this.#base)
    this.#over.clear()
  }

  /** What is laid over stands. */
  #takeFromCommanded(): void {
    copy(this.commanded, this.#base)
    this.#base.position -= this.#over.state.position
  }

  #resume(): void {
    const { active } = this.queue
    if (active !== undefined) this.#motion(active).resume(this.#base)
  }

  #startGuard(): void {
    this.#unguarded = false
    this.#guard.start()
  }

  #motion(order: MotionOrder): Motion {
    if (order.kind === orderKind.other && order.motion !== undefined) return order.motion
    return order.kind === orderKind.rest ? this.#rest : this.#move
  }

  #failBy(error: AxisErrorNumber): RunResult {
    this.error = error
    return runResult.failed
  }

  #settle(id: number, end: CommandEndNumber): void {
    this.#outbox.put(id, end, axisError.none)
  }
}

function leadsOn(order: MotionOrder): boolean {
  return order.state === axisState.continuousMotion || order.state === axisState.synchronizedMotion
}

function copy(from: MotionState, into: MotionState): void {
  into.position = from.position
  into.velocity = from.velocity
  into.acceleration = from.acceleration
}
