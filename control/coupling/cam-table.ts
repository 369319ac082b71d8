/** Cam tables: what a cam is described by, the table that is made of it (MC_CamTableSelect), and how the cycle reads it. */
import { DualportError } from '../../errors.ts'
import { camHeader, camPiece, type CamPiece, packPieces } from './cam-pieces.ts'
import { type CamEnds, type CamInterpolation, pointPieces } from './cam-points.ts'
import { type CamKnot, type CamSection, sectionPieces } from './cam-sections.ts'

export type CamDescription =
  | {
      readonly points: readonly CamKnot[]
      readonly interpolation: CamInterpolation
      /** `natural` where it is left out. */
      readonly ends?: CamEnds | undefined
    }
  | { readonly from: CamKnot; readonly sections: readonly CamSection[] }

/** One cam. Any number of slaves may follow it, each with a reader of its own. */
export class CamTable {
  /** What passes between threads; see cam-pieces.ts. */
  readonly data: Float64Array
  /** Master where it begins and ends. */
  readonly start: number
  readonly end: number
  /** Slave there. */
  readonly first: number
  readonly last: number

  /** `data` of a table that `makeCam` made. */
  constructor(data: Float64Array) {
    this.data = data
    this.start = data[camHeader.length + camPiece.begin] as number
    this.end = data[camHeader.end] as number
    this.last = data[camHeader.last] as number
    const c0 = data[camHeader.length + camPiece.c0] as number
    const amplitude = data[camHeader.length + camPiece.amplitude] as number
    const phase = data[camHeader.length + camPiece.phase] as number
    this.first = c0 + amplitude * Math.sin(phase)
  }

  get pieceCount(): number {
    return (this.data.length - camHeader.length) / camPiece.length
  }
}

/** Throws DP_CAM, which names the field. Not cyclic. */
export function makeCam(description: CamDescription): CamTable {
  const points = 'points' in description
  const knots = points ? description.points : [description.from, ...description.sections]
  checkKnots(knots, points)
  const end = knots.at(-1) ?? { master: 0, slave: 0 }
  const pieces: CamPiece[] = points
    ? pointPieces(description.points, description.interpolation, description.ends ?? 'natural')
    : sectionPieces(description.from, description.sections)
  const data = packPieces(pieces, end.master, end.slave)
  if (!data.every(Number.isFinite))
    throw new DualportError('DP_CAM', {
      at: points ? 'points' : 'sections',
      actual: 'steeper than a double can tell',
      expected: 'masters further apart',
    })
  return new CamTable(data)
}

function checkKnots(knots: readonly CamKnot[], points: boolean): void {
  const name = (n: number) => {
    if (points) return `points[${n}]`
    return n === 0 ? 'from' : `sections[${n - 1}]`
  }
  if (knots.length < 2)
    throw new DualportError('DP_CAM', {
      at: points ? 'points' : 'sections',
      actual: points ? knots.length : knots.length - 1,
      expected: points ? 'two points at least' : 'one section at least',
    })
  for (const [n, knot] of knots.entries()) {
    for (const field of ['master', 'slave', 'slope', 'curvature'] as const) {
      const value = knot[field]
      if (value !== undefined && !Number.isFinite(value))
        throw new DualportError('DP_CAM', {
          at: `${name(n)}.${field}`,
          actual: value,
          expected: 'a finite number',
        })
    }
    const before = knots[n - 1]
    if (before !== undefined && !(knot.master > before.master))
      throw new DualportError('DP_CAM', {
        at: `${name(n)}.master`,
        actual: knot.master,
        expected: `more than ${before.master}, the master of the one before`,
      })
  }
}
