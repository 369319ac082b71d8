/** What a trajectory refuses before it calculates anything. */
import type { KinematicLimits } from './kinematic-limits.ts'
import type { MotionState } from './motion-state.ts'
import { planResult, type PlanResult } from './plan-result.ts'

/** Of a limit: what rounding may put a target beyond it. */
const slack = 1e-12

export function checkTarget(
  from: MotionState,
  to: MotionState,
  limits: KinematicLimits,
): PlanResult {
  const { velocityMax, velocityMin, jerkMax, jerkMin, positionMax, positionMin } = limits
  if (!(velocityMax > 0 && velocityMax < Infinity && velocityMin < 0 && velocityMin > -Infinity))
    return planResult.limits
  if (Number.isNaN(positionMax) || Number.isNaN(positionMin)) return planResult.limits
  const result = checkVelocityTarget(from, to, limits)
  if (result !== planResult.ok) return result
  if (!Number.isFinite(to.position)) return planResult.notFinite
  const { position, velocity: v, acceleration: a } = to
  const high = velocityMax * (1 + slack)
  const low = velocityMin * (1 + slack)
  if (v > high || v < low) return planResult.targetVelocity
  // the velocity that was there when acceleration last was zero
  if (a < 0 && v - (a * a) / (2 * jerkMin) > high) return planResult.targetAcceleration
  if (a > 0 && v - (a * a) / (2 * jerkMax) < low) return planResult.targetAcceleration
  if (position > positionMax || position < positionMin) return planResult.targetPosition
  return planResult.ok
}

export function checkVelocityTarget(
  from: MotionState,
  to: MotionState,
  limits: KinematicLimits,
): PlanResult {
  const { accelerationMax, accelerationMin, jerkMax, jerkMin } = limits
  const upper =
    accelerationMax > 0 && jerkMax > 0 && accelerationMax < Infinity && jerkMax < Infinity
  const lower =
    accelerationMin < 0 && jerkMin < 0 && accelerationMin > -Infinity && jerkMin > -Infinity
  if (!(upper && lower)) return planResult.limits
  // a sum is finite when all of it is
  const sum = from.position + from.velocity + from.acceleration + to.velocity + to.acceleration
  if (!Number.isFinite(sum)) return planResult.notFinite
  if (
    to.acceleration > accelerationMax * (1 + slack) ||
    to.acceleration < accelerationMin * (1 + slack)
  )
    return planResult.targetAcceleration
  return planResult.ok
}
