/** The limits of a trajectory: what was ordered, by the override, and never more than the axis has to give. */
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionOrder } from './motion-order.ts'
import type { Override } from './override.ts'

/**
 * `up`: the motion goes upward, so that its acceleration is positive and its deceleration negative. `available`: what the axis
 * may use now. Cyclic.
 */
export function takeOrderLimits(
  into: KinematicLimits,
  order: MotionOrder,
  available: KinematicLimits,
  override: Override,
  up: boolean,
): void {
  const { velocity, jerk } = order
  const rise = up ? order.acceleration : order.deceleration
  const fall = up ? order.deceleration : order.acceleration
  const { velocityMax, velocityMin, accelerationMax, accelerationMin, jerkMax, jerkMin } = available
  into.velocityMax = Math.min((velocity || velocityMax) * override.velocity, velocityMax)
  into.velocityMin = -Math.min((velocity || -velocityMin) * override.velocity, -velocityMin)
  const a = override.acceleration
  into.accelerationMax = Math.min((rise || accelerationMax) * a, accelerationMax)
  into.accelerationMin = -Math.min((fall || -accelerationMin) * a, -accelerationMin)
  into.jerkMax = Math.min((jerk || jerkMax) * override.jerk, jerkMax)
  into.jerkMin = -Math.min((jerk || -jerkMin) * override.jerk, -jerkMin)
}
