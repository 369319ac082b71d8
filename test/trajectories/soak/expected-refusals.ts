/** With what a planner may refuse an axis: targets beyond a limit, or such as no motion within the limits leads to. */
import { planResult, type PlanResult } from '../../../control/trajectory/plan-result.ts'
import type { AxisCase, MotionInterface } from '../trajectory-case.ts'

/** Of a limit: on the border both answers are right. */
const near = 1e-9

export function expectedRefusals({ to, limits }: AxisCase, kind: MotionInterface): PlanResult[] {
  const { position, velocity: v, acceleration: a } = to
  const { velocityMax, velocityMin, accelerationMax, accelerationMin, jerkMax, jerkMin } = limits
  const refusals: PlanResult[] = []
  const inner = 1 - near
  if (a > accelerationMax * inner || a < accelerationMin * inner)
    refusals.push(planResult.targetAcceleration)
  if (kind === 'velocity') return refusals
  if (v > velocityMax * inner || v < velocityMin * inner) refusals.push(planResult.targetVelocity)
  // the velocity of the moment in which acceleration was zero
  const before = a > 0 ? v - (a * a) / (2 * jerkMax) : v - (a * a) / (2 * jerkMin)
  if (before > velocityMax * inner || before < velocityMin * inner)
    refusals.push(planResult.targetAcceleration)
  if (position > limits.positionMax || position < limits.positionMin)
    refusals.push(planResult.targetPosition)
  return refusals
}
