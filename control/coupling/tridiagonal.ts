/** Linear equations of which each touches its neighbours only. Not cyclic. */

export type TridiagonalRow = {
  readonly below: number
  readonly diagonal: number
  readonly above: number
  readonly right: number
}

/**
 * Thomas's elimination, for rows whose diagonal is not smaller than the rest. `ring`: the last row is the neighbour of the
 * first; solved by the formula of Sherman and Morrison (Press et al., "Numerical Recipes", section 2.7).
 */
export function solveTridiagonal(rows: readonly TridiagonalRow[], ring: boolean): number[] {
  const first = rows[0]
  const last = rows.at(-1)
  if (!ring || first === undefined || last === undefined) return eliminate(rows)
  // the corners as a product of two vectors: (gamma, 0 ... 0, last.above) and (1, 0 ... 0, first.below / gamma)
  const gamma = -first.diagonal
  const ratio = first.below / gamma
  const end = rows.length - 1
  const inner = rows.map((row, n) => {
    if (n === 0) return { ...row, diagonal: row.diagonal - gamma }
    return n === end ? { ...row, diagonal: row.diagonal - last.above * ratio } : row
  })
  const corner = inner.map((row, n) => ({
    ...row,
    right: (n === 0 ? gamma : 0) + (n === end ? last.above : 0),
  }))
  const plain = eliminate(inner)
  const bent = eliminate(corner)
  const factor =
    (get(plain, 0) + ratio * get(plain, end)) / (1 + get(bent, 0) + ratio * get(bent, end))
  return plain.map((value, n) => value - factor * get(bent, n))
}

function eliminate(rows: readonly TridiagonalRow[]): number[] {
  const above: number[] = []
  const right: number[] = []
  for (const [n, row] of rows.entries()) {
    const pivot = row.diagonal - row.below * (n === 0 ? 0 : get(above, n - 1))
    above.push(row.above / pivot)
    right.push((row.right - row.below * (n === 0 ? 0 : get(right, n - 1))) / pivot)
  }
  for (let n = rows.length - 2; n >= 0; n--)
    right[n] = get(right, n) - get(above, n) * get(right, n + 1)
  return right
}

function get(list: readonly number[], n: number): number {
  return list[n] ?? 0
}
