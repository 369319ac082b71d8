/** Cams through given points: straight lines, a cubic spline, or pieces of fifth degree. Not cyclic. */
import { DualportError } from '../../errors.ts'
import { type CamPiece, quinticPiece } from './cam-pieces.ts'
import type { CamKnot } from './cam-sections.ts'
import { solveTridiagonal, type TridiagonalRow } from './tridiagonal.ts'

/**
 * `linear`: the slave's velocity steps at each point. `cubic`: the spline with continuous curvature. `quintic`: slope and
 * curvature of each point as given, those left out as the cubic spline has them; jerk steps, and nothing else.
 */
export const camInterpolations = ['linear', 'cubic', 'quintic'] as const
export type CamInterpolation = (typeof camInterpolations)[number]

/**
 * Of a spline whose first and last point give no slope. `natural`: without curvature. `rest`: without slope.
 * `periodic`: slope and curvature at the end are those at the beginning.
 */
export const camEnds = ['natural', 'rest', 'periodic'] as const
export type CamEnds = (typeof camEnds)[number]

type Points = readonly CamKnot[]

/** The masters ascend, two points at least; both are checked by the caller. Throws DP_CAM. */
export function pointPieces(points: Points, interpolation: CamInterpolation, ends: CamEnds) {
  if (!camInterpolations.includes(interpolation))
    throw new DualportError('DP_CAM', {
      at: 'interpolation',
      actual: interpolation,
      expected: `one of ${camInterpolations.join(', ')}`,
    })
  if (interpolation === 'linear')
    return spans(points).map(({ begin, secant }) => ({
      begin: begin.master,
      polynomial: [begin.slave, secant],
    }))
  const slopes = splineSlopes(points, ends)
  const cubics = spans(points).map((span, n) => cubicPiece(span, at(slopes, n), at(slopes, n + 1)))
  return interpolation === 'cubic' ? cubics : quintics(points, slopes, cubics)
}

type Span = { begin: CamKnot; end: CamKnot; length: number; secant: number }

function spans(points: Points): Span[] {
  return points.slice(1).map((end, n) => {
    const begin = points[n] ?? end
    const length = end.master - begin.master
    return { begin, end, length, secant: (end.slave - begin.slave) / length }
  })
}

function cubicPiece({ begin, length, secant }: Span, slope0: number, slope1: number): CamPiece {
  return {
    begin: begin.master,
    polynomial: [
      begin.slave,
      slope0,
      (3 * secant - 2 * slope0 - slope1) / length,
      (slope0 + slope1 - 2 * secant) / length ** 2,
    ],
  }
}

/**
 * The slopes with which curvature is continuous at every point that does not give its own (de Boor, "A Practical Guide to
 * Splines", chapter IV).
 */
function splineSlopes(points: Points, ends: CamEnds): readonly number[] {
  const list = spans(points)
  const last = list.length
  const turns = ends === 'periodic' && last > 1
  const rows = points.map(({ slope }, n): TridiagonalRow => {
    if (slope !== undefined) return { below: 0, diagonal: 1, above: 0, right: slope }
    const before = list[n - 1] ?? (turns ? list[last - 1] : undefined)
    const after = list[n] ?? (turns ? list[0] : undefined)
    if (before !== undefined && after !== undefined) return smoothRow(before, after)
    const only = before ?? after
    if (ends === 'rest' || only === undefined) return { below: 0, diagonal: 1, above: 0, right: 0 }
    const inner = { diagonal: 2, right: 3 * only.secant }
    return before === undefined
      ? { ...inner, below: 0, above: 1 }
      : { ...inner, below: 1, above: 0 }
  })
  if (!turns) return solveTridiagonal(rows, false)
  const slopes = solveTridiagonal(rows.slice(0, last), true)
  return [...slopes, at(slopes, 0)]
}

function smoothRow(before: Span, after: Span): TridiagonalRow {
  const below = 1 / before.length
  const above = 1 / after.length
  const right = 3 * (before.secant * below + after.secant * above)
  return { below, diagonal: 2 * (below + above), above, right }
}

function quintics(points: Points, slopes: readonly number[], cubics: readonly CamPiece[]) {
  const knots = points.map(({ slave, curvature }, n) => {
    const bend = curvature ?? splineCurvature(points, cubics, n)
    return [slave, at(slopes, n), bend] as const
  })
  return spans(points).map(({ begin, length }, n) => {
    const last = knots[n + 1] ?? ([0, 0, 0] as const)
    return quinticPiece(begin.master, length, knots[n] ?? last, last)
  })
}

function splineCurvature(points: Points, cubics: readonly CamPiece[], n: number): number {
  const after = cubics[n]
  if (after !== undefined) return 2 * at(after.polynomial, 2)
  const before = cubics[n - 1]
  const length = (points[n]?.master ?? 0) - (points[n - 1]?.master ?? 0)
  if (before === undefined) return 0
  return 2 * at(before.polynomial, 2) + 6 * at(before.polynomial, 3) * length
}

function at(list: readonly number[], n: number): number {
  return list[n] ?? 0
}
