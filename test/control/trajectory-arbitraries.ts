/** Random limits, states and targets for properties of trajectories. */
import * as fc from 'fast-check'
import type { AxisTrajectory } from '../../control/trajectory/axis-trajectory.ts'
import type { KinematicLimits } from '../../control/trajectory/kinematic-limits.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })
/** Often at an edge: 0, 1 or -1. */
const signed = fc.oneof(
  fc.constantFrom(0, 1, -1),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((part) => part / 1e6),
)
const exponent = fc.double({ min: -2, max: 2, noNaN: true })
const skew = fc.oneof(fc.constant(1), fc.double({ min: 0.3, max: 1.3, noNaN: true }))

export type Task = {
  readonly limits: readonly [v: number, a: number, j: number]
  /** Lower limits as parts of the upper ones. */
  readonly skew: readonly [v: number, a: number, j: number]
  /** Parts of the limits, `outside` times as far at the start. */
  readonly start: readonly [p: number, v: number, a: number]
  readonly target: readonly [p: number, v: number, a: number]
  readonly outside: number
}

export function tasks(outside: fc.Arbitrary<number>): fc.Arbitrary<Task> {
  return fc.record({
    limits: fc.tuple(exponent, exponent, exponent).map(powers),
    skew: fc.tuple(skew, skew, skew),
    start: fc.tuple(signed, signed, signed),
    target: fc.tuple(signed, signed, share),
    outside,
  })
}

function powers(all: [number, number, number]): [number, number, number] {
  return [10 ** all[0], 10 ** all[1], 10 ** all[2]]
}

/** Sets a trajectory up: the target within the limits, the start too where `outside` is 1. */
export function setUp(trajectory: AxisTrajectory, task: Task): void {
  const { limits, from, to } = trajectory
  const [v, a, j] = task.limits
  limits.set(v, a, j)
  limits.velocityMin *= task.skew[0]
  limits.accelerationMin *= task.skew[1]
  limits.jerkMin *= task.skew[2]
  const scale = 10 * v
  state(from, limits, scale * task.start[0], task.start[1], task.start[2], task.outside)
  state(to, limits, scale * task.target[0], task.target[1], 2 * task.target[2] - 1, 1)
}

/** Acceleration as far as the velocity leaves room for it. */
function state(
  to: AxisTrajectory['to'],
  limits: KinematicLimits,
  position: number,
  v: number,
  a: number,
  outside: number,
): void {
  const velocity = outside * v * (v > 0 ? limits.velocityMax : -limits.velocityMin)
  const room =
    0.999 *
    (outside > 1
      ? limits.velocityMax
      : Math.min(limits.velocityMax - velocity, velocity - limits.velocityMin))
  const most = Math.sqrt(Math.max(2 * room * Math.min(limits.jerkMax, -limits.jerkMin), 0))
  const acceleration = a > 0 ? limits.accelerationMax : -limits.accelerationMin
  to.set(position, velocity, outside * a * Math.min(acceleration, most))
}

/** By how much the profile passes its limits, in parts of each; found at the ends of segments and where velocity is extreme. */
export function excess({ profile, limits }: AxisTrajectory): number {
  let most = 0
  for (let n = 0; n < profile.count; n++) {
    const j = profile.jerks[n] as number
    const v = profile.velocities[n] as number
    const a = profile.accelerations[n] as number
    const turn = -a / j
    const inside = turn > 0 && turn < (profile.durations[n] as number)
    const extreme = inside ? v + (a * turn) / 2 : v
    const velocities = [v, extreme, profile.velocities[n + 1] as number]
    for (const velocity of velocities)
      most = Math.max(most, velocity / limits.velocityMax - 1, velocity / limits.velocityMin - 1)
    for (const acceleration of [a, profile.accelerations[n + 1] as number])
      most = Math.max(
        most,
        acceleration / limits.accelerationMax - 1,
        acceleration / limits.accelerationMin - 1,
      )
    most = Math.max(most, j / limits.jerkMax - 1, j / limits.jerkMin - 1)
  }
  return most
}

/** How far the profile's end lies off the target, in parts of the greatest numbers on the way. */
export function miss({ profile, to, duration }: AxisTrajectory): number {
  const n = profile.count
  const size = (values: Float64Array) =>
    values.subarray(0, n + 1).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9)
  // between the segments' ends velocity is greater than at any of them
  const v = size(profile.velocities) + 0.1 * duration * size(profile.accelerations)
  const p =
    Math.abs((profile.positions[n] as number) - to.position) /
    (size(profile.positions) + v * duration)
  const dv = Math.abs((profile.velocities[n] as number) - to.velocity) / v
  const da =
    Math.abs((profile.accelerations[n] as number) - to.acceleration) /
    (size(profile.accelerations) + 1e-9)
  return Math.max(p, dv, da, Math.abs(profile.duration - duration) / (duration + 1e-9))
}
