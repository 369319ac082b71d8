/** What an axis may do, as its owner states it. */
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { FollowingErrorOptions } from '../mechanics/following-error.ts'

/** Seconds, all of them; left out: 0. */
export type AxisFollowing = {
  readonly [option in Exclude<keyof FollowingErrorOptions, 'window'>]?: number | undefined
}

export type AxisLimits = {
  /** Unit. */
  readonly positionMin: number
  readonly positionMax: number
  /** Unit/s. */
  readonly velocity: number
  /** Unit/s^2. */
  readonly acceleration: number
  /** Unit/s^3. */
  readonly jerk: number
  /** The size of the limit on the negative side, where it is another one. An acceleration upwards is positive, whatever the speed does. */
  readonly velocityNegative?: number | undefined
  readonly accelerationNegative?: number | undefined
  readonly jerkNegative?: number | undefined
  /** Unit. Beyond it the axis goes to errorStop. */
  readonly followingError: number
  /** What of the following error is no fault. */
  readonly following?: AxisFollowing | undefined
}

/** Not for trajectories as it stands: they leave positions to the axis's guard. */
export function kinematicLimits(limits: AxisLimits): KinematicLimits {
  const kinematic = new KinematicLimits()
  kinematic.set(limits.velocity, limits.acceleration, limits.jerk)
  kinematic.velocityMin = -(limits.velocityNegative ?? limits.velocity)
  kinematic.accelerationMin = -(limits.accelerationNegative ?? limits.acceleration)
  kinematic.jerkMin = -(limits.jerkNegative ?? limits.jerk)
  kinematic.positionMax = limits.positionMax
  kinematic.positionMin = limits.positionMin
  return kinematic
}
