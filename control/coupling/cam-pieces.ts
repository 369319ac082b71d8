/**
 * A cam in the form in which the cycle reads it: pieces, each a polynomial of fifth degree plus one sine,
 *
 *   slave(u) = c0 + c1 u + ... + c5 u^5 + amplitude sin(omega u + phase),  u = master - begin
 *
 * Every motion law of VDI 2143 and every spline is made of such pieces, so the cycle knows no kinds of cams. They lie in one
 * Float64Array, which passes between threads: a header, then the pieces in the order of their `begin`.
 */
export const camHeader = { end: 0, last: 1, length: 2 } as const
export const camPiece = {
  begin: 0,
  c0: 1,
  c1: 2,
  c2: 3,
  c3: 4,
  c4: 5,
  c5: 6,
  amplitude: 7,
  omega: 8,
  phase: 9,
  length: 10,
} as const

/** One piece while a cam is being made. Not cyclic. */
export type CamPiece = {
  readonly begin: number
  readonly polynomial: readonly number[]
  readonly amplitude?: number
  readonly omega?: number
  readonly phase?: number
}

/** `end`: master where the last piece ends; `last`: the slave there. */
export function packPieces(
  pieces: readonly CamPiece[],
  end: number,
  last: number,
): Float64Array<ArrayBuffer> {
  const data = new Float64Array(camHeader.length + pieces.length * camPiece.length)
  data[camHeader.end] = end
  data[camHeader.last] = last
  for (const [n, piece] of pieces.entries()) {
    const at = camHeader.length + n * camPiece.length
    data[at + camPiece.begin] = piece.begin
    data.set(piece.polynomial, at + camPiece.c0)
    data[at + camPiece.amplitude] = piece.amplitude ?? 0
    data[at + camPiece.omega] = piece.omega ?? 0
    data[at + camPiece.phase] = piece.phase ?? 0
  }
  return data
}

/**
 * The piece from `begin` to `begin + length` with these values at its ends: slave, its slope and its curvature over the
 * master. Quintic Hermite interpolation.
 */
export function quinticPiece(
  begin: number,
  length: number,
  [s0, v0, a0]: readonly [number, number, number],
  [s1, v1, a1]: readonly [number, number, number],
): CamPiece {
  const h = length
  // what a parabola from the beginning leaves to be done at the end
  const s = (s1 - s0 - h * (v0 + (h * a0) / 2)) / h ** 3
  const v = (v1 - v0 - h * a0) / h ** 2
  const a = (a1 - a0) / h
  return {
    begin,
    polynomial: [
      s0,
      v0,
      a0 / 2,
      10 * s - 4 * v + a / 2,
      (-15 * s + 7 * v - a) / h,
      (6 * s - 3 * v + a / 2) / h ** 2,
    ],
  }
}
