/** Axes in phase: each must do its share of one motion, and that must be the fastest one that all limits allow. */
import type { AxisTrajectory } from '../../../control/trajectory/axis-trajectory.ts'
import { planResult } from '../../../control/trajectory/plan-result.ts'
import type { SynchronizedTrajectory } from '../../../control/trajectory/synchronized-trajectory.ts'
import { extremes, integrate, segmentsOf } from '../check-motion.ts'
import type { AxisCase, Limits, MotionInterface, State } from '../trajectory-case.ts'
import { findFault, findShorter, planAlone, type Tally } from './check-axis.ts'
import type { RandomCase } from './random-case.ts'

const samples = 40
/** Two ways to calculate one motion; the velocity to cruise at, near the shortest duration, is known to half the digits. */
const tolerance = 1e-6
/** s. */
const nothing = 1e-10

/** `undefined`: the plan, which is in phase, is right. */
export function findLineFault(
  planner: SynchronizedTrajectory,
  { axes, kind, shares, minimumDuration, cycle }: RandomCase,
  tally: Tally,
): string | undefined {
  if (shares === undefined) return areOnLine(axes, kind) ? undefined : 'in phase, but not on a line'
  const path = pathOf(axes, shares)
  const { result, trajectory } = planAlone(path, kind)
  if (result !== planResult.ok) return `the path alone is refused: ${result}`
  const fault = findFault(trajectory, path, kind, tally)
  if (fault !== undefined) return `the path alone: ${fault}`
  const shorter = findShorter(path, segmentsOf(trajectory), kind, undefined, tally)
  if (shorter !== undefined) return `the path alone: ${shorter}`
  const { duration } = planner
  if (isNothing(path, Math.max(duration, trajectory.duration))) return undefined
  const near = toleranceOf(path)
  const least = trajectory.duration
  // a path may be impossible in the wished time
  const wanted = planAlone(path, kind, minimumDuration).trajectory.duration
  if (
    !(duration >= least * (1 - near) - nothing) ||
    (cycle === 0 && duration > wanted * (1 + near) + nothing)
  )
    return `duration ${duration} s, the path alone takes ${least} s, ${wanted} s if asked`
  const same = planAlone(path, kind, duration).trajectory
  if (Math.abs(same.duration - duration) > near * duration + nothing)
    return `duration ${duration} s, the path cannot be done in that`
  return findFault(same, path, kind, tally) ?? compareSamples(planner, axes, shares, same, near)
}

/** Too short a time, or velocities that are the rounding of what the limits allow. */
function isNothing({ from, to, limits }: AxisCase, duration: number): boolean {
  const gained = duration * (Math.abs(from.acceleration) + Math.abs(to.acceleration))
  const fastest = Math.abs(from.velocity) + Math.abs(to.velocity) + gained
  const range = limits.velocityMax - limits.velocityMin
  return duration < nothing || (fastest < 1e-11 * range && to.position === from.position)
}

/** What the distance is not known better than: within it two motions that end alike may differ. */
function roundingOf({ from, to, limits }: AxisTrajectory): number {
  const speeds = Math.abs(from.velocity) + Math.abs(to.velocity)
  const ramp = 1 / limits.jerkMax - 1 / limits.jerkMin
  const ramps = (Math.abs(from.acceleration) + Math.abs(to.acceleration)) * ramp
  return 1e-14 * (Math.abs(to.position - from.position) + speeds * ramps)
}

/** What one bit of the numbers makes of what is to change by little. */
function toleranceOf({ from, to }: AxisCase): number {
  const velocities = Math.abs(from.velocity) + Math.abs(to.velocity)
  const positions = Math.abs(from.position) + Math.abs(to.position)
  const bits =
    ofChange(velocities, to.velocity - from.velocity) +
    ofChange(positions, to.position - from.position)
  return tolerance + bits * 1e-14
}

function ofChange(size: number, change: number): number {
  return change === 0 ? 0 : size / Math.abs(change)
}

/** Ways and states at both ends of all axes are those of one of them, times a share of each. */
function areOnLine(axes: readonly AxisCase[], kind: MotionInterface): boolean {
  const rows = axes.map(({ from, to }) => [
    kind === 'position' ? to.position - from.position : 0,
    from.velocity,
    to.velocity,
    from.acceleration,
    to.acceleration,
  ])
  const greatest = (kindOf: number) =>
    rows.reduce((most, row) => Math.max(most, Math.abs(row[kindOf] as number)), 0)
  const sizes = [0, 1, 2, 3, 4].map(greatest)
  // of a limit, or of a position: less is nothing
  const widest = (one: (axis: AxisCase) => number) => 2e-13 * Math.max(...axes.map(one))
  const place = widest(({ from, to }) => Math.abs(from.position) + Math.abs(to.position))
  const speed = widest(({ limits }) => limits.velocityMax - limits.velocityMin)
  const force = widest(({ limits }) => limits.accelerationMax - limits.accelerationMin)
  const roundings = [place, speed, speed, force, force]
  const first = sizes.findIndex((size) => size > 0)
  const lead = rows.find((row) => Math.abs(row[first] as number) === sizes[first])
  if (lead === undefined) return true
  return rows.every((row) => {
    const share = (row[first] as number) / (lead[first] as number)
    return row.every((value, n) => {
      const off = Math.abs(value - share * (lead[n] as number))
      return off <= 1e-8 * (sizes[n] as number) + (roundings[n] as number)
    })
  })
}

function compareSamples(
  planner: SynchronizedTrajectory,
  axes: readonly AxisCase[],
  shares: readonly number[],
  path: AxisTrajectory,
  near: number,
): string | undefined {
  const segments = segmentsOf(path)
  const states = integrate(path.from, segments)
  const all = segments.flatMap(({ duration, jerk }, n) =>
    extremes(states[n] as State, jerk, duration),
  )
  const largest = (key: keyof State) =>
    all.reduce((most, state) => Math.max(most, Math.abs(state[key])), 1e-280)
  const { velocityMax, accelerationMax } = path.limits
  // of a limit: less is nothing
  const least = 5e-6
  const scale = {
    p: largest('position') + least * velocityMax * path.duration,
    v: largest('velocity') + least * velocityMax,
    a: largest('acceleration') + least * accelerationMax,
  }
  const moment = path.duration * 1e-7
  const blur = (12 * roundingOf(path)) / path.duration ** 2
  for (let k = 0; k <= samples; k++) {
    planner.time = (planner.duration * k) / samples
    planner.sample()
    path.time = planner.time
    path.sample()
    for (const [n, one] of axes.entries()) {
      const share = shares[n] as number
      const axis = planner.axes[n] as AxisTrajectory
      const size = Math.max(Math.abs(share), 1e-3)
      const position = Math.abs(axis.position - one.from.position - share * path.position)
      const velocity = Math.abs(axis.velocity - share * path.velocity)
      const acceleration = Math.abs(axis.acceleration - share * path.acceleration)
      const room =
        size * (scale.p + moment * (scale.v + path.duration * scale.a)) +
        Math.abs(one.from.position) * 1e-6
      if (!(position <= near * room)) return `axis ${n} off the line by ${position}`
      if (!(velocity <= near * size * (scale.v + moment * scale.a)))
        return `axis ${n} off its share of velocity by ${velocity}`
      if (!(acceleration <= size * (near * scale.a + blur)))
        return `axis ${n} off its share of acceleration by ${acceleration}`
    }
  }
  return undefined
}

/** The motion of a whole share: from 0, within what each axis allows. */
export function pathOf(axes: readonly AxisCase[], shares: readonly number[]): AxisCase {
  const first = axes[0] as AxisCase
  const { from, to } = first
  const limits: { -readonly [key in keyof Limits]: number } = { ...first.limits }
  for (const [n, { limits: of }] of axes.entries()) {
    const share = shares[n] as number
    if (share === 0) continue
    for (const what of ['velocity', 'acceleration', 'jerk'] as const) {
      const [one, other] = [of[`${what}Max`] / share, of[`${what}Min`] / share]
      limits[`${what}Max`] = Math.min(limits[`${what}Max`], Math.max(one, other))
      limits[`${what}Min`] = Math.max(limits[`${what}Min`], Math.min(one, other))
    }
  }
  return {
    from: { ...from, position: 0 },
    to: { ...to, position: to.position - from.position },
    limits,
  }
}
