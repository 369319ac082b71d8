/** Limits of a motion whose dynamics are those commanded, as far as the axis's own allow them. */
import type { Dynamics } from '../axis/dynamics.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'

/** `direction` of the motion, 1 or -1: which way is faster, and which way slower. Position limits are left alone. Cyclic. */
export function limitApproach(
  limits: KinematicLimits,
  own: KinematicLimits,
  dynamics: Dynamics,
  direction: number,
): void {
  const velocity = dynamics.velocity || Infinity
  const jerk = dynamics.jerk || Infinity
  const faster = dynamics.acceleration || Infinity
  const slower = dynamics.deceleration || Infinity
  limits.velocityMax = Math.min(own.velocityMax, velocity)
  limits.velocityMin = Math.max(own.velocityMin, -velocity)
  limits.accelerationMax = Math.min(own.accelerationMax, direction > 0 ? faster : slower)
  limits.accelerationMin = Math.max(own.accelerationMin, direction > 0 ? -slower : -faster)
  limits.jerkMax = Math.min(own.jerkMax, jerk)
  limits.jerkMin = Math.max(own.jerkMin, -jerk)
}
