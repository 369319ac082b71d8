/**
 * A motion that the axis calculates by itself: to a position, to a velocity, to rest. Calculated anew whenever something
 * changes: the override, what the axis may use, the move that is to follow.
 */
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { planResult, type PlanResult } from '../trajectory/plan-result.ts'
import { VelocityChange } from '../trajectory/velocity-change.ts'
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import { motionResult, type Motion, type MotionResult } from './motion.ts'
import { MotionOrder, orderKind } from './motion-order.ts'
import { takeOrderLimits } from './order-limits.ts'
import type { Override } from './override.ts'
import { PassVelocity } from './pass-velocity.ts'

const leg = {
  /** To what was ordered. */
  last: 0,
  /** To where the velocity is to grow beyond that of the order, because the end is passed faster. */
  before: 1,
  /** To rest, until the override is raised again. */
  pause: 2,
  /** To the velocity of the order, from a higher one. */
  slower: 3,
} as const
type Leg = (typeof leg)[keyof typeof leg]

/** A velocity is not taken for too fast by less. */
const rounding = 1e-9

export class Move implements Motion {
  /** What to do. Set before `begin`. */
  order = new MotionOrder()
  /** What blends into it. Set before `begin` or `resume`. */
  next: MotionOrder | undefined = undefined
  error: AxisErrorNumber = axisError.none

  readonly #cycleS: number
  readonly #available: KinematicLimits
  readonly #override: Override
  readonly #pass: PassVelocity
  readonly #path = new AxisTrajectory()
  readonly #change = new VelocityChange()
  #leg: Leg = leg.last
  /** A double, because a velocity may go on for ever. */
  #cycles = 0.5
  /** Of the axis along its way, also of what it may have; unit/s. A field: a double handed over may be boxed. */
  #speed = 0.5
  /** On the last way to an end that is passed faster than the way is gone. */
  #hurries = false
  /** The target was passed at the end velocity: what is left is to keep it. */
  #arrived = false

  /** `available`: what the axis may use, by now. `full`: all that it has, with its position limits. */
  constructor(
    cycleS: number,
    available: KinematicLimits,
    override: Override,
    full: KinematicLimits = available,
  ) {
    this.#cycleS = cycleS
    this.#available = available
    this.#override = override
    this.#pass = new PassVelocity(cycleS, available, override, full)
    this.#cycles = 0
    this.#speed = 0
  }

  /** By the kind of motion; `order.state` tells what the axis makes of it. */
  get state(): Motion['state'] {
    return this.order.state as Motion['state']
  }

  begin(setpoint: MotionState): void {
    this.#arrived = false
    this.resume(setpoint)
  }

  resume(setpoint: MotionState): void {
    this.#hurries = false
    this.#planFrom(setpoint)
  }

  #planFrom(setpoint: MotionState): void {
    const { from } = this.#path
    from.position = setpoint.position
    from.velocity = setpoint.velocity
    from.acceleration = setpoint.acceleration
    this.#cycles = 0
    this.error = this.#plan() === planResult.ok ? axisError.none : axisError.trajectory
  }

  step(setpoint: MotionState): MotionResult {
    if (this.error !== axisError.none) return motionResult.failed
    const path = this.#path
    this.#cycles += 1
    path.time = this.#cycles * this.#cycleS
    path.sample()
    setpoint.position = path.position
    setpoint.velocity = path.velocity
    setpoint.acceleration = path.acceleration
    if (path.time < path.duration || this.#leg === leg.pause) return motionResult.running
    if (this.#leg === leg.before || this.#leg === leg.slower) {
      this.#hurries = this.#leg === leg.before
      this.#planFrom(setpoint)
      return motionResult.running
    }
    return this.#arrive()
  }

  /** Positions are planned anew by the `resume` that follows. */
  shift(): void {}

  #arrive(): MotionResult {
    const { order } = this
    if (order.kind === orderKind.velocity) return motionResult.reached
    if (order.endVelocity === 0 || this.next?.blends === true) return motionResult.done
    this.#arrived = true
    return motionResult.reached
  }

  #plan(): PlanResult {
    const { kind } = this.order
    this.#leg = leg.last
    if (kind === orderKind.rest) return this.#planVelocity(false)
    if (this.#override.velocity === 0) {
      this.#leg = leg.pause
      return this.#planVelocity(false)
    }
    return kind === orderKind.velocity || this.#arrived
      ? this.#planVelocity(true)
      : this.#planPosition()
  }

  /** To the end velocity, or to rest. */
  #planVelocity(on: boolean): PlanResult {
    const { limits, from, to } = this.#path
    const wanted = on ? this.order.endVelocity * this.#override.velocity : 0
    const v = from.velocity
    const up = v > 0 || (v === 0 && wanted > 0)
    takeOrderLimits(limits, this.order, this.#available, this.#override, up)
    // by the end velocity, not by the one on the way there
    to.velocity = Math.min(
      Math.max(wanted, this.#available.velocityMin),
      this.#available.velocityMax,
    )
    to.acceleration = 0
    to.position = 0
    if (wanted * v < 0) this.#turn()
    return this.#path.planVelocity()
  }

  /** Through zero, where braking becomes speeding up: the lower of both limits serves for all of it. */
  #turn(): void {
    const { limits } = this.#path
    const { acceleration, deceleration } = this.order
    if (acceleration === deceleration) return
    const a = Math.min(limits.accelerationMax, -limits.accelerationMin)
    limits.accelerationMax = a
    limits.accelerationMin = -a
  }

  #planPosition(): PlanResult {
    const path = this.#path
    const { limits, from, to } = path
    const { order } = this
    const up = order.target > from.position || (order.target === from.position && from.velocity > 0)
    takeOrderLimits(limits, order, this.#available, this.#override, up)
    const end = order.endVelocity * this.#override.velocity
    to.position = order.target
    to.velocity = Math.min(Math.max(end, limits.velocityMin), limits.velocityMax)
    to.acceleration = 0
    if (this.next?.blends === true) {
      this.#findPassVelocity(this.next)
      to.velocity = this.#pass.velocity
    }
    // while it is braked as well: its velocity is above even if what it gets down to is not
    this.#pass.findKept(from, limits, up)
    this.#speed = Math.max(this.#pass.kept, up ? from.velocity : -from.velocity)
    const most = up ? limits.velocityMax : -limits.velocityMin
    if (this.#speed > most * (1 + rounding)) return this.#planTooFast(up)
    const isEndFaster = to.velocity > limits.velocityMax || to.velocity < limits.velocityMin
    return isEndFaster ? this.#planFasterEnd(up) : path.plan()
  }

  /**
   * Faster than the order allows: to its velocity first, and no further down, as planning to the target at once would go. Where
   * the way is too short for that the axis brakes for the target alone.
   */
  #planTooFast(up: boolean): PlanResult {
    const path = this.#path
    const change = this.#change
    const { from, to, limits } = path
    const ordered = up ? limits.velocityMax : limits.velocityMin
    const way = Math.abs(to.position - from.position)
    this.#takeLimits()
    change.velocity0 = from.velocity
    change.acceleration0 = from.acceleration
    change.velocity1 = ordered
    change.solve()
    const { distance } = change
    change.velocity0 = ordered
    change.acceleration0 = 0
    change.velocity1 = to.velocity
    change.solve()
    // the leg ends up to a cycle late
    if (Math.abs(distance + change.distance) + Math.abs(ordered) * this.#cycleS < way) {
      this.#leg = leg.slower
      to.velocity = ordered
      return path.planVelocity()
    }
    this.#speed = Math.max(this.#speed, Math.abs(to.velocity))
    this.#allow(up)
    return path.plan()
  }

  #takeLimits(): void {
    const change = this.#change
    const { limits } = this.#path
    change.accelerationMax = limits.accelerationMax
    change.accelerationMin = limits.accelerationMin
    change.riseS3 = 1 / limits.jerkMax
    change.fallS3 = -1 / limits.jerkMin
    change.acceleration1 = 0
  }

  #findPassVelocity(next: MotionOrder): void {
    const pass = this.#pass
    const { from } = this.#path
    pass.from.position = from.position
    pass.from.velocity = from.velocity
    pass.from.acceleration = from.acceleration
    pass.find(this.order, next)
  }

  /** The end is passed faster than the way is gone: by the velocity of the order as far as possible, then faster. */
  #planFasterEnd(up: boolean): PlanResult {
    const path = this.#path
    const { limits, from, to } = path
    const change = this.#change
    const end = to.velocity
    const cruise = up ? limits.velocityMax : limits.velocityMin
    this.#takeLimits()
    change.velocity0 = cruise
    change.acceleration0 = 0
    change.velocity1 = end
    change.solve()
    const speedingUp = change.distance
    const begin = to.position - speedingUp
    change.velocity0 = from.velocity
    change.acceleration0 = from.acceleration
    change.velocity1 = cruise
    change.solve()
    const left = begin - from.position - change.distance
    this.#speed = Math.abs(end)
    // ways that take no longer than a cycle are none: the leg ends up to a cycle late
    if (this.#hurries || left / cruise <= this.#cycleS) this.#allow(up)
    else if (speedingUp / cruise <= 2 * this.#cycleS) to.velocity = cruise
    else {
      this.#leg = leg.before
      to.position = begin
      to.velocity = cruise
    }
    return path.plan()
  }

  /** Up to `#speed`. */
  #allow(up: boolean): void {
    const { limits } = this.#path
    if (up) limits.velocityMax = this.#speed
    else limits.velocityMin = -this.#speed
  }
}
