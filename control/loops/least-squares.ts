/**
 * Least squares by normal equations, row by row: adding a row is cyclic, solving is not. Columns are scaled before solving, so
 * that their units do not matter.
 */
export class LeastSquares {
  /** One row of the equations: what the unknowns are multiplied with. Set before `add`. */
  readonly row: Float64Array
  /** What the row adds up to. Set before `add`. */
  value = 0.5
  readonly #unknowns: number
  /** By rows; the last column is the right side. */
  readonly #normal: Float64Array

  constructor(unknowns: number) {
    this.#unknowns = unknowns
    this.row = new Float64Array(unknowns)
    this.#normal = new Float64Array(unknowns * (unknowns + 1))
    this.value = 0
  }

  /** Takes `row` and `value`. Cyclic. */
  add(): void {
    const { row } = this
    const normal = this.#normal
    const n = this.#unknowns
    for (let i = 0; i < n; i++) {
      const factor = row[i] as number
      const at = i * (n + 1)
      for (let j = 0; j < n; j++)
        normal[at + j] = (normal[at + j] as number) + factor * (row[j] as number)
      normal[at + n] = (normal[at + n] as number) + factor * this.value
    }
  }

  /** The unknowns; NaN in all where the rows do not tell them apart. Not cyclic. */
  solve(): Float64Array {
    const n = this.#unknowns
    const matrix: number[][] = []
    const scale: number[] = []
    for (let i = 0; i < n; i++) scale.push(Math.sqrt(this.#normal[i * (n + 1) + i] as number))
    for (let i = 0; i < n; i++) {
      const from = i * (n + 1)
      const row = [...this.#normal.subarray(from, from + n + 1)]
      matrix.push(row.map((value, j) => value / ((scale[i] as number) * (scale[j] ?? 1))))
    }
    eliminate(matrix)
    return Float64Array.from(matrix, (row, i) => (row[n] as number) / (scale[i] as number))
  }
}

/** Gauss and Jordan with pivoting, in place; the right side, the last column, becomes the solution. */
function eliminate(matrix: number[][]): void {
  const n = matrix.length
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let i = column + 1; i < n; i++)
      if (Math.abs(cell(matrix, i, column)) > Math.abs(cell(matrix, pivot, column))) pivot = i
    const pivotRow = matrix[pivot] as number[]
    matrix[pivot] = matrix[column] as number[]
    matrix[column] = pivotRow
    const whole = cell(matrix, column, column)
    // scaled to ones on the diagonal: what is left of a column that the others tell as well is rounding
    const usable = Math.abs(whole) > 1e-12
    for (let j = 0; j <= n; j++) pivotRow[j] = usable ? (pivotRow[j] as number) / whole : NaN
    for (let i = 0; i < n; i++) {
      if (i === column) continue
      const factor = cell(matrix, i, column)
      const row = matrix[i] as number[]
      for (let j = 0; j <= n; j++) row[j] = (row[j] as number) - factor * (pivotRow[j] as number)
    }
  }
}

function cell(matrix: number[][], i: number, j: number): number {
  return (matrix[i] as number[])[j] as number
}
