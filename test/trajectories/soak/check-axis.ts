/** One axis of a random case, planned alone: is the motion right, and could it not have been shorter? */
import { AxisTrajectory } from '../../../control/trajectory/axis-trajectory.ts'
import { planResult, type PlanResult } from '../../../control/trajectory/plan-result.ts'
import {
  checkMotion,
  extremes,
  integrate,
  isInside,
  limitTolerance,
  segmentsOf,
  type Segment,
} from '../check-motion.ts'
import { setUp, type AxisCase, type MotionInterface, type State } from '../trajectory-case.ts'
import { refuteOptimal } from './certificate.ts'
import { isProvenImpossible } from './impossible.ts'

/** Of states, each by its own scale. */
export const stateTolerance = 1e-8
/** Of durations. */
export const timeTolerance = 1e-8
const shapelessTolerance = 1e-3
/** Of time, that a moment late in a long motion is known by. */
const timeRounding = 1e-7
/** Of what an axis can go in its time: so far distances are known. */
const distanceRounding = 1e-5
/** s. What an axis goes in it is no distance. */
const instant = 1e-10
const mostParts = 2560
const leastParts = 40

export type Tally = { state: number; limit: number; proofs: number }

/** Planning alone, kept for the next case. */
const alone = new AxisTrajectory()

export function planAlone(
  axis: AxisCase,
  kind: MotionInterface,
  minimumDuration = 0,
): { result: PlanResult; trajectory: AxisTrajectory } {
  setUp(alone, axis)
  alone.minimumDuration = minimumDuration
  const result = kind === 'position' ? alone.plan() : alone.planVelocity()
  return { result, trajectory: alone }
}

/** What is wrong with a motion that was planned for `axis`; `undefined`: nothing. */
export function findFault(
  trajectory: AxisTrajectory,
  axis: AxisCase,
  kind: MotionInterface,
  tally: Tally,
): string | undefined {
  const segments = segmentsOf(trajectory)
  const states = integrate(axis.from, segments)
  const found = checkMotion(trajectory, segments, axis, kind, scalesOf(axis, states, segments))
  tally.state = Math.max(tally.state, found.state, found.sample)
  tally.limit = Math.max(tally.limit, found.limit)
  if (!(found.state <= stateTolerance)) return `end state off by ${found.state}`
  if (!(found.sample <= stateTolerance)) return `samples off by ${found.sample}`
  // what rounding leaves of an acceleration is velocity after a long cruise
  const { velocityMax, velocityMin, accelerationMax, accelerationMin } = axis.limits
  const drift =
    (1e-15 * trajectory.duration * (accelerationMax - accelerationMin)) /
    Math.min(velocityMax, -velocityMin)
  if (!(found.limit <= limitTolerance + drift))
    return `limits passed by ${found.limit} of themselves`
  const { positionMax, positionMin } = axis.limits
  const [low, high] = positionsOf(axis, states, segments)
  // what rounding leaves of an acceleration is distance after a long cruise
  const wandered = 1e-15 * trajectory.duration ** 2 * (accelerationMax - accelerationMin)
  const slack = 1e-9 * (high - low) + 1e-11 * Math.abs(axis.from.position) + wandered
  if (
    high > Math.max(positionMax, axis.from.position) + slack ||
    low < Math.min(positionMin, axis.from.position) - slack
  )
    return `positions from ${low} to ${high}, limits ${positionMin} to ${positionMax}`
  return undefined
}

/** Of a motion planned without regard to positions. */
export function passesPositions(axis: AxisCase, kind: MotionInterface): boolean {
  const limits = { ...axis.limits, positionMax: Infinity, positionMin: -Infinity }
  const { result, trajectory } = planAlone({ ...axis, limits }, kind)
  if (result !== planResult.ok) return false
  const segments = segmentsOf(trajectory)
  const [low, high] = positionsOf(axis, integrate(axis.from, segments), segments)
  return high > axis.limits.positionMax || low < axis.limits.positionMin
}

/**
 * Why a motion that was planned alone might not be the shortest; `undefined`: it is. A little shorter is refuted by the
 * certificate, much shorter by the proof of impossibility, which takes its time: `share` of the duration is tried.
 */
export function findShorter(
  axis: AxisCase,
  segments: readonly Segment[],
  kind: MotionInterface,
  share: number | undefined,
  tally: Tally,
): string | undefined {
  const states = integrate(axis.from, segments)
  const inside = states.findIndex((state) => isInside(state, axis.limits, kind))
  // a target on a limit of velocity, on its way beyond: only what comes before it would have to be inside
  if (inside < 0) return undefined
  const begin = states[inside] as State
  const rest = segments.slice(inside)
  const shape = refuteOptimal({ from: begin, limits: axis.limits }, rest, kind)
  const duration = rest.reduce((sum, segment) => sum + segment.duration, 0)
  const from = { ...axis, from: begin }
  // hardly longer than the change of velocity alone, rounding decides what distances there are, and so the shape
  if (shape !== undefined && !isProven(from, duration * (1 - shapelessTolerance)))
    return `not an extremal motion: ${shape}`
  if (share === undefined || duration === 0 || kind === 'velocity') return undefined
  tally.proofs++
  // short ramps in a long motion may be too fine for the proof: a little less is then tried
  for (const part of [share, share * 0.95, share * 0.8])
    if (isProven(from, part * duration)) return undefined
  return `not proven that ${share * 0.8} of ${duration} s do not suffice`
}

function isProven(axis: AxisCase, duration: number): boolean {
  for (let parts = leastParts; parts <= mostParts; parts *= 2)
    if (isProvenImpossible(axis, duration, parts)) return true
  return false
}

/** Errors of rounding grow with these: the greatest values, and how fast they change in what time cannot tell. */
function scalesOf(
  { to, limits }: AxisCase,
  states: readonly State[],
  segments: readonly Segment[],
): State {
  let [position, velocity, acceleration, jerk] = [
    Math.abs(to.position),
    Math.abs(to.velocity),
    Math.abs(to.acceleration),
    0,
  ]
  let total = 0
  const all = segments.flatMap(({ duration, jerk: push }, n) =>
    extremes(states[n] as State, push, duration),
  )
  for (const state of [...all, ...states]) {
    position = Math.max(position, Math.abs(state.position))
    velocity = Math.max(velocity, Math.abs(state.velocity))
    acceleration = Math.max(acceleration, Math.abs(state.acceleration))
  }
  for (const segment of segments) {
    jerk = Math.max(jerk, Math.abs(segment.jerk))
    total += segment.duration
  }
  const moment = timeRounding * total
  // of a limit: less is nothing
  const least = 5e-6
  const tiny = Number.MIN_VALUE * 1e20
  return {
    position:
      position +
      (moment + total * distanceRounding) * (velocity + limits.velocityMax) +
      moment * total * acceleration +
      instant * limits.velocityMax +
      tiny,
    velocity:
      velocity + least * (limits.velocityMax - limits.velocityMin) + moment * acceleration + tiny,
    acceleration: acceleration + least * limits.accelerationMax + moment * jerk + tiny,
  }
}

function positionsOf(
  { from }: AxisCase,
  states: readonly State[],
  segments: readonly Segment[],
): [low: number, high: number] {
  let [low, high] = [from.position, from.position]
  for (const [n, { duration, jerk }] of segments.entries())
    for (const { position } of extremes(states[n] as State, jerk, duration)) {
      low = Math.min(low, position)
      high = Math.max(high, position)
    }
  return [low, high]
}
