/** Limits of a motion whose dynamics are those commanded, as far as the axis's own allow them. */
import type { Dynamics } from '../axis/dynamics.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'

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

/**
 * A motion comes with its acceleration: where the commanded jerk would take it back only after the velocity has passed the
 * axis's limit, the axis's own jerk is taken. Cyclic.
 */
export function keepVelocityLimit(
  limits: KinematicLimits,
  own: KinematicLimits,
  { velocity, acceleration }: MotionState,
): void {
  const faded = (acceleration * acceleration) / 2
  const high = acceleration > 0 ? velocity - faded / limits.jerkMin : velocity
  const low = acceleration < 0 ? velocity - faded / limits.jerkMax : velocity
  if (high <= own.velocityMax && low >= own.velocityMin) return
  limits.jerkMax = own.jerkMax
  limits.jerkMin = own.jerkMin
}

/** Dynamics that limits can be made of: 0 and NaN stand for the axis's own. Not cyclic. */
export function areDynamics({ velocity, acceleration, deceleration, jerk }: Dynamics): boolean {
  return !(velocity < 0 || acceleration < 0 || deceleration < 0 || jerk < 0)
}
