/** A random case against everything that is known about its answer without the planner. */
import type { AxisTrajectory } from '../../../control/trajectory/axis-trajectory.ts'
import { planResult, type PlanResult } from '../../../control/trajectory/plan-result.ts'
import {
  SynchronizedTrajectory,
  synchronization,
} from '../../../control/trajectory/synchronized-trajectory.ts'
import { segmentsOf } from '../check-motion.ts'
import { setUp, type AxisCase, type MotionInterface } from '../trajectory-case.ts'
import { fastestChange } from './certificate.ts'
import {
  findFault,
  findShorter,
  passesPositions,
  planAlone,
  stateTolerance,
  timeTolerance,
  type Tally,
} from './check-axis.ts'
import { expectedRefusals } from './expected-refusals.ts'
import { findLineFault, pathOf } from './straight-line.ts'
import type { RandomCase } from './random-case.ts'

export type Verdict = { readonly outcome: string; readonly failure: string | undefined }

/** One for each number of axes. */
const planners = new Map<number, SynchronizedTrajectory>()

/** `share`: of the shortest durations, that is tried to be proven impossible; `undefined`: without these proofs, which take long. */
export function checkRandom(given: RandomCase, share: number | undefined, tally: Tally): Verdict {
  const planner = planners.get(given.axes.length) ?? new SynchronizedTrajectory(given.axes.length)
  planners.set(given.axes.length, planner)
  const result = plan(planner, given)
  const outcome = `${given.kind}: ${nameOf(result)}${planner.inPhase && result === planResult.ok ? ' in phase' : ''}`
  const failure =
    result === planResult.ok
      ? checkPlanned(planner, given, share, tally)
      : checkRefused(planner, given, result)
  return { outcome, failure }
}

function plan(planner: SynchronizedTrajectory, given: RandomCase): PlanResult {
  planner.synchronization = given.synchronization
  planner.minimumDuration = given.minimumDuration
  planner.cycle = given.cycle
  for (const [n, axis] of planner.axes.entries()) setUp(axis, given.axes[n] as AxisCase)
  return given.kind === 'position' ? planner.plan() : planner.planVelocity()
}

function nameOf(result: PlanResult): string {
  return Object.entries(planResult).find(([, code]) => code === result)?.[0] ?? String(result)
}

function checkRefused(
  { refusedAxis }: SynchronizedTrajectory,
  { axes, kind, synchronization: wish, shares, minimumDuration, cycle }: RandomCase,
  result: PlanResult,
): string | undefined {
  const told = `refused: ${nameOf(result)}, axis ${refusedAxis}`
  if (result === planResult.notInPhase)
    return wish === synchronization.phase && shares === undefined ? undefined : told
  const whole = shares === undefined ? axes : [...axes, pathOf(axes, shares)]
  const suspects = refusedAxis < 0 ? whole : axes.slice(refusedAxis, refusedAxis + 1)
  const known = suspects.some(
    (axis) =>
      expectedRefusals(axis, kind).includes(result) ||
      // a limit that the fastest motion keeps may still be passed by a longer one
      (result === planResult.positionLimit &&
        hasPositions(axis) &&
        (axes.length > 1 || minimumDuration > 0 || cycle > 0 || passesPositions(axis, kind))),
  )
  return known ? undefined : told
}

function hasPositions({ limits }: AxisCase): boolean {
  return limits.positionMax < Infinity
}

function checkPlanned(
  planner: SynchronizedTrajectory,
  given: RandomCase,
  share: number | undefined,
  tally: Tally,
): string | undefined {
  const { axes, kind, minimumDuration, cycle, possible } = given
  const { duration } = planner
  if (!(duration >= minimumDuration * (1 - timeTolerance)))
    return `duration ${duration} s, at least ${minimumDuration} s was asked for`
  if (cycle > 0 && given.synchronization !== synchronization.none && !isWhole(duration / cycle))
    return `duration ${duration} s is not a multiple of ${cycle} s`
  if (planner.inPhase) return findLineFault(planner, given, tally)
  let latest = minimumDuration
  for (const [n, one] of axes.entries()) {
    const axis = planner.axes[n] as AxisTrajectory
    const fault = findFault(axis, one, kind, tally)
    if (fault !== undefined) return `axis ${n}: ${fault}`
    if (given.synchronization !== synchronization.none && axis.duration !== duration)
      return `axis ${n} takes ${axis.duration} s, all ${duration} s`
    const free = withoutPositions(one)
    const { result, trajectory } = planAlone(free, kind)
    if (result !== planResult.ok) return `axis ${n} alone: refused: ${nameOf(result)}`
    latest = Math.max(latest, trajectory.duration)
    const lone = findFault(trajectory, free, kind, tally)
    if (lone !== undefined) return `axis ${n} alone: ${lone}`
    const shorter = findShorter(free, segmentsOf(trajectory), kind, share, tally)
    if (shorter !== undefined) return `axis ${n} alone: ${shorter}`
    const late = possible === undefined ? undefined : findLate(free, possible, kind, tally)
    if (late !== undefined) return `axis ${n}: ${late}`
  }
  if (!(duration >= latest * (1 - timeTolerance)))
    return `duration ${duration} s, the slowest axis alone needs ${latest} s`
  if (cycle > 0) return undefined
  if (duration > latest * (1 + timeTolerance) && !isBlocked(planner, given, tally))
    return `duration ${duration} s, no axis needs more than ${latest} s`
  if (
    possible !== undefined &&
    duration > Math.max(possible, minimumDuration) * (1 + timeTolerance) &&
    minimumDuration <= possible
  )
    return `duration ${duration} s, ${possible} s are possible`
  return undefined
}

/** Is there an axis that cannot do with a little less than all take, though it could with much less? */
function isBlocked(
  { axes }: SynchronizedTrajectory,
  { axes: given, kind }: RandomCase,
  tally: Tally,
): boolean {
  return axes.some(
    (axis, n) =>
      findShorter(given[n] as AxisCase, segmentsOf(axis), kind, undefined, tally) === undefined,
  )
}

/** Of the duration of a change of velocity alone: nearer than this, rounding decides whether a time suffices. */
const changeTolerance = 1e-4

/** The motion by which the target was made takes `possible`: so does the planner. */
function findLate(
  axis: AxisCase,
  possible: number,
  kind: MotionInterface,
  tally: Tally,
): string | undefined {
  const { from, to, limits } = axis
  if (possible <= fastestChange(from, to, limits) * (1 + changeTolerance)) return undefined
  const { result, trajectory } = planAlone(axis, kind, possible)
  if (result !== planResult.ok) return `refused in ${possible} s: ${nameOf(result)}`
  if (!(Math.abs(trajectory.duration - possible) <= timeTolerance * possible))
    return `takes ${trajectory.duration} s, ${possible} s are possible`
  const fault = findFault(trajectory, axis, kind, tally)
  return fault === undefined ? undefined : `in ${possible} s: ${fault}`
}

function withoutPositions(axis: AxisCase): AxisCase {
  return { ...axis, limits: { ...axis.limits, positionMax: Infinity, positionMin: -Infinity } }
}

function isWhole(cycles: number): boolean {
  return Math.abs(cycles - Math.round(cycles)) <= stateTolerance * Math.max(1, cycles)
}
