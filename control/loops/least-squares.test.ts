import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { LeastSquares } from './least-squares.ts'

function fitted(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const fit = new LeastSquares(rows[0]?.length ?? 0)
  for (const [n, row] of rows.entries()) {
    fit.row.set(row)
    fit.value = values[n] as number
    fit.add()
  }
  return [...fit.solve()]
}

test('unknowns of any scale that fulfil all rows are found', () => {
  const unknown = fc.double({ min: -10, max: 10, noNaN: true })
  fc.assert(
    fc.property(unknown, unknown, unknown, fc.integer({ min: -6, max: 6 }), (a, b, c, exponent) => {
      const scale = 10 ** exponent
      const rows = Array.from({ length: 40 }, (_, n) => [Math.sin(n), scale * Math.cos(3 * n), n])
      const values = rows.map(([x = 0, y = 0, z = 0]) => a * x + (b / scale) * y + c * z)
      const [foundA = NaN, foundB = NaN, foundC = NaN] = fitted(rows, values)
      expect(foundA).toBeCloseTo(a, 6)
      expect(foundB * scale).toBeCloseTo(b, 6)
      expect(foundC).toBeCloseTo(c, 6)
    }),
  )
})

test('of rows that contradict each other the mean is taken', () => {
  expect(fitted([[1], [1], [1]], [1, 2, 6])[0]).toBeCloseTo(3, 12)
})

test('unknowns that the rows do not tell apart are not a number', () => {
  const rows = [
    [1, 2],
    [2, 4],
    [3, 6],
  ]
  expect(fitted(rows, [1, 2, 3]).every(Number.isNaN)).toBe(true)
  expect(fitted([[0, 1]], [1])[0]).toBeNaN()
})
