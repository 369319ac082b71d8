/**
 * How fast a move passes the end of the one before it, where two are blended (PLCopen Motion Control Part 1, BufferMode): by
 * the mode, but no faster than the axis can get on the way that is left of the first, and no faster than it can brake on the
 * way of the second.
 */
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { VelocityChange } from '../trajectory/velocity-change.ts'
import { bufferMode } from './buffer-mode.ts'
import { orderKind, type MotionOrder } from './motion-order.ts'
import { takeOrderLimits } from './order-limits.ts'
import type { Override } from './override.ts'

/** Halvings until the velocity is known to 2^-40 of itself. */
const halvings = 40
/** What is held back of a way, so that rounding does not make it too short. */
const slack = 1e-9
/** By how much more than its way an axis may seem to need that was stopping within it. */
const stopSlack = 1e-6

export class PassVelocity {
  /** Where the axis is on the first move. Set before `find`. */
  readonly from = new MotionState()
  /** Found: unit/s, signed; 0 where the end is not passed. */
  velocity = 0.5
  /** Found: speed along the way at which the axis goes on when its acceleration is taken back; 0 where that leads the other way. */
  kept = 0.5
  readonly #cycleS: number
  readonly #available: KinematicLimits
  readonly #override: Override
  readonly #reach: KinematicLimits
  readonly #first = new KinematicLimits()
  readonly #second = new KinematicLimits()
  readonly #change = new VelocityChange()
  /** Of the search: unit/s and unit, not negative. */
  #speed = 0.5
  #way = 0.5

  /** `reach`: how far, and by what ramp, the axis may go on from the end of the first. */
  constructor(
    cycleS: number,
    available: KinematicLimits,
    override: Override,
    reach: KinematicLimits,
  ) {
    this.#cycleS = cycleS
    this.#reach = reach
    this.#available = available
    this.#override = override
    this.velocity = 0
    this.kept = 0
    this.#speed = 0
    this.#way = 0
  }

  /** For `first`, which goes to a position, and `second`, which comes after it. Cyclic. */
  find(first: MotionOrder, second: MotionOrder): void {
    this.velocity = 0
    const up = first.target > this.from.position
    if (first.target === this.from.position || !goesOn(first, second, up)) return
    takeOrderLimits(this.#first, first, this.#available, this.#override, up)
    takeOrderLimits(this.#second, second, this.#available, this.#override, up)
    this.#choose(second, up)
    this.#limitByStop(first, second, up)
    this.#limitByWay(first, up)
    this.velocity = up ? this.#speed : -this.#speed
  }

  #choose(second: MotionOrder, up: boolean): void {
    const first = up ? this.#first.velocityMax : -this.#first.velocityMin
    let next = up ? this.#second.velocityMax : -this.#second.velocityMin
    if (second.kind === orderKind.velocity)
      next = Math.min(next, Math.abs(second.endVelocity) * this.#override.velocity)
    const { mode } = second
    if (mode === bufferMode.blendingLow) this.#speed = Math.min(first, next)
    else if (mode === bufferMode.blendingPrevious) this.#speed = first
    else if (mode === bufferMode.blendingNext) this.#speed = next
    else this.#speed = Math.max(first, next)
  }

  /** The second move can still end where, and as fast as, it shall; a velocity in front of the position limit. */
  #limitByStop(first: MotionOrder, second: MotionOrder, up: boolean): void {
    const change = this.#change
    const { positionMax, positionMin } = this.#reach
    change.acceleration0 = 0
    this.#way = up ? positionMax - first.target : first.target - positionMin
    if (second.kind === orderKind.velocity) {
      this.#take(this.#reach)
      change.velocity1 = 0
    } else {
      this.#way = Math.min(Math.abs(second.target - first.target), this.#way)
      const end = up ? second.endVelocity : -second.endVelocity
      this.#take(this.#second)
      change.velocity1 = (up ? 1 : -1) * Math.max(end, 0)
    }
    this.#way *= 1 - slack
    change.velocity0 = up ? this.#speed : -this.#speed
    change.solve()
    if (Math.abs(change.distance) + this.#speed * this.#cycleS <= this.#way) return
    // passed as fast as the second shall end, its way is used up by nothing
    let low = Math.min(Math.abs(change.velocity1), this.#speed)
    let high = this.#speed
    for (let n = 0; n < halvings; n++) {
      const speed = (low + high) / 2
      change.velocity0 = up ? speed : -speed
      change.solve()
      // the second begins up to a cycle after the end of the first
      if (Math.abs(change.distance) + speed * this.#cycleS <= this.#way) low = speed
      else high = speed
    }
    this.#speed = low
  }

  /**
   * The first move gets that fast before its end. Above the velocity that the axis keeps when its acceleration is taken back, the
   * way to a velocity grows with it; below, one that stops in time may still be too late for anything between.
   */
  #limitByWay(first: MotionOrder, up: boolean): void {
    const { from } = this
    const change = this.#change
    const way = Math.abs(first.target - from.position)
    this.#way = way * (1 - slack)
    this.#take(this.#first)
    change.velocity0 = from.velocity
    change.acceleration0 = from.acceleration
    if (this.#isReached(up)) return
    const wanted = this.#speed
    this.findKept(from, this.#first, up)
    this.#speed = this.kept
    const canKeep = this.#isReached(up)
    this.#speed = 0
    this.#way = way * (1 + stopSlack)
    const canStop = this.#isReached(up)
    this.#way = way * (1 - slack)
    if (!canKeep || (canStop && this.kept >= wanted)) return
    // from a speed that is reached in time as near as possible to the one that is not
    let low = this.kept
    let high = wanted
    for (let n = 0; n < halvings; n++) {
      this.#speed = (low + high) / 2
      if (this.#isReached(up)) low = this.#speed
      else high = this.#speed
    }
    this.#speed = low
  }

  /** The axis can get to `#speed` within the way. */
  #isReached(up: boolean): boolean {
    const change = this.#change
    change.velocity1 = up ? this.#speed : -this.#speed
    change.solve()
    return (up ? change.distance : -change.distance) <= this.#way
  }

  /** Finds `kept`. Cyclic. */
  findKept(from: MotionState, limits: KinematicLimits, up: boolean): void {
    const { velocity: v, acceleration: a } = from
    const kept = a > 0 ? v - (a * a) / (2 * limits.jerkMin) : v - (a * a) / (2 * limits.jerkMax)
    this.kept = Math.max(up ? kept : -kept, 0)
  }

  #take(limits: KinematicLimits): void {
    const change = this.#change
    change.acceleration1 = 0
    change.accelerationMax = limits.accelerationMax
    change.accelerationMin = limits.accelerationMin
    change.riseS3 = 1 / limits.jerkMax
    change.fallS3 = -1 / limits.jerkMin
  }
}

/** The second motion goes the same way as the first. */
function goesOn(first: MotionOrder, second: MotionOrder, up: boolean): boolean {
  const ahead =
    second.kind === orderKind.velocity ? second.endVelocity : second.target - first.target
  return up ? ahead > 0 : ahead < 0
}
