/**
 * The commands by which an axis moves by itself: function blocks of PLCopen Motion Control Part 1.
 *
 * Each takes an `id` (not 0), which comes back once in `settlements`. It returns false when the outbox is full: then nothing was
 * done, to be tried again later. What a command asks for is copied; how fast, in `dynamics`, 0 or NaN standing for the axis's own
 * limit; when, in `mode`. Commands may be given in the cycle, but not in every one: a number handed over may be boxed on the heap.
 */
import { AxisCore } from './axis-core.ts'
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import { axisState, type AxisStateNumber } from './axis-state.ts'
import { bufferMode, type BufferMode } from './buffer-mode.ts'
import * as check from './command-checks.ts'
import { type Dynamics, ownDynamics } from './dynamics.ts'
import { type MotionOrder, type OrderKind, orderKind } from './motion-order.ts'

export class AxisMoves extends AxisCore {
  /** MC_MoveAbsolute. */
  moveAbsolute(
    id: number,
    position: number,
    dynamics: Readonly<Dynamics> = ownDynamics,
    mode: BufferMode = bufferMode.aborting,
  ): boolean {
    const draft = this.prepare(id, orderKind.position, axisState.discreteMotion, mode, dynamics)
    draft.target = position
    return this.#submit()
  }

  /** MC_MoveRelative: from the position commanded at this moment; a buffered one from where the motion before it ends. */
  moveRelative(
    id: number,
    distance: number,
    dynamics: Readonly<Dynamics> = ownDynamics,
    mode: BufferMode = bufferMode.aborting,
  ): boolean {
    const draft = this.prepare(id, orderKind.position, axisState.discreteMotion, mode, dynamics)
    draft.distance = distance
    this.#countOn(draft)
    return this.#submit()
  }

  /** MC_MoveAdditive: from the target of the move under way; where none is, as moveRelative. */
  moveAdditive(
    id: number,
    distance: number,
    dynamics: Readonly<Dynamics> = ownDynamics,
    mode: BufferMode = bufferMode.aborting,
  ): boolean {
    const draft = this.prepare(id, orderKind.position, axisState.discreteMotion, mode, dynamics)
    const { active } = this.runner
    const adds = mode === bufferMode.aborting && this.state === axisState.discreteMotion
    draft.distance = distance
    this.#countOn(draft)
    if (adds && active?.kind === orderKind.position) draft.target = active.target + distance
    return this.#submit()
  }

  /** MC_MoveVelocity, signed: done when the velocity is reached, and the axis goes on. The velocity of `dynamics` is not used. */
  moveVelocity(
    id: number,
    velocity: number,
    dynamics: Readonly<Dynamics> = ownDynamics,
    mode: BufferMode = bufferMode.aborting,
  ): boolean {
    const draft = this.prepare(id, orderKind.velocity, axisState.continuousMotion, mode, dynamics)
    draft.velocity = 0
    draft.endVelocity = velocity
    return this.#submit()
  }

  /** MC_MoveContinuousAbsolute: done at `position` with `endVelocity` (signed), and the axis goes on with it. */
  moveContinuousAbsolute(
    id: number,
    position: number,
    endVelocity: number,
    dynamics: Readonly<Dynamics> = ownDynamics,
    mode: BufferMode = bufferMode.aborting,
  ): boolean {
    const draft = this.prepare(id, orderKind.position, axisState.continuousMotion, mode, dynamics)
    draft.target = position
    draft.endVelocity = endVelocity
    return this.#submit()
  }

  /** MC_MoveContinuousRelative, counted as in moveRelative. */
  moveContinuousRelative(
    id: number,
    distance: number,
    endVelocity: number,
    dynamics: Readonly<Dynamics> = ownDynamics,
    mode: BufferMode = bufferMode.aborting,
  ): boolean {
    const draft = this.prepare(id, orderKind.position, axisState.continuousMotion, mode, dynamics)
    draft.distance = distance
    this.#countOn(draft)
    draft.endVelocity = endVelocity
    return this.#submit()
  }

  /**
   * MC_MoveSuperimposed: a way laid over what runs, whose state it does not change; the velocity of `dynamics` is that of the
   * difference. At standstill it is a moveRelative. Done when the way is gone.
   */
  moveSuperimposed(
    id: number,
    distance: number,
    dynamics: Readonly<Dynamics> = ownDynamics,
  ): boolean {
    if (this.state === axisState.standstill) return this.moveRelative(id, distance, dynamics)
    if (!this.open.hasRoom) return false
    const draft = this.prepare(
      id,
      orderKind.position,
      axisState.discreteMotion,
      bufferMode.aborting,
      dynamics,
    )
    draft.relative = true
    draft.distance = distance
    const error = this.#superimposedError(draft)
    if (error !== axisError.none) return this.open.refuse(id, error)
    this.runner.superimpose(draft)
    return true
  }

  /** MC_HaltSuperimposed: what is laid over comes to rest, what runs below goes on. */
  haltSuperimposed(id: number): boolean {
    if (!this.open.hasRoom) return false
    this.runner.haltSuperimposed(id)
    return true
  }

  /** MC_Halt: to rest, by the deceleration and jerk of `dynamics`; any later motion may take over. */
  halt(
    id: number,
    dynamics: Readonly<Dynamics> = ownDynamics,
    mode: BufferMode = bufferMode.aborting,
  ): boolean {
    if (!this.open.hasRoom) return false
    const draft = this.prepare(id, orderKind.rest, axisState.discreteMotion, mode, dynamics)
    const error = this.motionError(draft) || check.dynamicsError(this.runner.full, draft)
    if (error !== axisError.none) return this.open.refuse(id, error)
    if (this.state === axisState.standstill) return this.open.settle(id)
    if (mode !== bufferMode.aborting) return this.give()
    this.rest()
    return true
  }

  /** MC_Stop: to rest, by the deceleration and jerk of `dynamics`; no motion may take over. A second one takes the place of the first. */
  stop(id: number, dynamics: Readonly<Dynamics> = ownDynamics): boolean {
    if (!this.open.hasRoom) return false
    const stopped = this.state === axisState.disabled || this.state === axisState.errorStop
    if (stopped) return this.open.refuse(id, check.stateError(this.state))
    const draft = this.prepare(
      id,
      orderKind.rest,
      axisState.stopping,
      bufferMode.aborting,
      dynamics,
    )
    const error = check.dynamicsError(this.runner.full, draft)
    if (error !== axisError.none) return this.open.refuse(id, error)
    this.rest()
    return true
  }

  protected prepare(
    id: number,
    kind: OrderKind,
    state: AxisStateNumber,
    mode: BufferMode,
    dynamics: Readonly<Dynamics> = ownDynamics,
  ): MotionOrder {
    const { draft } = this
    draft.become(id, kind, state, mode)
    draft.take(dynamics)
    return draft
  }

  /** From where the axis is, or from the end of what it waits for, as far as that is known. */
  #countOn(draft: MotionOrder): void {
    const { last } = this.runner.queue
    draft.relative = true
    if (last === undefined || draft.mode === bufferMode.aborting)
      draft.target = this.commanded.position + draft.distance
    // one that was reached already went on from its target
    else if (last.kind === orderKind.position && last.id !== 0)
      draft.target = last.target + draft.distance
  }

  #submit(): boolean {
    if (!this.open.hasRoom) return false
    const { draft } = this
    const error =
      this.motionError(draft) || check.orderError(this.own, this.runner.full, draft, this.commanded)
    return error === axisError.none ? this.give() : this.open.refuse(draft.id, error)
  }

  protected motionError(draft: MotionOrder): AxisErrorNumber {
    const error = check.motionStateError(this.state)
    if (error !== axisError.none || draft.mode === bufferMode.aborting) return error
    const { queue } = this.runner
    if (queue.isFull) return axisError.queue
    if (draft.motion === undefined) return axisError.none
    // a motion is one object: it cannot wait for itself
    for (let n = 0; n < queue.count; n++)
      if (queue.at(n).motion === draft.motion) return axisError.state
    return axisError.none
  }

  #superimposedError(draft: MotionOrder): AxisErrorNumber {
    const state = check.motionStateError(this.state)
    if (state !== axisError.none) return state
    const { active } = this.runner
    // a stop takes all limits; a setpoint from elsewhere knows none
    const fits = active === undefined || (active.guarded && active.kind !== orderKind.rest)
    if (!fits || this.lead.on) return axisError.state
    if (!Number.isFinite(draft.distance)) return axisError.argument
    const error = check.dynamicsError(this.runner.full, draft)
    if (error !== axisError.none || active?.kind !== orderKind.position) return error
    return check.positionError(this.own, active.target + draft.distance)
  }

  /** The draft has passed. */
  protected give(): true {
    const { draft, runner } = this
    runner.add(draft)
    if (runner.queue.count > 1) return true
    this.state = draft.state
    if (draft.motion !== this.torque) this.lead.end()
    return true
  }
}
