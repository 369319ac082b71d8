/**
 * Whether one cycle is enough to get from one state of motion to another within the axis's limits: what decides that a coupled
 * slave takes its exact place, instead of a way towards it.
 *
 * Jerk may change at any time within the cycle, so acceleration, velocity and position each have some play around those of a
 * constant jerk; the formulas are those of a jerk that switches once between its limits. The state reached must also be one
 * from which velocity can stay within its limit while acceleration fades out.
 */
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'

/** Of a limit. */
const slack = 5e-10
/** Of a position: rounding of what was added up to it. */
const rounding = 4e-15

export class OneCycle {
  readonly #cycleS: number
  readonly #limits: KinematicLimits

  constructor(cycleS: number, limits: KinematicLimits) {
    this.#cycleS = cycleS
    this.#limits = limits
  }

  /** Sets the position of `to` to the one that its velocity and acceleration lead to most evenly. Cyclic. */
  lead(from: MotionState, to: MotionState): void {
    const t = this.#cycleS
    // the middle of the velocity's play is that of a constant jerk
    const mean = (from.acceleration + to.acceleration) / 2
    const strayed = to.velocity - from.velocity - t * mean
    to.position =
      from.position +
      t * (from.velocity + t * (from.acceleration / 3 + to.acceleration / 6) + strayed / 2)
  }

  /** Cyclic. */
  isEnough(from: MotionState, to: MotionState): boolean {
    const t = this.#cycleS
    const { jerkMax, jerkMin } = this.#limits
    if (!this.isLasting(to)) return false
    const middle = (jerkMax + jerkMin) / 2
    const half = (jerkMax - jerkMin) / 2
    // acceleration: -1 to 1
    const risen = to.acceleration - from.acceleration
    const play = half * t
    const share = (risen - middle * t) / play
    if (!(Math.abs(share) <= 1 + slack + (rounding * Math.abs(to.acceleration)) / play))
      return false
    const r = Math.max(-1, Math.min(1, share))
    const velocityPlay = ((play * t) / 4) * (1 - r * r + slack)
    const velocity = from.velocity + (t * (from.acceleration + to.acceleration)) / 2
    const velocitySlack = velocityPlay + rounding * (Math.abs(velocity) + play * t)
    if (!(Math.abs(to.velocity - velocity) <= velocitySlack)) return false
    const position =
      from.position + t * (from.velocity + t * (from.acceleration / 3 + to.acceleration / 6))
    const least = rounding * Math.abs(position) + slack * play * t * t
    const strayed = to.position - position
    const up = ((play * t * t) / 6) * (1 - r) * (1 - ((1 - r) * (1 - r)) / 4)
    const down = ((play * t * t) / 6) * (1 + r) * (1 - ((1 + r) * (1 + r)) / 4)
    return strayed <= up + least && strayed >= -down - least
  }

  /** Velocity and acceleration are within the limits and can stay there. Cyclic. */
  isLasting(to: MotionState): boolean {
    const { velocity: v, acceleration: a } = to
    const limits = this.#limits
    const { velocityMax, velocityMin, accelerationMax, accelerationMin } = limits
    const share = 1 + slack
    if (!(a <= accelerationMax * share && a >= accelerationMin * share)) return false
    // velocity where acceleration has faded out
    const high = a > 0 ? v - (a * a) / (2 * limits.jerkMin) : v
    const low = a < 0 ? v - (a * a) / (2 * limits.jerkMax) : v
    return high <= velocityMax * share && low >= velocityMin * share
  }
}
