/** Reads a cam table, from where it read last: a master moves on by little. Cyclic. */
import { camHeader, camPiece } from './cam-pieces.ts'
import type { CamTable } from './cam-table.ts'

export class CamReader {
  /** Master where `read` looks. Set before it. Outside the table the pieces at its ends go on. */
  at = 0.5
  /** Slave there, its slope and its curvature over the master. */
  value = 0.5
  slope = 0.5
  curvature = 0.5
  #table: CamTable
  #piece = 0

  constructor(table: CamTable) {
    this.#table = table
  }

  get table(): CamTable {
    return this.#table
  }

  /** Another table from the next `read` on. */
  select(table: CamTable): void {
    this.#table = table
    this.#piece = 0
  }

  read(): void {
    this.#find()
    const { data } = this.#table
    const p = camHeader.length + this.#piece * camPiece.length
    const u = this.at - (data[p] as number)
    const c1 = data[p + camPiece.c1] as number
    const c2 = data[p + camPiece.c2] as number
    const c3 = data[p + camPiece.c3] as number
    const c4 = data[p + camPiece.c4] as number
    const c5 = data[p + camPiece.c5] as number
    this.value =
      (data[p + camPiece.c0] as number) + u * (c1 + u * (c2 + u * (c3 + u * (c4 + u * c5))))
    this.slope = c1 + u * (2 * c2 + u * (3 * c3 + u * (4 * c4 + u * 5 * c5)))
    this.curvature = 2 * c2 + u * (6 * c3 + u * (12 * c4 + u * 20 * c5))
    const amplitude = data[p + camPiece.amplitude] as number
    if (amplitude === 0) return
    const omega = data[p + camPiece.omega] as number
    const angle = omega * u + (data[p + camPiece.phase] as number)
    const wave = amplitude * Math.sin(angle)
    this.value += wave
    this.slope += amplitude * omega * Math.cos(angle)
    this.curvature -= omega * omega * wave
  }

  #find(): void {
    const { data, pieceCount } = this.#table
    let low = this.#piece
    let high = low + 1
    const { length } = camPiece
    // the same piece as in the cycle before, nearly always
    const begins = (data[camHeader.length + low * length] as number) <= this.at
    if (
      begins &&
      (high >= pieceCount || this.at < (data[camHeader.length + high * length] as number))
    )
      return
    low = 0
    high = pieceCount
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((data[camHeader.length + middle * length] as number) <= this.at) low = middle
      else high = middle
    }
    this.#piece = low
  }
}
