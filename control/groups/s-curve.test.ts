import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SCurve } from './s-curve.ts'

function curve(acceleration: number, jerk: number): SCurve {
  const made = new SCurve()
  made.acceleration = acceleration
  made.jerk = jerk
  return made
}

test('full acceleration takes the way of two halves of jerk and one of constant acceleration', () => {
  // 0 to 3 unit/s at 1 unit/s^2 and 1 unit/s^3: 1 s of jerk to 0.5 unit/s, 2 s on to 2.5, 1 s of jerk
  const made = curve(1, 1)
  made.speed = 0
  made.other = 3
  made.findWay()
  expect(made.way).toBeCloseTo(1 / 6 + (0.5 * 2 + 2) + (2.5 + 0.5 - 1 / 6), 12)
})

test('a small change reaches half the jerk time twice', () => {
  // 1 to 2 unit/s with jerk 4 unit/s^3: 0.5 s up, 0.5 s down, at 1.5 unit/s on average
  const made = curve(10, 4)
  made.speed = 2
  made.other = 1
  made.findWay()
  expect(made.way).toBeCloseTo(1.5, 12)
})

const size = fc.double({ min: 1e-3, max: 1e5, noNaN: true })

test('the speed found for a way needs just this way', () => {
  fc.assert(
    fc.property(
      size,
      size,
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e4, noNaN: true }),
      (acceleration, jerk, speed, way) => {
        const made = curve(acceleration, jerk)
        made.speed = speed
        made.way = way
        made.findSpeed()
        expect(made.other).toBeGreaterThanOrEqual(speed)
        // what rounding of the speeds may do to the way: time by speed
        const slack = 1e-9 + (1e-14 * made.other * (made.other + speed)) / (made.other - speed || 1)
        made.findWay()
        if (made.other > speed * (1 + 1e-9))
          expect(Math.abs(made.way / way - 1)).toBeLessThan(slack + 1e-6)
      },
    ),
  )
})
