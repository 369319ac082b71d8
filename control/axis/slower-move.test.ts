/** Moves taken up faster than they are to go: blended from a faster one, commanded anew, or held back by the override. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bench, limits, poweredBench } from './axis-bench.ts'
import { axisError } from './axis-error.ts'
import { bufferMode } from './buffer-mode.ts'
import { Dynamics } from './dynamics.ts'
import { commandEnd } from './settlement-outbox.ts'

const done = { end: commandEnd.done, error: axisError.none }

/** Runs until command `id` has ended; the lowest velocity before the axis was `near` to where it stops, and the least at all. */
function lowest(bench: Bench, id: number, target: number, near: number): number {
  let velocity = Infinity
  while (!bench.ends.has(id)) {
    bench.cycle()
    const { motion } = bench
    // the last brake for the target is meant to get slower
    const brakes = Math.abs(target - motion.position) < near
    velocity = Math.min(velocity, brakes && motion.velocity >= 0 ? Infinity : motion.velocity)
  }
  expect(bench.ends.get(id)).toEqual(done)
  expect(bench.motion.position).toBe(target)
  return velocity
}

test.each([
  [300, 100],
  [300, 10],
  [75, 10],
])('a move at %f unit/s that becomes one at %f gets slower, not too slow', (first, second) => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 150, new Dynamics(first))
  while (bench.motion.position < 40) bench.cycle()
  bench.motion.moveAbsolute(3, 150, new Dynamics(second))
  expect(lowest(bench, 3, 150, 5)).toBeCloseTo(second, 6)
})

test('an override that is lowered brings the velocity down to it, and not below', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 150, new Dynamics(300))
  while (bench.motion.position < 40) bench.cycle()
  bench.motion.setOverride(3, 0.05)
  expect(lowest(bench, 2, 150, 5)).toBeCloseTo(15, 6)
})

test('a velocity that is changed again while the axis is on its way down to it is not passed below', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 190, new Dynamics(300))
  while (bench.motion.position < 40) bench.cycle()
  bench.motion.moveAbsolute(3, 190, new Dynamics(20))
  while (bench.motion.velocity > 40) bench.cycle()
  bench.motion.setOverride(4, 1.05)
  // as far down as it takes to take the acceleration back, then up
  expect(lowest(bench, 3, 190, 5)).toBeGreaterThan(19.9)
})

test.each([bufferMode.blendingPrevious, bufferMode.blendingHigh])(
  'a slower move that is blended into (mode %d) settles at its own velocity',
  (mode) => {
    const bench = poweredBench()
    bench.motion.moveAbsolute(2, 80, new Dynamics(300))
    bench.motion.moveAbsolute(3, 160, new Dynamics(60), mode)
    while (!bench.ends.has(2)) bench.cycle()
    expect(bench.motion.velocity).toBeGreaterThan(290)
    expect(lowest(bench, 3, 160, 5)).toBeCloseTo(60, 6)
  },
)

const velocity = fc.double({ min: 10, max: limits.velocity, noNaN: true })
const change = fc.oneof(fc.constant(0), fc.double({ min: 300, max: 5000, noNaN: true }))
const dynamics = fc
  .tuple(velocity, change, change)
  .map(([v, up, down]) => new Dynamics(v, up, 0, down))
const blend = fc.record({
  first: dynamics,
  second: dynamics,
  at: fc.double({ min: 0.5, max: 90, noNaN: true }),
  on: fc.double({ min: 0.05, max: 95, noNaN: true }),
  mode: fc.integer({ min: bufferMode.blendingLow, max: bufferMode.blendingHigh }),
  later: fc.integer({ min: 0, max: 400 }),
  sign: fc.constantFrom(1, -1),
})

test('two blended moves the same way never go back, nor past their end', () => {
  fc.assert(
    fc.property(blend, ({ first, second, at, on, mode, later, sign }) => {
      const bench = poweredBench(sign * -90)
      bench.motion.moveAbsolute(2, sign * (at - 90), first)
      bench.cycle(later)
      if (bench.ends.has(2)) return
      bench.motion.moveAbsolute(3, sign * (at + on - 90), second, mode as 2)
      let back = 0
      let beyond = 0
      while (!bench.ends.has(3)) {
        bench.cycle()
        back = Math.min(back, bench.motion.velocity * sign)
        beyond = Math.max(beyond, bench.motion.position * sign - (at + on - 90))
      }
      expect(bench.ends.get(3)).toEqual(done)
      expect(back).toBeGreaterThan(-1e-6)
      expect(beyond).toBeLessThan(1e-6)
    }),
    { numRuns: 1500, seed: 5 },
  )
})
