import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MotionLimits, SetpointGenerator, stepResult } from './setpoint-generator.ts'

const limits: MotionLimits = {
  positionMin: -1,
  positionMax: 1,
  velocity: 100,
  acceleration: 3000,
  jerk: 60_000,
}

test('whatever velocities are asked for, the position limits hold', () => {
  const share = fc.double({ min: 0.01, max: 1, noNaN: true })
  const velocity = fc.double({ min: -100, max: 100, noNaN: true })
  const change = fc.tuple(velocity, share, share, fc.integer({ min: 0, max: 60 }))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const generator = new SetpointGenerator(0.002, limits)
      let furthest = 0
      for (const [target, acceleration, jerk, cycles] of changes) {
        generator.changeVelocity(target, acceleration * limits.acceleration, jerk * limits.jerk)
        for (let k = 0; k < cycles; k++) {
          generator.step()
          furthest = Math.max(furthest, Math.abs(generator.position))
        }
      }
      expect(furthest).toBeLessThanOrEqual(1 + 1e-9)
    }),
    { numRuns: 2000 },
  )
})

test('an axis outside its limits can move back in, and not further out', () => {
  const generator = new SetpointGenerator(0.001, limits)
  generator.position = 5
  generator.changeVelocity(-3, 3000, 60_000)
  let result: number = stepResult.none
  for (let k = 0; k < 1000 && result === stepResult.none; k++) result = generator.step()
  expect(result).toBe(stepResult.velocityReached)
  for (let k = 0; k < 100; k++) generator.step()
  expect(generator.velocity).toBe(-3)
  generator.rest()
  generator.position = 5
  generator.changeVelocity(3, 3000, 60_000)
  expect(generator.step()).toBe(stepResult.limitAhead)
  for (let k = 0; k < 10; k++) generator.step()
  expect(generator.atRest).toBe(true)
  expect(generator.position).toBe(5)
})
