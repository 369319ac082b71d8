/**
 * What a target's motion has used lately: the highest and lowest velocity, acceleration and jerk, which fade towards the
 * present ones. The slave leaves that much of its limits to the target while it catches up. A way planned with what is left
 * stays possible whatever the target does within these bounds, so the slave arrives; without the reserve it would brake too
 * late for a target that swings, and circle round it.
 */
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'

/** Of the time in which the axis gets to full speed: in which a peak fades. Tried with targets that swing, leap and are too fast. */
const memory = 2
/** Of a limit: what is left for catching up at least. */
const leastShare = 1 / 8

export class TargetBounds {
  /** What is left: of velocity, acceleration and jerk seen from the target. */
  readonly left: KinematicLimits
  readonly #cycleS: number
  #velocityHigh = 0.5
  #velocityLow = 0.5
  #accelerationHigh = 0.5
  #accelerationLow = 0.5
  #jerkHigh = 0.5
  #jerkLow = 0.5
  #lastAcceleration = 0.5
  #known = false

  constructor(cycleS: number, left: KinematicLimits) {
    this.#cycleS = cycleS
    this.left = left
    this.forget()
  }

  /** Nothing is known of the target any more. */
  forget(): void {
    this.#known = false
  }

  /** Takes up the target of this cycle, and tells what is left of `limits`. Cyclic. */
  look(target: MotionState, limits: KinematicLimits): void {
    const { velocityMax, velocityMin, accelerationMax, accelerationMin, jerkMax, jerkMin } = limits
    const t = this.#cycleS
    const v = Math.min(velocityMax, Math.max(velocityMin, target.velocity))
    const a = Math.min(accelerationMax, Math.max(accelerationMin, target.acceleration))
    let jerk = this.#known ? (a - this.#lastAcceleration) / t : 0
    // a step of acceleration, which is over
    if (jerk > jerkMax || jerk < jerkMin) jerk = 0
    this.#lastAcceleration = a
    const fullSpeedS = velocityMax / accelerationMax + accelerationMax / jerkMax
    const kept = this.#known ? Math.max(0, 1 - t / (memory * fullSpeedS)) : 0
    this.#known = true
    this.#velocityHigh = v + kept * Math.max(this.#velocityHigh - v, 0)
    this.#velocityLow = v + kept * Math.min(this.#velocityLow - v, 0)
    this.#accelerationHigh = a + kept * Math.max(this.#accelerationHigh - a, 0)
    this.#accelerationLow = a + kept * Math.min(this.#accelerationLow - a, 0)
    this.#jerkHigh = jerk + kept * Math.max(this.#jerkHigh - jerk, 0)
    this.#jerkLow = jerk + kept * Math.min(this.#jerkLow - jerk, 0)
    this.#leave(limits)
  }

  #leave(limits: KinematicLimits): void {
    const { left } = this
    const { velocityMax, velocityMin, accelerationMax, accelerationMin, jerkMax, jerkMin } = limits
    left.velocityMax = Math.max(velocityMax - this.#velocityHigh, velocityMax * leastShare)
    left.velocityMin = Math.min(velocityMin - this.#velocityLow, velocityMin * leastShare)
    left.accelerationMax = Math.max(
      accelerationMax - this.#accelerationHigh,
      accelerationMax * leastShare,
    )
    left.accelerationMin = Math.min(
      accelerationMin - this.#accelerationLow,
      accelerationMin * leastShare,
    )
    left.jerkMax = Math.max(jerkMax - this.#jerkHigh, jerkMax * leastShare)
    left.jerkMin = Math.min(jerkMin - this.#jerkLow, jerkMin * leastShare)
  }
}
