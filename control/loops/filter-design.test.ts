import { expect, test } from 'vitest'
import { Biquad } from './biquad.ts'
import { bilinear, biquadResponse, lowPass1, lowPass2, notch } from './filter-design.ts'

const cycleS = 0.00025
const nyquistHz = 0.5 / cycleS

test('low passes have the gain and phase of their continuous forms at the corner', () => {
  for (const cutoffHz of [0.1, 12, 400, 1900]) {
    const first = biquadResponse(lowPass1(cutoffHz, cycleS), cutoffHz, cycleS)
    expect(first.gain).toBeCloseTo(Math.SQRT1_2, 10)
    expect(first.phaseRad).toBeCloseTo(-Math.PI / 4, 10)
    const second = biquadResponse(lowPass2(cutoffHz, cycleS, 0.4), cutoffHz, cycleS)
    expect(second.gain).toBeCloseTo(1 / 0.8, 6)
    expect(second.phaseRad).toBeCloseTo(-Math.PI / 2, 6)
  }
})

test('a sampled filter is the continuous one at the warped frequency, everywhere', () => {
  const w0 = 2 * Math.PI * 300
  const continuous = { b2: 0.3, b1: 200, b0: 5e5, a2: 1, a1: 0.2 * w0, a0: w0 * w0 }
  const sampled = bilinear(continuous, 300, cycleS)
  const k = w0 / Math.tan((w0 * cycleS) / 2)
  for (const hz of [1, 50, 300, 310, 900, 1900]) {
    const w = k * Math.tan(Math.PI * hz * cycleS)
    const above = Math.hypot(continuous.b0 - continuous.b2 * w * w, continuous.b1 * w)
    const below = Math.hypot(continuous.a0 - continuous.a2 * w * w, continuous.a1 * w)
    expect(biquadResponse(sampled, hz, cycleS).gain / (above / below)).toBeCloseTo(1, 9)
  }
})

test('a notch has its depth in the middle, gain 1 at both ends, and exactly its width', () => {
  for (const [hz, widthHz, depth] of [
    [200, 30, 0],
    [640, 100, 0.2],
    [1500, 400, 0.5],
  ] as const) {
    const filter = notch(hz, widthHz, cycleS, depth)
    const gainAt = (at: number): number => biquadResponse(filter, at, cycleS).gain
    expect(gainAt(hz)).toBeCloseTo(depth, 9)
    expect(gainAt(0)).toBeCloseTo(1, 9)
    expect(gainAt(nyquistHz)).toBeCloseTo(1, 9)
    const halfway = Math.sqrt((1 + depth * depth) / 2)
    const edge = (inside: number, outside: number): number => {
      for (let n = 0; n < 60; n++) {
        const middle = (inside + outside) / 2
        if (gainAt(middle) < halfway) inside = middle
        else outside = middle
      }
      return inside
    }
    expect(edge(hz, nyquistHz) - edge(hz, 0)).toBeCloseTo(widthHz, 6)
  }
})

test('the filter that runs is the filter that was designed: its answer to a sine has that gain and phase', () => {
  const coefficients = lowPass2(150, cycleS, 0.3)
  const filter = new Biquad(coefficients)
  const hz = 160
  const { gain, phaseRad } = biquadResponse(coefficients, hz, cycleS)
  let worst = 0
  for (let k = 0; k < 4000; k++) {
    filter.input = Math.sin(2 * Math.PI * hz * k * cycleS)
    filter.update()
    const expected = gain * Math.sin(2 * Math.PI * hz * k * cycleS + phaseRad)
    if (k > 3000) worst = Math.max(worst, Math.abs(filter.output - expected))
  }
  expect(worst).toBeLessThan(1e-9)
})

test('a settled filter answers the same input with what it shows', () => {
  for (const coefficients of [lowPass1(50, cycleS), lowPass2(50, cycleS), notch(50, 10, cycleS)]) {
    const filter = new Biquad(coefficients)
    filter.input = -7.25
    filter.settle()
    for (let k = 0; k < 10; k++) {
      filter.update()
      expect(filter.output).toBeCloseTo(-7.25, 9)
    }
  }
})

test('frequencies from half the rate of the cycles on are refused', () => {
  expect(() => lowPass1(nyquistHz, cycleS)).toThrow('DP_LOOP_PARAMETER: cutoffHz')
  expect(() => lowPass2(0, cycleS)).toThrow('DP_LOOP_PARAMETER')
  expect(() => notch(100, nyquistHz, cycleS)).toThrow('DP_LOOP_PARAMETER: widthHz')
  expect(() => notch(NaN, 1, cycleS)).toThrow('DP_LOOP_PARAMETER: frequencyHz')
})
