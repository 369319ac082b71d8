/** Why a motion command is refused beforehand. Pure; `none` (0) where nothing is wrong. */
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import type { AxisLimits } from './axis-limits.ts'
import { axisState, type AxisStateNumber } from './axis-state.ts'
import { type MotionOrder, orderKind } from './motion-order.ts'

/** The error of a command that the PLCopen diagram does not know in this state. */
export function stateError(state: AxisStateNumber): AxisErrorNumber {
  return state === axisState.disabled ? axisError.disabled : axisError.state
}

export function motionStateError(state: AxisStateNumber): AxisErrorNumber {
  return state === axisState.standstill ||
    state === axisState.discreteMotion ||
    state === axisState.continuousMotion ||
    state === axisState.synchronizedMotion
    ? axisError.none
    : stateError(state)
}

/** As motionStateError, for what begins at standstill alone. */
export function standstillError(state: AxisStateNumber): AxisErrorNumber {
  return state === axisState.standstill ? axisError.none : stateError(state)
}

export function positionError(limits: AxisLimits, position: number): AxisErrorNumber {
  if (!Number.isFinite(position)) return axisError.argument
  return position < limits.positionMin || position > limits.positionMax
    ? axisError.positionLimit
    : axisError.none
}

/** 0 stands for the axis's own limit. Where the limits of both directions differ, the larger one is the measure: the motion keeps to each. */
export function dynamicsError(full: KinematicLimits, order: MotionOrder): AxisErrorNumber {
  const { velocity, acceleration, deceleration, jerk } = order
  if (velocity < 0 || acceleration < 0 || deceleration < 0 || jerk < 0) return axisError.argument
  const most = Math.max(full.accelerationMax, -full.accelerationMin)
  if (velocity > Math.max(full.velocityMax, -full.velocityMin)) return axisError.velocityLimit
  if (acceleration > most || deceleration > most) return axisError.accelerationLimit
  return jerk > Math.max(full.jerkMax, -full.jerkMin) ? axisError.jerkLimit : axisError.none
}

/** What is wrong with an order to move. `at`: where the axis is commanded to be now. */
export function orderError(
  limits: AxisLimits,
  full: KinematicLimits,
  order: MotionOrder,
  at: MotionState,
): AxisErrorNumber {
  if (!Number.isFinite(order.endVelocity) || !Number.isFinite(order.distance))
    return axisError.argument
  return (
    targetError(limits, order) ||
    dynamicsError(full, order) ||
    endVelocityError(full, order) ||
    directionError(limits, order, at)
  )
}

function targetError(limits: AxisLimits, order: MotionOrder): AxisErrorNumber {
  if (order.kind !== orderKind.position) return axisError.none
  // not known before it begins
  const { target } = order
  if (order.relative && Number.isNaN(target)) return axisError.none
  if (!Number.isFinite(target)) return axisError.argument
  const isOutside = target < limits.positionMin || target > limits.positionMax
  return isOutside ? axisError.positionLimit : axisError.none
}

function endVelocityError(full: KinematicLimits, order: MotionOrder): AxisErrorNumber {
  const { endVelocity, velocity } = order
  const most = order.kind === orderKind.position && velocity > 0 ? velocity : Infinity
  const isTooFast =
    endVelocity > full.velocityMax || endVelocity < full.velocityMin || Math.abs(endVelocity) > most
  return isTooFast ? axisError.velocityLimit : axisError.none
}

/** A velocity that leads out of the position limits, from a position at or beyond them. */
function directionError(
  limits: AxisLimits,
  order: MotionOrder,
  { position }: MotionState,
): AxisErrorNumber {
  const { endVelocity } = order
  const leadsOut =
    order.kind === orderKind.velocity &&
    ((endVelocity > 0 && position >= limits.positionMax) ||
      (endVelocity < 0 && position <= limits.positionMin))
  return leadsOut ? axisError.positionLimit : axisError.none
}
