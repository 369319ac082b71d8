import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SpanLimits } from './span-limits.ts'

const positive = fc.double({ min: 0.1, max: 1e4, noNaN: true })
const bend = fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 10, noNaN: true }))
const share = fc.double({ min: -1, max: 1, noNaN: true })
const row = fc.record({
  first: fc.double({ min: 1e-3, max: 1, noNaN: true }),
  second: bend,
  third: bend,
  velocity: positive,
  acceleration: positive,
  jerk: positive,
})

test('no axis exceeds a limit, whatever the path does within what was found', () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 4 }),
      share,
      share,
      share,
      (rows, v, a, j) => {
        const limits = new SpanLimits(rows.length)
        for (const [n, one] of rows.entries()) {
          limits.first[n] = one.first
          limits.second[n] = one.second
          limits.third[n] = one.third
          limits.velocities[n] = one.velocity
          limits.accelerations[n] = one.acceleration
          limits.jerks[n] = one.jerk
        }
        limits.solve()
        const speed = Math.abs(v) * limits.velocity
        const acceleration = a * limits.acceleration
        const jerk = j * limits.jerk
        for (const one of rows) {
          const more = 1 + 1e-9
          expect(one.first * speed).toBeLessThanOrEqual(one.velocity * more)
          expect(
            Math.abs(one.first * acceleration) + one.second * speed * speed,
          ).toBeLessThanOrEqual(one.acceleration * more)
          expect(
            Math.abs(one.first * jerk) +
              3 * one.second * speed * Math.abs(acceleration) +
              one.third * speed ** 3,
          ).toBeLessThanOrEqual(one.jerk * more)
        }
      },
    ),
  )
})

test('on an arc, acceleration along and across make the limit by Pythagoras', () => {
  const limits = new SpanLimits(1)
  const radius = 50
  limits.first[0] = 1
  limits.second[0] = 1 / radius
  limits.third[0] = 1 / radius ** 2
  limits.velocities[0] = 1e9
  limits.accelerations[0] = 1000
  limits.jerks[0] = 1e9
  limits.quadrature[0] = 1
  limits.solve()
  expect(limits.velocity).toBeCloseTo(Math.sqrt(0.8 * 1000 * radius), 9)
  expect(limits.acceleration).toBeCloseTo(600, 9)
})

test('a straight axis that does not move along sets no limit', () => {
  const limits = new SpanLimits(2)
  limits.first.set([0, 1])
  limits.velocities.set([1, 5])
  limits.accelerations.set([1, 7])
  limits.jerks.set([1, 9])
  limits.solve()
  expect([limits.velocity, limits.acceleration, limits.jerk]).toEqual([5, 7, 9])
})
