/**
 * Normalised motion laws after VDI 2143 sheet 1: from 0 to 1 while the master goes from 0 to 1, at rest at both ends. Each is
 * told by its acceleration and integrated here; the characteristic values (greatest velocity Cv, acceleration Ca and
 * jerk Cj) are those of the guideline, which the tests compare.
 */

/** Acceleration up to `until`, from where the one before ended: constant + amplitude sin(omega z + phase), z from there. */
type Shape = {
  readonly until: number
  readonly constant?: number
  readonly amplitude?: number
  readonly omega?: number
  readonly phase?: number
}

const { PI } = Math
const quarter = PI / 2

const shapes = {
  /** Quadratic parabola: least acceleration, with steps of it at the ends and in the middle. Ca = 4. */
  parabola: [
    { until: 0.5, constant: 1 },
    { until: 1, constant: -1 },
  ],
  /** Simple sine (cosine of acceleration): steps of acceleration at the ends. Cv = 1.57, Ca = 4.93. */
  simpleSine: [{ until: 1, amplitude: 1, omega: PI, phase: quarter }],
  /** Inclined sine (cycloid, Bestehorn): Cv = 2, Ca = 6.28, Cj = 39.5. */
  inclinedSine: [{ until: 1, amplitude: 1, omega: 2 * PI }],
  /** Modified acceleration trapezoid: the smallest acceleration without steps. Cv = 2, Ca = 4.89, Cj = 61.4. */
  modifiedTrapezoid: [
    { until: 1 / 8, amplitude: 1, omega: 4 * PI },
    { until: 3 / 8, constant: 1 },
    { until: 5 / 8, amplitude: 1, omega: 4 * PI, phase: quarter },
    { until: 7 / 8, constant: -1 },
    { until: 1, amplitude: -1, omega: 4 * PI, phase: quarter },
  ],
  /** Modified sine: the smallest velocity without steps of acceleration, the law for most tasks. Cv = 1.76, Ca = 5.53, Cj = 69.5. */
  modifiedSine: [
    { until: 1 / 8, amplitude: 1, omega: 4 * PI },
    { until: 7 / 8, amplitude: 1, omega: (4 * PI) / 3, phase: quarter },
    { until: 1, amplitude: -1, omega: 4 * PI, phase: quarter },
  ],
} as const satisfies Record<string, readonly Shape[]>

export type RestLaw = keyof typeof shapes

export const restLaws = Object.keys(shapes) as readonly RestLaw[]

/** A piece of a normalised law, from `begin` on: c0 + c1 u + c2 u^2 + amplitude sin(omega u + phase), u = z - begin. */
export type LawPiece = {
  readonly begin: number
  readonly polynomial: readonly [number, number, number]
  readonly amplitude: number
  readonly omega: number
  readonly phase: number
}

const integrated = new Map<RestLaw, readonly LawPiece[]>()

/** The law, integrated twice and scaled so that it ends at 1. */
export function lawPieces(law: RestLaw): readonly LawPiece[] {
  const known = integrated.get(law)
  if (known !== undefined) return known
  const pieces = integrate(shapes[law])
  integrated.set(law, pieces)
  return pieces
}

function integrate(shape: readonly Shape[]): readonly LawPiece[] {
  const pieces: LawPiece[] = []
  let begin = 0
  let position = 0
  let velocity = 0
  for (const { until, constant = 0, amplitude = 0, omega = 0, phase = 0 } of shape) {
    const swing = omega === 0 ? 0 : amplitude / omega
    const wave = omega === 0 ? 0 : swing / omega
    const c0 = position + wave * Math.sin(phase)
    const c1 = velocity + swing * Math.cos(phase)
    pieces.push({ begin, polynomial: [c0, c1, constant / 2], amplitude: -wave, omega, phase })
    const u = until - begin
    position = c0 + u * (c1 + (u * constant) / 2) - wave * Math.sin(omega * u + phase)
    velocity = c1 + u * constant - swing * Math.cos(omega * u + phase)
    begin = until
  }
  const scale = 1 / position
  return pieces.map((piece) => ({
    ...piece,
    polynomial: [
      piece.polynomial[0] * scale,
      piece.polynomial[1] * scale,
      piece.polynomial[2] * scale,
    ],
    amplitude: piece.amplitude * scale,
  }))
}
