/** A task for a trajectory of one or more axes, as data, and how it is given to the planner. */
import type { KinematicLimits } from '../../control/trajectory/kinematic-limits.ts'
import type { AxisTrajectory } from '../../control/trajectory/axis-trajectory.ts'

/** Unit, unit/s, unit/s^2. */
export type State = {
  readonly position: number
  readonly velocity: number
  readonly acceleration: number
}

/** As KinematicLimits of the planner. Unit/s, unit/s^2, unit/s^3, unit. */
export type Limits = Readonly<
  Pick<
    KinematicLimits,
    | 'velocityMax'
    | 'velocityMin'
    | 'accelerationMax'
    | 'accelerationMin'
    | 'jerkMax'
    | 'jerkMin'
    | 'positionMax'
    | 'positionMin'
  >
>

export type AxisCase = { readonly from: State; readonly to: State; readonly limits: Limits }

export type MotionInterface = 'position' | 'velocity'

/** The same both ways, positions without limits. */
export function symmetricLimits(velocity: number, acceleration: number, jerk: number): Limits {
  return {
    velocityMax: velocity,
    velocityMin: -velocity,
    accelerationMax: acceleration,
    accelerationMin: -acceleration,
    jerkMax: jerk,
    jerkMin: -jerk,
    positionMax: Infinity,
    positionMin: -Infinity,
  }
}

/** Sets up an axis of the planner. */
export function setUp(axis: AxisTrajectory, { from, to, limits }: AxisCase): void {
  axis.from.set(from.position, from.velocity, from.acceleration)
  axis.to.set(to.position, to.velocity, to.acceleration)
  const into = axis.limits
  into.velocityMax = limits.velocityMax
  into.velocityMin = limits.velocityMin
  into.accelerationMax = limits.accelerationMax
  into.accelerationMin = limits.accelerationMin
  into.jerkMax = limits.jerkMax
  into.jerkMin = limits.jerkMin
  into.positionMax = limits.positionMax
  into.positionMin = limits.positionMin
}
