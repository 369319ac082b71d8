/**
 * A motion laid over another one (MC_MoveSuperimposed). Both together keep the axis's limits because they share them: what is
 * laid over gets what it asks for, as far as the motion below leaves it, and half of each limit at least; the motion below gets the rest.
 * It begins when the motion below has made room.
 */
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { Move } from './move.ts'
import { motionResult, type MotionResult } from './motion.ts'
import { MotionOrder, orderKind } from './motion-order.ts'
import type { Override } from './override.ts'

const phase = { off: 0, waits: 1, moves: 2 } as const
type Phase = (typeof phase)[keyof typeof phase]

/** A motion below that uses its limits to the full is beyond them by rounding. */
const rounding = 1e-9

/** Of each limit: a motion below that stands still needs no more than a little. */
const mostShare = 0.95

export class Superposition {
  /** What is laid over: unit counted from the motion below, unit/s, unit/s^2. */
  readonly state = new MotionState()
  /** The command; 0: none, or settled. */
  id = 0
  /** What is left for the motion below. */
  readonly available: KinematicLimits
  readonly #full: KinematicLimits
  readonly #share = new KinematicLimits()
  readonly #order = new MotionOrder()
  readonly #move: Move
  #phase: Phase = phase.off

  /** `full`: limits of the axis; `available`: to be kept as what is left of them. */
  constructor(
    cycleS: number,
    full: KinematicLimits,
    available: KinematicLimits,
    override: Override,
  ) {
    this.#full = full
    this.available = available
    this.#move = new Move(cycleS, this.#share, override)
    this.#move.order = this.#order
    this.#order.kind = orderKind.position
    this.#makeRoom(0)
  }

  get isActive(): boolean {
    return this.#phase !== phase.off
  }

  get isMoving(): boolean {
    return this.state.velocity !== 0 || this.state.acceleration !== 0
  }

  /** `wish`: distance and dynamics, in place of those before. `below`: what runs, if anything; it is to be resumed. */
  begin(wish: MotionOrder, below: MotionOrder | undefined): void {
    const order = this.#order
    const was = this.isActive
    order.copy(wish)
    order.kind = orderKind.position
    order.target = this.state.position + wish.distance
    order.endVelocity = 0
    this.id = wish.id
    this.#takeShare(wish, below, was)
    this.#makeRoom(1)
    this.#phase = phase.waits
  }

  /** To rest, within its share. The order becomes `id`'s. */
  halt(id: number): void {
    this.id = id
    this.#order.kind = orderKind.rest
    if (this.#phase === phase.moves) this.#move.resume(this.state)
  }

  /** Gives all limits back to the motion below, which is to be resumed. The offset stays. */
  end(): void {
    this.#phase = phase.off
    this.id = 0
    this.state.velocity = 0
    this.state.acceleration = 0
    this.#makeRoom(0)
  }

  /** The offset has become part of the motion below. */
  clear(): void {
    this.end()
    this.state.position = 0
  }

  /** The override has changed. */
  resume(): void {
    if (this.#phase === phase.moves) this.#move.resume(this.state)
  }

  /** A cycle on. `below`: the setpoint of the motion below. done: it has arrived and stands. Cyclic. */
  step(below: MotionState): MotionResult {
    if (this.#phase === phase.waits) {
      const stands = this.state.velocity === 0 && this.state.acceleration === 0
      if (stands && this.#order.kind === orderKind.rest) return motionResult.done
      if (!this.#fits(below)) {
        // the one laid over before goes on within the share that it had
        if (!stands) this.#move.step(this.state)
        return motionResult.running
      }
      this.#move.begin(this.state)
      this.#phase = phase.moves
    }
    return this.#move.step(this.state)
  }

  /** The motion below keeps to what is left for it, also while it takes its acceleration back. */
  #fits(below: MotionState): boolean {
    const { velocityMax, velocityMin, accelerationMax, accelerationMin, jerkMax, jerkMin } =
      this.available
    const v = below.velocity
    const a = below.acceleration
    const slack = 1 + rounding
    const after = a > 0 ? v - (a * a) / (2 * jerkMin) : v - (a * a) / (2 * jerkMax)
    return (
      a <= accelerationMax * slack &&
      a >= accelerationMin * slack &&
      v <= velocityMax * slack &&
      v >= velocityMin * slack &&
      after <= velocityMax * slack &&
      after >= velocityMin * slack
    )
  }

  #takeShare(wish: MotionOrder, below: MotionOrder | undefined, keeps: boolean): void {
    const full = this.#full
    const share = this.#share
    const kept = keeps ? 1 : 0
    // 0: nothing runs below; a motion that is not the axis's own may use all of it
    let v = 0
    let a = 0
    let j = 0
    if (below !== undefined) {
      const own = below.kind !== orderKind.other
      const speed = below.kind === orderKind.velocity ? Math.abs(below.endVelocity) : below.velocity
      v = (own && speed) || Infinity
      a =
        (own && below.deceleration && Math.max(below.acceleration, below.deceleration)) || Infinity
      j = (own && below.jerk) || Infinity
    }
    const { velocity, jerk } = wish
    const acceleration = wish.deceleration && Math.max(wish.acceleration, wish.deceleration)
    share.velocityMax = part(velocity, full.velocityMax, v, kept * share.velocityMax)
    share.velocityMin = -part(velocity, -full.velocityMin, v, -kept * share.velocityMin)
    share.accelerationMax = part(
      acceleration,
      full.accelerationMax,
      a,
      kept * share.accelerationMax,
    )
    share.accelerationMin = -part(
      acceleration,
      -full.accelerationMin,
      a,
      -kept * share.accelerationMin,
    )
    share.jerkMax = part(jerk, full.jerkMax, j, kept * share.jerkMax)
    share.jerkMin = -part(jerk, -full.jerkMin, j, -kept * share.jerkMin)
  }

  #makeRoom(on: 0 | 1): void {
    const full = this.#full
    const share = this.#share
    const left = this.available
    left.velocityMax = full.velocityMax - on * share.velocityMax
    left.velocityMin = full.velocityMin - on * share.velocityMin
    left.accelerationMax = full.accelerationMax - on * share.accelerationMax
    left.accelerationMin = full.accelerationMin - on * share.accelerationMin
    left.jerkMax = full.jerkMax - on * share.jerkMax
    left.jerkMin = full.jerkMin - on * share.jerkMin
  }
}

/** Of one limit: the wish (0: as much as there is), as far as the motion below leaves it; not less than what is held already. */
function part(wish: number, full: number, below: number, held: number): number {
  const left = Math.min(Math.max(full - below, full / 2), full * mostShare)
  return Math.max(Math.min(wish || left, left), held)
}
