import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { VelocityRamp } from './velocity-ramp.ts'

const speed = fc.double({ min: -1e3, max: 1e3, noNaN: true })
const change = fc.record({
  velocity: speed,
  acceleration: fc.double({ min: -2e3, max: 2e3, noNaN: true }),
  target: speed,
  maxAcceleration: fc.double({ min: 0.1, max: 1e4, noNaN: true }),
  maxJerk: fc.double({ min: 1, max: 1e6, noNaN: true }),
})
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never

function plan(c: Change): VelocityRamp {
  const ramp = Object.assign(new VelocityRamp(), c)
  ramp.plan()
  return ramp
}

function at(ramp: VelocityRamp, time: number): { p: number; v: number; a: number } {
  ramp.time = time
  ramp.evaluate()
  return { p: ramp.position, v: ramp.velocity, a: ramp.acceleration }
}

test('from any velocity and acceleration the target is reached exactly, with no acceleration left', () => {
  fc.assert(
    fc.property(change, (c) => {
      const ramp = plan(c)
      const end = at(ramp, ramp.duration)
      expect(end.v).toBe(c.target)
      expect(end.a).toBe(0)
      expect(end.p).toBe(ramp.endPosition)
      const later = at(ramp, ramp.duration + 2)
      expect(later.p).toBeCloseTo(ramp.endPosition + 2 * c.target, 6)
    }),
  )
})

test('position, velocity and acceleration are each the integral of the next, within the limits', () => {
  fc.assert(
    fc.property(change, fc.integer({ min: 3, max: 200 }), (c, steps) => {
      const ramp = plan(c)
      const h = ramp.duration / steps
      const highest = Math.max(c.maxAcceleration, Math.abs(c.acceleration))
      let last = at(ramp, 0)
      expect(last.v).toBeCloseTo(c.velocity, 5)
      expect(last.a).toBeCloseTo(c.acceleration, 5)
      for (let k = 1; k <= steps; k++) {
        const next = at(ramp, k * h)
        expect(Math.abs(next.a)).toBeLessThanOrEqual(highest * (1 + 1e-9))
        expect(Math.abs(next.a - last.a)).toBeLessThanOrEqual(c.maxJerk * h * (1 + 1e-6) + 1e-6)
        expect(Math.abs(next.v - last.v - ((last.a + next.a) / 2) * h)).toBeLessThanOrEqual(
          c.maxJerk * h * h * 0.26 + 1e-7,
        )
        expect(Math.abs(next.p - last.p - ((last.v + next.v) / 2) * h)).toBeLessThanOrEqual(
          highest * h * h * 0.26 + 1e-9 * Math.max(1, Math.abs(next.p)),
        )
        last = next
      }
    }),
  )
})

test('velocity never leaves the range between start, target and what taking the first acceleration back costs', () => {
  fc.assert(
    fc.property(change, (c) => {
      const ramp = plan(c)
      const inertia = (c.acceleration * Math.abs(c.acceleration)) / (2 * c.maxJerk)
      const low = Math.min(c.velocity, c.velocity + inertia, c.target)
      const high = Math.max(c.velocity, c.velocity + inertia, c.target)
      for (let k = 0; k <= 40; k++) {
        const { v } = at(ramp, (ramp.duration * k) / 40)
        const slack = 1e-9 * (1 + Math.abs(low) + Math.abs(high))
        expect(v).toBeGreaterThanOrEqual(low - slack)
        expect(v).toBeLessThanOrEqual(high + slack)
      }
    }),
  )
})

test('no other jerk-hold-jerk sequence within the limits leads to the same velocity sooner', () => {
  const share = fc.double({ min: -1, max: 1, noNaN: true })
  const time = fc.double({ min: 0, max: 2, noNaN: true })
  fc.assert(
    fc.property(change, share, time, (c, s, held) => {
      fc.pre(Math.abs(c.acceleration) <= c.maxAcceleration)
      const hold = s * c.maxAcceleration
      const first = Math.abs(hold - c.acceleration) / c.maxJerk
      const last = Math.abs(hold) / c.maxJerk
      const gained = (first * (hold + c.acceleration)) / 2 + held * hold + (last * hold) / 2
      const ramp = plan({ ...c, target: c.velocity + gained })
      // The target's rounding alone can cost its square root.
      expect(ramp.duration).toBeLessThanOrEqual((first + held + last) * (1 + 1e-6) + 1e-4)
    }),
  )
})

test('the extremes of a ramp to rest are its ends and its turn', () => {
  fc.assert(
    fc.property(change, (c) => {
      const ramp = plan({ ...c, target: 0 })
      ramp.findTurn()
      const turn = ramp.turnPosition
      const low = Math.min(0, turn, ramp.endPosition)
      const high = Math.max(0, turn, ramp.endPosition)
      const slack = 1e-9 * (1 + high - low)
      for (let k = 0; k <= 60; k++) {
        const { p } = at(ramp, (ramp.duration * k) / 60)
        expect(p).toBeGreaterThanOrEqual(low - slack)
        expect(p).toBeLessThanOrEqual(high + slack)
      }
    }),
  )
})

test('a ramp that turns back says where', () => {
  // 2 - 4 t + t^2 = 0 at t = 2 - sqrt 2
  const ramp = plan({ velocity: 2, acceleration: -4, target: 0, maxAcceleration: 10, maxJerk: 2 })
  const t = 2 - Math.SQRT2
  ramp.findTurn()
  expect(at(ramp, t).v).toBeCloseTo(0, 12)
  expect(ramp.turnPosition).toBeCloseTo(at(ramp, t).p, 12)
  expect(ramp.endPosition).toBeLessThan(ramp.turnPosition)
})
