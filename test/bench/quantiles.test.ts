import { expect, test } from 'vitest'
import { medianRatio, pooled, quantiles, rounded, splitBlocks } from './quantiles.ts'

const oneTo = (n: number) => Int32Array.from({ length: n }, (_, k) => n - k)
const block = (ns: number) => new Int32Array(2000).fill(ns)

test('quantiles are nearest ranks, whatever the order', () => {
  expect(quantiles(oneTo(1000))).toEqual({ p50: 500, p99: 990, p999: 999, max: 1000 })
  expect(quantiles(Int32Array.of(7))).toEqual({ p50: 7, p99: 7, p999: 7, max: 7 })
})

test('samples come apart into blocks and tasks, and together again by task', () => {
  const blocks = splitBlocks(Int32Array.of(1, 2, 10, 20, 3, 4, 30, 40), 2, 2, 2)
  expect(pooled(blocks, 0)).toEqual(Int32Array.of(1, 2, 3, 4))
  expect(pooled(blocks, 1)).toEqual(Int32Array.of(10, 20, 30, 40))
  expect(() => splitBlocks(Int32Array.of(1, 2, 3), 2, 2, 2)).toThrow('3 samples, expected 8')
})

test('a burst that hits one group does not decide the ratio, and few samples are one group', () => {
  const calm = [block(1200), block(1000)]
  const burst = [block(90_000), block(1000)]
  const ratio = { p50: 1.2, p99: 1.2, p999: 1.2 }
  expect(rounded(medianRatio([calm, burst, calm], 0, 1))).toEqual(ratio)
  const few = [calm, burst].map((tasks) => tasks.map((samples) => samples.subarray(0, 100)))
  expect(medianRatio(few, 0, 1).p99).toBe(90)
})
