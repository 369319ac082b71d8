/**
 * Proofs that a target cannot be met in a time, without a thought about what motions look like.
 *
 * Whatever the motion, its positions at evenly spread moments have divided differences (with the known velocity and
 * acceleration at both ends) that are weighted means of velocity, acceleration / 2 and jerk / 6, so they lie within the limits
 * of these. Where no positions fulfil that, there is no motion. How far all limits must be widened for positions to exist is a
 * linear programme; an interior-point method (S. J. Wright, "Primal-Dual Interior-Point Methods", 1997) solves it, and
 * its dual solution is the proof.
 */
import type { AxisCase } from '../trajectory-case.ts'

const steps = 100
/** Of the limits: proven when they would have to be widened by more. */
const enough = 1e-5
/** From a row's first unknown on. */
const band = 4
const toBoundary = 0.95

/** True: proven. False: nothing is known, for example as there is a motion. `parts`: more of them prove more. */
export function isProvenImpossible(axis: AxisCase, duration: number, parts: number): boolean {
  return new Widening(rowsOf(axis, duration, parts), parts - 1).isNeeded()
}

/** low <= sum of factors times unknowns <= high, in units in which high - low = 2. */
type Row = { first: number; factors: number[]; low: number; high: number }

/** Positions as shares of what the limits of acceleration allow in the time, which is 1. */
function rowsOf({ from, to, limits }: AxisCase, duration: number, parts: number): Row[] {
  const scale = Math.min(
    (limits.accelerationMax - limits.accelerationMin) * duration ** 2,
    (limits.jerkMax - limits.jerkMin) * duration ** 3,
    (limits.velocityMax - limits.velocityMin) * duration,
  )
  // as seen from one that goes on with the first velocity: smaller numbers
  const drift = from.velocity * duration
  const way = (to.position - from.position - drift) / scale
  const known = (end: number, order: number): number => {
    const { velocity, acceleration } = end === 0 ? from : to
    return order === 1
      ? (velocity * duration - drift) / scale
      : (acceleration * duration ** 2) / scale / 2
  }
  const orders: readonly (readonly [number, number])[] = [
    [0, 0],
    [
      (limits.velocityMin * duration - drift) / scale,
      (limits.velocityMax * duration - drift) / scale,
    ],
    [
      (limits.accelerationMin * duration ** 2) / scale / 2,
      (limits.accelerationMax * duration ** 2) / scale / 2,
    ],
    [(limits.jerkMin * duration ** 3) / scale / 6, (limits.jerkMax * duration ** 3) / scale / 6],
  ]
  // moments, both ends three times: what is known there counts as differences of moments that fell into one
  const count = parts + 5
  const time = (n: number) => Math.min(Math.max(n - 2, 0), parts) / parts
  let differences = Array.from({ length: count }, (_, n) =>
    n >= 3 && n <= parts + 1
      ? { factors: [1], constant: 0 }
      : { factors: [0], constant: n < 3 ? 0 : way },
  )
  const rows: Row[] = []
  for (let order = 1; order < orders.length; order++) {
    const [low, high] = orders[order] as readonly [number, number]
    differences = Array.from({ length: count - order }, (_, n) => {
      const span = time(n + order) - time(n)
      const left = differences[n] as (typeof differences)[number]
      const right = differences[n + 1] as (typeof differences)[number]
      const none = Array.from({ length: order + 1 }, () => 0)
      if (span === 0) return { factors: none, constant: known(time(n), order) }
      const factors = none.map(
        (_zero, k) => ((right.factors[k - 1] ?? 0) - (left.factors[k] ?? 0)) / span,
      )
      return { factors, constant: (right.constant - left.constant) / span }
    })
    const half = (high - low) / 2
    for (const [n, { factors, constant }] of differences.entries()) {
      if (factors.every((factor) => factor === 0)) continue
      // unknown k belongs to moment k + 3; factors of moments that are known are zero
      const begin = n - 3
      const skip = Math.max(0, -begin)
      const kept = factors.slice(skip, Math.max(skip, parts - 1 - begin))
      rows.push({
        first: begin + skip,
        factors: kept.map((factor) => factor / half),
        low: (low - constant) / half,
        high: (high - constant) / half,
      })
    }
  }
  return rows
}

/** Minimises the widening e: low - e <= row <= high + e. */
class Widening {
  readonly #rows: readonly Row[]
  readonly #unknowns: number
  readonly #x: Float64Array
  #e = 0
  // of each row: slack and multiplier, of its upper and its lower side
  readonly #slack: Float64Array
  readonly #multiplier: Float64Array
  readonly #matrix: Float64Array
  readonly #border: Float64Array
  readonly #one: Float64Array
  readonly #other: Float64Array

  constructor(rows: readonly Row[], unknowns: number) {
    this.#rows = rows
    this.#unknowns = unknowns
    this.#x = new Float64Array(unknowns)
    this.#slack = new Float64Array(2 * rows.length)
    this.#multiplier = new Float64Array(2 * rows.length).fill(1 / (2 * rows.length))
    this.#matrix = new Float64Array(unknowns * band)
    this.#border = new Float64Array(unknowns)
    this.#one = new Float64Array(unknowns)
    this.#other = new Float64Array(unknowns)
    for (const { low, high } of rows) this.#e = Math.max(this.#e, -high, low)
    this.#e = 1.5 * this.#e + 1
    for (const [n, { low, high }] of rows.entries()) {
      this.#slack[2 * n] = high + this.#e
      this.#slack[2 * n + 1] = this.#e - low
    }
  }

  isNeeded(): boolean {
    for (let n = 0; n < steps; n++) {
      if (this.#isProven()) return true
      // positions that need no widening exist
      if (this.#e < 0 || !this.#step()) return false
    }
    return false
  }

  /** The multipliers are feasible for the dual, and their bound is above zero. */
  #isProven(): boolean {
    const sums = this.#one.fill(0)
    let bound = 0
    let total = 0
    for (const [n, { first, factors, low, high }] of this.#rows.entries()) {
      const upper = this.#multiplier[2 * n] as number
      const lower = this.#multiplier[2 * n + 1] as number
      bound += lower * low - upper * high
      total += upper + lower
      for (const [k, factor] of factors.entries())
        sums[first + k] = (sums[first + k] as number) + (upper - lower) * factor
    }
    // what is left over counts against the proof: positions are about 1
    const rest = sums.reduce((sum, value) => sum + Math.abs(value), 0)
    return (bound - 10 * rest) / total > enough
  }

  /** One step of the method. False: no further. */
  #step(): boolean {
    const rows = this.#rows
    const slack = this.#slack
    const multiplier = this.#multiplier
    let gap = 0
    for (let n = 0; n < slack.length; n++) gap += (slack[n] as number) * (multiplier[n] as number)
    const mean = gap / slack.length
    const aim = 0.1 * mean
    const unknowns = this.#unknowns
    const matrix = this.#matrix.fill(0)
    const border = this.#border.fill(0)
    const right = this.#one.fill(0)
    let corner = 0
    // stationarity: sum of (upper - lower) factors = 0, sum of (upper + lower) = 1
    let rightE = -1
    for (const [n, { first, factors }] of rows.entries()) {
      const upper = (multiplier[2 * n] as number) / (slack[2 * n] as number)
      const lower = (multiplier[2 * n + 1] as number) / (slack[2 * n + 1] as number)
      const aimUpper = aim / (slack[2 * n] as number)
      const aimLower = aim / (slack[2 * n + 1] as number)
      corner += upper + lower
      rightE += aimUpper + aimLower
      for (let k = 0; k < factors.length; k++) {
        const factor = factors[k] as number
        const at = first + k
        border[at] = (border[at] as number) - (upper - lower) * factor
        right[at] = (right[at] as number) - (aimUpper - aimLower) * factor
        for (let m = 0; m <= k; m++) {
          const cell = at * band + (k - m)
          matrix[cell] =
            (matrix[cell] as number) + (upper + lower) * factor * (factors[m] as number)
        }
      }
    }
    if (!factorise(matrix, unknowns)) return false
    const other = this.#other
    other.set(border)
    solve(matrix, other)
    solve(matrix, right)
    let schur = corner
    let e = rightE
    for (let n = 0; n < unknowns; n++) {
      schur -= (border[n] as number) * (other[n] as number)
      e -= (border[n] as number) * (right[n] as number)
    }
    e /= schur
    if (!Number.isFinite(e)) return false
    for (let n = 0; n < unknowns; n++) right[n] = (right[n] as number) - (other[n] as number) * e
    return this.#go(right, e, aim)
  }

  #go(dx: Float64Array, de: number, aim: number): boolean {
    const slack = this.#slack
    const multiplier = this.#multiplier
    const changes = new Float64Array(slack.length)
    let primal = 1
    let dual = 1
    for (const [n, { first, factors }] of this.#rows.entries()) {
      let sum = 0
      for (let k = 0; k < factors.length; k++)
        sum += (factors[k] as number) * (dx[first + k] as number)
      changes[2 * n] = de - sum
      changes[2 * n + 1] = de + sum
    }
    for (let n = 0; n < slack.length; n++) {
      const s = slack[n] as number
      const change = changes[n] as number
      const m = multiplier[n] as number
      const grows = (aim - m * change) / s - m
      if (change < 0) primal = Math.min(primal, (-toBoundary * s) / change)
      if (grows < 0) dual = Math.min(dual, (-toBoundary * m) / grows)
    }
    for (let n = 0; n < slack.length; n++) {
      const s = slack[n] as number
      const m = multiplier[n] as number
      const change = changes[n] as number
      multiplier[n] = m + dual * ((aim - m * change) / s - m)
      slack[n] = s + primal * change
    }
    for (let n = 0; n < dx.length; n++)
      this.#x[n] = (this.#x[n] as number) + primal * (dx[n] as number)
    this.#e += primal * de
    return Math.max(primal, dual) > 1e-6
  }
}

/** Cholesky of a band: row n holds the diagonal, then what is left of it. False: not positive. */
function factorise(matrix: Float64Array, size: number): boolean {
  for (let n = 0; n < size; n++) {
    for (let k = Math.min(band - 1, n); k >= 0; k--) {
      const column = n - k
      let sum = matrix[n * band + k] as number
      for (let m = k + 1; m < band && m <= n; m++) {
        const shared = n - m
        if (column - shared >= band) continue
        sum -=
          (matrix[n * band + m] as number) * (matrix[column * band + (column - shared)] as number)
      }
      if (k > 0) matrix[n * band + k] = sum / (matrix[column * band] as number)
      else if (sum > 0) matrix[n * band] = Math.sqrt(sum)
      else return false
    }
  }
  return true
}

function solve(matrix: Float64Array, right: Float64Array): void {
  const size = right.length
  for (let n = 0; n < size; n++) {
    let sum = right[n] as number
    for (let k = 1; k < band && k <= n; k++)
      sum -= (matrix[n * band + k] as number) * (right[n - k] as number)
    right[n] = sum / (matrix[n * band] as number)
  }
  for (let n = size - 1; n >= 0; n--) {
    let sum = right[n] as number
    for (let k = 1; k < band && n + k < size; k++)
      sum -= (matrix[(n + k) * band + k] as number) * (right[n + k] as number)
    right[n] = sum / (matrix[n * band] as number)
  }
}
