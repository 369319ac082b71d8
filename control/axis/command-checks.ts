/** Why a motion command is refused beforehand. Pure; `none` (0) where nothing is wrong. */
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import { axisState, type AxisStateNumber } from './axis-state.ts'
import type { MotionLimits } from './setpoint-generator.ts'

export type AxisLimits = MotionLimits & {
  /** Unit. Beyond it the axis goes to errorStop. */
  readonly followingError: number
}

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

/** Motions whose end is standstill. */
export function endsAtRest(state: AxisStateNumber): boolean {
  return state === axisState.discreteMotion || state === axisState.stopping
}

/** As motionStateError, for what begins at standstill alone. */
export function standstillError(state: AxisStateNumber): AxisErrorNumber {
  return state === axisState.standstill ? axisError.none : stateError(state)
}

export function positionError(limits: MotionLimits, position: number): AxisErrorNumber {
  if (!Number.isFinite(position)) return axisError.argument
  return position < limits.positionMin || position > limits.positionMax
    ? axisError.positionLimit
    : axisError.none
}

/** 0 stands for the axis's own limit. */
function dynamicsError(
  limits: MotionLimits,
  velocity: number,
  acceleration: number,
  jerk: number,
): AxisErrorNumber {
  // negated comparisons, so that NaN fails them
  if (!(velocity >= 0 && acceleration >= 0 && jerk >= 0)) return axisError.argument
  if (velocity > limits.velocity) return axisError.velocityLimit
  if (acceleration > limits.acceleration) return axisError.accelerationLimit
  return jerk > limits.jerk ? axisError.jerkLimit : axisError.none
}

/** A velocity that leads out of the position limits, from a position at or beyond them. */
function directionError(limits: MotionLimits, position: number, velocity: number): AxisErrorNumber {
  const leadsOut =
    (velocity > 0 && position >= limits.positionMax) ||
    (velocity < 0 && position <= limits.positionMin)
  return leadsOut ? axisError.positionLimit : axisError.none
}

/** What is wrong with a move to a position. */
export function moveError(
  limits: MotionLimits,
  state: AxisStateNumber,
  position: number,
  velocity: number,
  acceleration: number,
  jerk: number,
): AxisErrorNumber {
  return (
    motionStateError(state) ||
    positionError(limits, position) ||
    dynamicsError(limits, velocity, acceleration, jerk)
  )
}

/** What is wrong with a move at a velocity, from `position`. */
export function speedError(
  limits: MotionLimits,
  state: AxisStateNumber,
  position: number,
  velocity: number,
  acceleration: number,
  jerk: number,
): AxisErrorNumber {
  return (
    motionStateError(state) ||
    dynamicsError(limits, Math.abs(velocity), acceleration, jerk) ||
    directionError(limits, position, velocity)
  )
}
