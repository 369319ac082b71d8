/**
 * A profile (MC_PositionProfile, MC_VelocityProfile, MC_AccelerationProfile) made into a smooth curve through its points: a row
 * of segments, each a polynomial in time, in one Float64Array, which passes between threads. Not for the cycle.
 *
 * - Positions: a cubic spline that begins and ends at rest. With velocity and acceleration zero at both ends it needs two points
 *   more than are given; they lie in the middle of the first and the last interval, where the curve leads them (Biagiotti and
 *   Melchiorri, "Trajectory Planning for Automatic Machines and Robots", section 4.4.4).
 * - Velocities: a cubic spline whose acceleration is zero at both ends.
 * - Accelerations: straight lines; zero at both ends, so that the axis can come from a constant velocity and go on with one.
 */
import { DualportError } from '../../../errors.ts'
import { solveTridiagonal, type TridiagonalRow } from '../../coupling/tridiagonal.ts'

export const profileKinds = ['position', 'velocity', 'acceleration'] as const
export type ProfileKind = (typeof profileKinds)[number]

/** Of the table: its kind (place in profileKinds), the number of segments, then the rows and the state at the end. */
export const profileHeader = { kind: 0, segments: 1, length: 2 } as const

/** Of a row: s; unit, unit/s, unit/s^2, unit/s^3 at its beginning; unit/s^4 throughout. Positions of the latter two kinds count from 0. */
export const profileRow = {
  time: 0,
  position: 1,
  velocity: 2,
  acceleration: 3,
  jerk: 4,
  snap: 5,
  length: 6,
} as const

export type ProfilePoints = {
  /** s, ascending. */
  readonly times: readonly number[]
  /** Unit, unit/s, unit/s^2, one for each time. */
  readonly values: readonly number[]
}

/** A point of the curve: the value is free where it follows from the acceleration there (`value` + `free` times that). */
type Knot = { readonly time: number; readonly value: number; readonly free: number }

/** Throws DP_PROFILE: fewer than two points, times that do not ascend, numbers that are none, accelerations that do not end at 0. */
export function profileTable(kind: ProfileKind, points: ProfilePoints): Float64Array<ArrayBuffer> {
  check(kind, points)
  const knots = points.times.map((time, n) => ({ time, value: get(points.values, n), free: 0 }))
  if (kind === 'acceleration') return lay(kind, knots, (n, span) => linear(knots, n, span))
  const through = kind === 'position' ? withEnds(knots) : knots
  const bends = solveTridiagonal(
    kind === 'position' ? restRows(through) : clampedRows(knots),
    false,
  )
  // at rest at both ends: there the second derivative is no unknown
  const second = kind === 'position' ? [0, ...bends, 0] : bends
  const values = through.map(({ value, free }, n) => value + free * get(second, n))
  return lay(kind, through, (n, span) => cubic(values, second, n, span))
}

type Segment = {
  readonly value: number
  readonly slope: number
  readonly bend: number
  readonly twist: number
}

/** Rows of the curve, whose value is the position, the velocity or the acceleration; what is below it is integrated. */
function lay(
  kind: ProfileKind,
  knots: readonly Knot[],
  segment: (n: number, span: number) => Segment,
): Float64Array<ArrayBuffer> {
  const segments = knots.length - 1
  const { length } = profileRow
  const table = new Float64Array(profileHeader.length + (segments + 1) * length)
  table[profileHeader.kind] = profileKinds.indexOf(kind)
  table[profileHeader.segments] = segments
  // what the integrals have come to
  let position = 0
  let velocity = 0
  const begin = timeOf(knots, 0)
  for (let n = 0; n < segments; n++) {
    const t = timeOf(knots, n + 1) - timeOf(knots, n)
    const { value, slope, bend, twist } = segment(n, t)
    const state =
      kind === 'position'
        ? [value, slope, bend, twist, 0]
        : kind === 'velocity'
          ? [position, value, slope, bend, twist]
          : [position, velocity, value, slope, bend]
    table.set([timeOf(knots, n) - begin, ...state], profileHeader.length + n * length)
    const [p, v, a, j, s] = state as [number, number, number, number, number]
    position = p + t * (v + t * (a / 2 + t * (j / 6 + (t * s) / 24)))
    velocity = v + t * (a + t * (j / 2 + (t * s) / 6))
    const last = [timeOf(knots, n + 1) - begin, position, velocity, 0, 0, 0]
    if (n === segments - 1) table.set(last, profileHeader.length + segments * length)
  }
  // the end is what was given, not what rounding made of it
  const end = profileHeader.length + segments * length
  const given = knots[segments]?.value ?? 0
  if (kind === 'position') table.set([given, 0], end + profileRow.position)
  if (kind === 'velocity') table[end + profileRow.velocity] = given
  return table
}

function linear(knots: readonly Knot[], n: number, span: number): Segment {
  const value = valueOf(knots, n)
  return { value, slope: (valueOf(knots, n + 1) - value) / span, bend: 0, twist: 0 }
}

/** From the values and the second derivatives at both ends. */
function cubic(
  values: readonly number[],
  second: readonly number[],
  n: number,
  span: number,
): Segment {
  const bend = get(second, n)
  const next = get(second, n + 1)
  const value = get(values, n)
  const secant = (get(values, n + 1) - value) / span
  return {
    value,
    slope: secant - (span * (2 * bend + next)) / 6,
    bend,
    twist: (next - bend) / span,
  }
}

/** With the two points that make room for rest at both ends. */
function withEnds(knots: readonly Knot[]): Knot[] {
  const segments = knots.length - 1
  const share = segments === 1 ? 3 : 2
  const t0 = timeOf(knots, 0)
  const t1 = timeOf(knots, segments)
  const first = (timeOf(knots, 1) - t0) / share
  const last = (t1 - timeOf(knots, segments - 1)) / share
  // from rest, with an acceleration that grows linearly to a: a t^2 / 6
  return [
    ...knots.slice(0, 1),
    { time: t0 + first, value: valueOf(knots, 0), free: first ** 2 / 6 },
    ...knots.slice(1, -1),
    { time: t1 - last, value: valueOf(knots, segments), free: last ** 2 / 6 },
    ...knots.slice(-1),
  ]
}

/** For the second derivatives at the inner knots; zero at the ends. */
function restRows(knots: readonly Knot[]): TridiagonalRow[] {
  const rows: TridiagonalRow[] = []
  for (let n = 1; n < knots.length - 1; n++) {
    const before = spanOf(knots, n - 1)
    const after = spanOf(knots, n)
    const free = knots[n]?.free ?? 0
    const freeBefore = knots[n - 1]?.free ?? 0
    const freeAfter = knots[n + 1]?.free ?? 0
    rows.push({
      below: before - (6 * freeBefore) / before,
      diagonal: 2 * (before + after) + 6 * free * (1 / before + 1 / after),
      above: after - (6 * freeAfter) / after,
      right: 6 * (secantOf(knots, n) - secantOf(knots, n - 1)),
    })
  }
  return rows
}

/** For the second derivatives at all knots; the slope is zero at the ends. */
function clampedRows(knots: readonly Knot[]): TridiagonalRow[] {
  const last = knots.length - 1
  return knots.map((_, n) => {
    const before = n === 0 ? 0 : spanOf(knots, n - 1)
    const after = n === last ? 0 : spanOf(knots, n)
    const left = n === 0 ? 0 : secantOf(knots, n - 1)
    const right = n === last ? 0 : secantOf(knots, n)
    return {
      below: before,
      diagonal: 2 * (before + after),
      above: after,
      right: 6 * (right - left),
    }
  })
}

function check(kind: ProfileKind, { times, values }: ProfilePoints): void {
  if (times.length < 2) refuse('times', times.length, 'two points or more')
  if (values.length !== times.length)
    refuse('values', values.length, `${times.length}, one for each time`)
  for (const [n, time] of times.entries()) {
    const before = n === 0 ? -Infinity : get(times, n - 1)
    if (!(time > before && Number.isFinite(time)))
      refuse(`times[${n}]`, time, n === 0 ? 'a finite number' : `more than ${before}`)
    if (!Number.isFinite(values[n])) refuse(`values[${n}]`, values[n], 'a finite number')
  }
  if (kind !== 'acceleration') return
  for (const n of [0, values.length - 1])
    if (values[n] !== 0) refuse(`values[${n}]`, values[n], '0: no acceleration at both ends')
}

function refuse(at: string, actual: number | undefined, expected: string): never {
  throw new DualportError('DP_PROFILE', { at, actual, expected })
}

function get(list: readonly number[], n: number): number {
  return list[n] ?? 0
}

function timeOf(knots: readonly Knot[], n: number): number {
  return knots[n]?.time ?? 0
}

function valueOf(knots: readonly Knot[], n: number): number {
  return knots[n]?.value ?? 0
}

function spanOf(knots: readonly Knot[], n: number): number {
  return timeOf(knots, n + 1) - timeOf(knots, n)
}

function secantOf(knots: readonly Knot[], n: number): number {
  return (valueOf(knots, n + 1) - valueOf(knots, n)) / spanOf(knots, n)
}
