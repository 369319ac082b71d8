/**
 * Looks at a motion with other eyes than the planner's: integrates its segments of constant jerk, finds the extremes of
 * acceleration, velocity and position in closed form, and compares `sample` with that everywhere.
 */
import type { AxisTrajectory } from '../../control/trajectory/axis-trajectory.ts'
import type { AxisCase, Limits, MotionInterface, State } from './trajectory-case.ts'

/** Constant jerk, unit/s^3, for some time, s. */
export type Segment = { readonly duration: number; readonly jerk: number }

/** Of any limit: so far is rounding, not excess. */
export const limitTolerance = 1e-8

/** What is wrong with a motion, as numbers: 0 is perfect. */
export type Deviations = {
  /** End state against target; each of the three by its own scale. */
  state: number
  /** `sample` against the segments, by the same scales. */
  sample: number
  /** Beyond a limit, of the limit. */
  limit: number
}

const samples = 32

/** State at the beginning of each segment, and at the end of the last one. */
export function integrate(from: State, segments: readonly Segment[]): State[] {
  const states = [from]
  let at = from
  for (const { duration, jerk } of segments) {
    at = after(at, jerk, duration)
    states.push(at)
  }
  return states
}

export function after({ position, velocity, acceleration }: State, jerk: number, t: number): State {
  return {
    position: position + velocity * t + (acceleration * t * t) / 2 + (jerk * t * t * t) / 6,
    velocity: velocity + acceleration * t + (jerk * t * t) / 2,
    acceleration: acceleration + jerk * t,
  }
}

export function segmentsOf(axis: AxisTrajectory): Segment[] {
  const { count, durations, jerks } = axis.profile
  return Array.from({ length: count }, (_, n) => ({
    duration: durations[n] as number,
    jerk: jerks[n] as number,
  }))
}

/**
 * `scales`: what an error of position, velocity and acceleration is measured by. `axis` was planned; `segments` are those
 * of its motion.
 */
export function checkMotion(
  axis: AxisTrajectory,
  segments: readonly Segment[],
  { from, to, limits }: AxisCase,
  kind: MotionInterface,
  scales: State,
): Deviations {
  const states = integrate(from, segments)
  const end = states.at(-1) as State
  const target = kind === 'position' ? to : { ...to, position: end.position }
  const found = { state: difference(end, target, scales), sample: 0, limit: 0 }
  found.limit = excess(states, segments, limits, kind)
  let t = 0
  for (const [n, { duration, jerk }] of segments.entries()) {
    const begin = states[n] as State
    // a little inside: at the switch itself either jerk is right
    const each = Math.max(1, Math.ceil(samples / segments.length))
    for (let k = 0; k <= each; k++) {
      const share = k / each
      const expected = after(begin, jerk, share * duration)
      compareSample(axis, t + share * duration, expected, scales, found)
    }
    t += duration
  }
  // beyond the end the target goes on
  const late = { ...target, acceleration: target.acceleration }
  compareSample(axis, axis.duration, late, scales, found)
  const rest = Math.max(axis.duration, 1) * 1e-3
  compareSample(axis, axis.duration + rest, after(target, 0, rest), scales, found)
  return found
}

function compareSample(
  axis: AxisTrajectory,
  time: number,
  expected: State,
  scales: State,
  found: Deviations,
): void {
  axis.time = time
  axis.sample()
  const { position, velocity, acceleration } = axis
  const off = difference({ position, velocity, acceleration }, expected, scales)
  // NaN must not pass as small
  if (!(off <= found.sample)) found.sample = off
}

export function difference(one: State, other: State, scales: State): number {
  const position = Math.abs(one.position - other.position) / scales.position
  const velocity = Math.abs(one.velocity - other.velocity) / scales.velocity
  const acceleration = Math.abs(one.acceleration - other.acceleration) / scales.acceleration
  return Math.max(position, velocity, acceleration)
}

/** How far a motion goes beyond its limits, of the limit. Where it began outside, it may be there until it is back. */
function excess(
  states: readonly State[],
  segments: readonly Segment[],
  limits: Limits,
  kind: MotionInterface,
): number {
  const inside = states.findIndex((state) => isInside(state, limits, kind))
  const back = inside < 0 ? segments.length : inside
  const start = states[0] as State
  const wide = outsideLimits(start, limits)
  let worst = 0
  for (const [n, { duration, jerk }] of segments.entries()) {
    const allowed = n < back ? wide : limits
    worst = Math.max(
      worst,
      beyond(jerk, limits.jerkMin, limits.jerkMax),
      ...extremes(states[n] as State, jerk, duration).map((state) =>
        stateExcess(state, allowed, kind),
      ),
    )
  }
  return Math.max(
    worst,
    stateExcess(
      states.at(-1) as State,
      back < segments.length || inside >= 0 ? limits : wide,
      kind,
    ),
  )
}

/** Both ends of a segment, and where acceleration or velocity are zero inside it: there are all extremes. */
export function extremes(begin: State, jerk: number, duration: number): State[] {
  const { velocity: v, acceleration: a } = begin
  const times = [0, duration]
  if (jerk !== 0) {
    times.push(-a / jerk)
    const square = a * a - 2 * jerk * v
    if (square >= 0) times.push((-a - Math.sqrt(square)) / jerk, (-a + Math.sqrt(square)) / jerk)
  } else if (a !== 0) times.push(-v / a)
  return times.filter((t) => t >= 0 && t <= duration).map((t) => after(begin, jerk, t))
}

/** From here on the limits can be kept. */
export function isInside(state: State, limits: Limits, kind: MotionInterface): boolean {
  const { velocity: v, acceleration: a } = state
  const { velocityMax, velocityMin, accelerationMax, accelerationMin, jerkMax, jerkMin } = limits
  if (beyond(a, accelerationMin, accelerationMax) > limitTolerance) return false
  if (kind === 'velocity') return true
  const next = a > 0 ? v - (a * a) / (2 * jerkMin) : v - (a * a) / (2 * jerkMax)
  return (
    beyond(v, velocityMin, velocityMax) <= limitTolerance &&
    beyond(next, velocityMin, velocityMax) <= limitTolerance
  )
}

/** What cannot be helped from `start` on: acceleration as it is, and what jerk needs to take it away. */
function outsideLimits(start: State, limits: Limits): Limits {
  const { velocity: v, acceleration: a } = start
  return {
    ...limits,
    accelerationMax: Math.max(limits.accelerationMax, a),
    accelerationMin: Math.min(limits.accelerationMin, a),
    velocityMax: Math.max(limits.velocityMax, v + (a > 0 ? (a * a) / (-2 * limits.jerkMin) : 0)),
    velocityMin: Math.min(limits.velocityMin, v - (a < 0 ? (a * a) / (2 * limits.jerkMax) : 0)),
  }
}

function stateExcess(state: State, limits: Limits, kind: MotionInterface): number {
  const { accelerationMin, accelerationMax, velocityMin, velocityMax } = limits
  const ofAcceleration = beyond(state.acceleration, accelerationMin, accelerationMax)
  if (kind === 'velocity') return ofAcceleration
  return Math.max(ofAcceleration, beyond(state.velocity, velocityMin, velocityMax))
}

/** Of the limit. */
function beyond(value: number, low: number, high: number): number {
  if (value > high) return (value - high) / Math.abs(high)
  if (value < low) return (low - value) / Math.abs(low)
  // NaN is beyond everything
  return value >= low ? 0 : Infinity
}
