/** Cams from motion laws: a machine's task as rests, constant velocities and transitions between them (VDI 2143). Not cyclic. */
import { DualportError } from '../../errors.ts'
import { lawPieces, restLaws, type RestLaw } from './cam-laws.ts'
import { type CamPiece, quinticPiece } from './cam-pieces.ts'

/**
 * `rest`: the slave stays. `line`: constant velocity. `polynomial5`: between any slopes and curvatures. The others go from
 * rest to rest, or between equal slopes, then laid over the constant velocity.
 */
export type CamLaw = 'rest' | 'line' | 'polynomial5' | RestLaw
export const camLaws: readonly CamLaw[] = ['rest', 'line', 'polynomial5', ...restLaws]

/** Where a cam begins, or a section ends. What is left out comes from a rest or a line beside it, else is 0. */
export type CamKnot = {
  /** Unit of the master. */
  readonly master: number
  /** Unit of the slave. */
  readonly slave: number
  /** Slave's unit for one of the master's: the slave's velocity at unit velocity of the master. */
  readonly slope?: number | undefined
  /** Change of the slope for one unit of the master. */
  readonly curvature?: number | undefined
}
/** Leads to its knot by its law. */
export type CamSection = CamKnot & { readonly law: CamLaw }

type Bound = { slope: number; curvature: number }

/** Throws DP_CAM where two sections do not meet, a law is not known or cannot do what its ends ask for. */
export function sectionPieces(from: CamKnot, sections: readonly CamSection[]): CamPiece[] {
  for (const [n, { law }] of sections.entries())
    if (!camLaws.includes(law))
      throw new DualportError('DP_CAM', {
        at: `sections[${n}].law`,
        actual: law,
        expected: `one of ${camLaws.join(', ')}`,
      })
  const knots: readonly CamKnot[] = [from, ...sections]
  const bounds = knots.map((_, n) => boundAt(knots, sections, n))
  return sections.flatMap((section, n) => {
    const begin = knots[n]
    const bound0 = bounds[n]
    const bound1 = bounds[n + 1]
    if (begin === undefined || bound0 === undefined || bound1 === undefined) return []
    return piecesOf(section, begin, bound0, bound1, `sections[${n}]`)
  })
}

function boundAt(
  knots: readonly CamKnot[],
  sections: readonly CamSection[],
  n: number,
): { slope: number; curvature: number } {
  const asked = knots[n]
  const slopes = [asked?.slope, fixedSlope(knots, sections, n - 1), fixedSlope(knots, sections, n)]
  const known = slopes.filter((slope) => slope !== undefined)
  const [slope = 0] = known
  const other = known.find((one) => Math.abs(one - slope) > 1e-9 * (1 + Math.abs(slope)))
  const at = n === 0 ? 'from' : `sections[${n - 1}]`
  if (other !== undefined)
    throw new DualportError('DP_CAM', {
      at: `${at}.slope`,
      actual: slope,
      expected: `${other}, so that the slave's velocity does not jump here`,
    })
  return { slope, curvature: asked?.curvature ?? 0 }
}

/** The slope that section `n` has throughout. */
function fixedSlope(
  knots: readonly CamKnot[],
  sections: readonly CamSection[],
  n: number,
): number | undefined {
  const section = sections[n]
  const begin = knots[n]
  if (section === undefined || begin === undefined) return undefined
  if (section.law === 'rest') return 0
  if (section.law !== 'line') return undefined
  return (section.slave - begin.slave) / (section.master - begin.master)
}

function piecesOf(
  section: CamSection,
  from: CamKnot,
  bound0: Bound,
  bound1: Bound,
  at: string,
): CamPiece[] {
  const begin = from.master
  const length = section.master - begin
  const rise = section.slave - from.slave
  if (section.law === 'polynomial5') {
    const first = [from.slave, bound0.slope, bound0.curvature] as const
    const last = [section.slave, bound1.slope, bound1.curvature] as const
    return [quinticPiece(begin, length, first, last)]
  }
  if (bound0.curvature !== 0 || bound1.curvature !== 0)
    throw new DualportError('DP_CAM', {
      at: `${at}.curvature`,
      actual: bound0.curvature === 0 ? bound1.curvature : bound0.curvature,
      expected: 'none beside this law; polynomial5 takes any',
    })
  if (section.law === 'rest' && rise !== 0)
    throw new DualportError('DP_CAM', {
      at: `${at}.slave`,
      actual: section.slave,
      expected: `${from.slave}, where the rest begins`,
    })
  if (Math.abs(bound1.slope - bound0.slope) > 1e-9 * (1 + Math.abs(bound0.slope)))
    throw new DualportError('DP_CAM', {
      at: `${at}.slope`,
      actual: bound1.slope,
      expected: `${bound0.slope}, as where the section begins; polynomial5 takes any`,
    })
  if (section.law === 'rest' || section.law === 'line')
    return [{ begin, polynomial: [from.slave, rise / length] }]
  return overLine(section.law, from, length, rise, bound0.slope)
}

/** The law laid over the constant velocity of its ends. */
function overLine(
  law: RestLaw,
  from: CamKnot,
  length: number,
  rise: number,
  slope: number,
): CamPiece[] {
  const lift = rise - slope * length
  return lawPieces(law).map((piece) => {
    const [c0, c1, c2] = piece.polynomial
    return {
      begin: from.master + piece.begin * length,
      polynomial: [
        from.slave + slope * piece.begin * length + lift * c0,
        slope + (lift * c1) / length,
        (lift * c2) / length ** 2,
      ],
      amplitude: lift * piece.amplitude,
      omega: piece.omega / length,
      phase: piece.phase,
    }
  })
}
