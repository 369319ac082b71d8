/** A reference case against the planner: each axis alone, then all of them. */
import { AxisTrajectory } from '../../control/trajectory/axis-trajectory.ts'
import { planResult, type PlanResult } from '../../control/trajectory/plan-result.ts'
import { SynchronizedTrajectory } from '../../control/trajectory/synchronized-trajectory.ts'
import { checkMotion, limitTolerance, segmentsOf, type Deviations } from './check-motion.ts'
import type { ReferenceCase } from './read-cases.ts'
import { setUp, type AxisCase, type MotionInterface, type State } from './trajectory-case.ts'

/** Of the reference duration; of a state: unit, or of its size above 1. */
export const tolerance = 1e-8

export type CaseReport = {
  durationError: number
  stateError: number
  limitExcess: number
  /** Absent: the case is in order. */
  failure?: string
}

/** Planners for cases of one number of axes. */
export class CaseChecker {
  readonly #alone = new AxisTrajectory()
  readonly #together: SynchronizedTrajectory
  readonly #kind: MotionInterface

  constructor(axes: number, kind: MotionInterface) {
    this.#together = new SynchronizedTrajectory(axes)
    this.#kind = kind
  }

  check(given: ReferenceCase): CaseReport {
    const report: CaseReport = { durationError: 0, stateError: 0, limitExcess: 0 }
    for (const [n, one] of given.axes.entries()) {
      const axis = this.#alone
      setUp(axis, one)
      const result = this.#kind === 'position' ? axis.plan() : axis.planVelocity()
      const who = `axis ${n} alone`
      if (refused(result, who, report)) return report
      this.#compareDuration(axis.duration, given.alone[n] as number, who, report)
      this.#checkAxis(axis, one, who, report)
    }
    this.#checkTogether(given, report)
    return report
  }

  #checkTogether(given: ReferenceCase, report: CaseReport): void {
    const together = this.#together
    const result = this.plan(given)
    if (refused(result, `axis ${together.refusedAxis} of all`, report)) return
    this.#compareDuration(together.duration, given.duration, 'all axes', report)
    for (const [n, one] of given.axes.entries()) {
      const axis = together.axes[n] as AxisTrajectory
      if (axis.duration !== together.duration)
        report.failure ??= `axis ${n} of all takes ${axis.duration} s, all ${together.duration}`
      this.#checkAxis(axis, one, `axis ${n} of all`, report)
    }
  }

  /** What is measured: one calculation, its numbers set up before. */
  plan({ axes }: ReferenceCase): PlanResult {
    const together = this.#together
    for (const [n, axis] of together.axes.entries()) setUp(axis, axes[n] as AxisCase)
    return this.#kind === 'position' ? together.plan() : together.planVelocity()
  }

  #compareDuration(found: number, expected: number, who: string, report: CaseReport): void {
    const error = Math.abs(found - expected) / (expected === 0 ? 1 : expected)
    // NaN must not pass as small
    if (!(error <= report.durationError)) report.durationError = error
    if (!(error <= tolerance))
      report.failure ??= `${who}: duration ${found} s, expected ${expected} s`
  }

  #checkAxis(axis: AxisTrajectory, one: AxisCase, who: string, report: CaseReport): void {
    const found = checkMotion(axis, segmentsOf(axis), one, this.#kind, scalesOf(one))
    const state = Math.max(found.state, found.sample)
    if (!(state <= report.stateError)) report.stateError = state
    if (!(found.limit <= report.limitExcess)) report.limitExcess = found.limit
    if (!(state <= tolerance)) report.failure ??= `${who}: ${describe(found)}`
    if (!(found.limit <= limitTolerance)) report.failure ??= `${who}: ${describe(found)}`
  }
}

function refused(result: PlanResult, who: string, report: CaseReport): boolean {
  if (result === planResult.ok) return false
  const name = Object.entries(planResult).find(([, code]) => code === result)?.[0]
  report.failure ??= `${who}: refused, ${name ?? result}`
  return true
}

function describe({ state, sample, limit }: Deviations): string {
  return `end state off by ${state}, samples by ${sample}, limits passed by ${limit} of themselves`
}

/** Errors are absolute, unless the numbers themselves are great. */
function scalesOf({ from, to }: AxisCase): State {
  const scale = (key: keyof State) => Math.max(1, Math.abs(from[key]), Math.abs(to[key]))
  return {
    position: scale('position'),
    velocity: scale('velocity'),
    acceleration: scale('acceleration'),
  }
}
