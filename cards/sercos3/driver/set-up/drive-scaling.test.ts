import { expect, test } from 'vitest'
import { place } from '../../../../uio/bit-field.ts'
import { scalingMethod, scalingType } from '../../drive-words.ts'
import { scalingOf } from './drive-scaling.ts'

const linear = place(scalingMethod.linear, scalingType.method)
const rotary = place(scalingMethod.rotary, scalingType.method)
const own = place(1, scalingType.byParameters)
const inch = place(1, scalingType.inch)
const perSecond = place(1, scalingType.perSecond)
const position = { factor: 5, exponent: 0, resolution: 1 }
const velocity = { factor: 7, exponent: 0 }

test.each([
  [
    'preferred linear: 0.1 um, um/min',
    { ...position, type: linear },
    { ...velocity, type: linear },
    10_000,
    60_000,
  ],
  [
    'um and um/s by parameters',
    { type: linear | own, factor: 1, exponent: -6, resolution: 0 },
    { type: linear | own | perSecond, factor: 1, exponent: -6 },
    1000,
    1000,
  ],
  [
    'two tenths of a um',
    { type: linear | own, factor: 2, exponent: -7, resolution: 0 },
    { type: linear, factor: 1, exponent: 0 },
    5000,
    60_000,
  ],
  [
    'ten thousandths of an inch',
    { type: linear | own | inch, factor: 1, exponent: -4, resolution: 0 },
    { type: linear, factor: 1, exponent: 0 },
    393.700787402,
    60_000,
  ],
  [
    'preferred rotary: 3 600 000 a turn, 0.0001 1/min',
    { ...position, type: rotary },
    { ...velocity, type: rotary },
    10_000,
    1666.66666667,
  ],
  [
    '2^20 a turn',
    { type: rotary | own, factor: 1, exponent: 0, resolution: 2 ** 20 },
    { type: rotary | own | perSecond, factor: 1, exponent: -6 },
    2 ** 20 / 360,
    2777.77777778,
  ],
])('%s', (_, positions, velocities, increments, velocityIncrements) => {
  expect(scalingOf(positions, velocities)).toEqual({
    kind: (positions.type & linear) === 0 ? 'rotary' : 'linear',
    incrementsPerUnit: increments,
    velocityIncrementsPerUnit: velocityIncrements,
  })
})

test('data that are not scaled, or one way here and another there, have no increments per unit', () => {
  expect(scalingOf({ ...position, type: 0 }, { ...velocity, type: 0 })).toBeUndefined()
  expect(scalingOf({ ...position, type: linear }, { ...velocity, type: rotary })).toBeUndefined()
})
