import { array, assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram, histogramBytes, HistogramWindow } from './histogram.ts'

function histogram() {
  return new Histogram(new SharedArrayBuffer(histogramBytes))
}

test('quantiles lie at most a sixteenth above those of the sorted values', () => {
  assert(
    property(
      array(integer({ min: 0, max: 2_000_000_000 }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const counted = histogram()
        const window = new HistogramWindow(counted)
        for (const value of values) counted.add(value)
        const sorted = values.toSorted((a, b) => a - b)
        const quantiles = window.take()
        const exact = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] as number
        for (const [found, share] of [
          [quantiles.p50, 0.5],
          [quantiles.p99, 0.99],
          [quantiles.p999, 0.999],
        ] as const) {
          expect(found).toBeGreaterThanOrEqual(exact(share))
          expect(found).toBeLessThanOrEqual(exact(share) * (1 + 1 / 16))
        }
        expect(quantiles.max).toBe(sorted.at(-1))
      },
    ),
  )
})

test('a window holds only what was added since the one before', () => {
  const counted = histogram()
  const window = new HistogramWindow(counted)
  counted.add(1_000_000)
  expect(window.take().max).toBe(1_000_000)
  counted.add(100)
  expect(window.take()).toEqual({ p50: 100, p99: 100, p999: 100, max: 100 })
  expect(window.take()).toEqual({ p50: 0, p99: 0, p999: 0, max: 0 })
})

test('durations outside the range are clamped: negative to 0, beyond 2^31 ns to its end', () => {
  const counted = histogram()
  const window = new HistogramWindow(counted)
  counted.add(-5)
  expect(window.take().max).toBe(0)
  counted.add(1e12)
  expect(window.take().max).toBe(0x7fff_ffff)
})
