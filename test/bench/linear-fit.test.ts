import { expect, test } from 'vitest'
import { fitLine, median } from './linear-fit.ts'

test('a line is found through points on it, and one that does not lie on it lowers r2', () => {
  const points = [1, 4, 16, 64].map((x) => [x, 40 + 10 * x] as const)
  const line = fitLine(points)
  expect([line.slope, line.offset, line.r2].map((n) => Math.round(n * 1e6) / 1e6)).toEqual([
    10, 40, 1,
  ])
  expect(fitLine([...points, [32, 0]]).r2).toBeLessThan(0.9)
})

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})
