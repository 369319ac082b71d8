import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cycleS, limits, poweredBench } from './axis-bench.ts'
import { axisError } from './axis-error.ts'
import { axisState } from './axis-state.ts'
import { Dynamics } from './dynamics.ts'
import { commandEnd } from './settlement-outbox.ts'

const done = { end: commandEnd.done, error: axisError.none }

test('a way laid over a velocity is gained, and the velocity is the same afterwards', () => {
  const bench = poweredBench(-90)
  bench.motion.moveVelocity(2, 100)
  bench.until(2)
  const from = bench.motion.position
  let cycles = 0
  bench.motion.moveSuperimposed(3, 10, new Dynamics(50))
  while (!bench.ends.has(3)) {
    bench.cycle()
    cycles += 1
    expect(bench.motion.velocity).toBeLessThanOrEqual(150 + 1e-9)
    expect(bench.motion.state).toBe(axisState.continuousMotion)
  }
  expect(bench.ends.get(3)).toEqual(done)
  bench.cycle(100)
  expect(bench.motion.velocity).toBeCloseTo(100, 9)
  expect(bench.motion.position).toBeCloseTo(from + 10 + 100 * (cycles + 100) * cycleS, 6)
})

test('a move with a way laid over it ends by that way further, and is discrete until both have ended', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 50, new Dynamics(200))
  bench.cycle(50)
  bench.motion.moveSuperimposed(3, 20, new Dynamics(20))
  expect(bench.until(2)).toEqual(done)
  expect(bench.motion.state).toBe(axisState.discreteMotion)
  expect(bench.ends.has(3)).toBe(false)
  expect(bench.until(3)).toEqual(done)
  expect(bench.motion.position).toBeCloseTo(70, 9)
  expect(bench.motion.state).toBe(axisState.standstill)
  bench.motion.moveAbsolute(4, 50)
  bench.until(4)
  expect(bench.motion.position).toBe(50)
})

test('at standstill a way laid over is a relative move', () => {
  const bench = poweredBench(10)
  bench.motion.moveSuperimposed(2, 5)
  expect(bench.motion.state).toBe(axisState.discreteMotion)
  bench.until(2)
  expect(bench.motion.position).toBe(15)
})

test('haltSuperimposed ends what is laid over, the motion below goes on', () => {
  const bench = poweredBench(-90)
  bench.motion.moveVelocity(2, 50)
  bench.until(2)
  bench.motion.moveSuperimposed(3, 50, new Dynamics(30))
  bench.cycle(200)
  expect(bench.motion.velocity).toBeCloseTo(80, 6)
  bench.motion.haltSuperimposed(4)
  expect(bench.until(4)).toEqual(done)
  expect(bench.ends.get(3)?.end).toBe(commandEnd.aborted)
  expect(bench.motion.velocity).toBeCloseTo(50, 6)
  expect(bench.motion.state).toBe(axisState.continuousMotion)
  bench.motion.haltSuperimposed(5)
  bench.cycle()
  expect(bench.ends.get(5)).toEqual(done)
})

test('a second way takes the place of the first, and is counted from where that one has come', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 10, new Dynamics(10))
  bench.cycle(50)
  bench.motion.moveSuperimposed(3, 40, new Dynamics(100))
  bench.cycle(200)
  bench.motion.moveSuperimposed(4, -5, new Dynamics(100))
  bench.until(4)
  expect(bench.ends.get(3)?.end).toBe(commandEnd.aborted)
  bench.until(2)
  const { position } = bench.motion
  expect(position).toBeGreaterThan(10)
  expect(position).toBeLessThan(45)
})

test('it is refused without a motion of limits known below: disabled, stopping, a target beyond the limits', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 190)
  bench.motion.moveSuperimposed(3, 20)
  bench.motion.moveSuperimposed(4, Number.NaN)
  bench.motion.moveSuperimposed(5, 1, new Dynamics(-1))
  bench.cycle(50)
  bench.motion.stop(6)
  bench.motion.moveSuperimposed(7, 1)
  bench.cycle()
  expect(bench.ends.get(3)?.error).toBe(axisError.positionLimit)
  expect(bench.ends.get(4)?.error).toBe(axisError.argument)
  expect(bench.ends.get(5)?.error).toBe(axisError.argument)
  expect(bench.ends.get(7)?.error).toBe(axisError.state)
})

/** Of all doubles between two numbers, most are next to 0. */
const evenly = (min: number, max: number) =>
  fc.integer({ min: 0, max: 10_000 }).map((n) => min + ((max - min) * n) / 10_000)
const share = fc.oneof(fc.constant(0), evenly(0.02, 1))
const dynamics = fc.record({ v: share, a: share, d: share, j: share })
const way = evenly(-60, 60)

/** Both within the limits of the axis: velocity, acceleration, and jerk as the change of acceleration in a cycle. */
test('two motions together never break the limits of one, whenever a second and a third way are laid over', () => {
  const runs = fc.record({
    below: dynamics,
    velocity: fc.boolean(),
    base: way,
    ways: fc.array(fc.tuple(way, dynamics, fc.integer({ min: 0, max: 200 })), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  fc.assert(
    fc.property(runs, ({ below, velocity, base, ways }) => {
      const bench = poweredBench(50)
      const { motion } = bench
      const given = ({ v, a, d, j }: typeof below) =>
        new Dynamics(
          v * limits.velocity,
          a * limits.acceleration,
          j * limits.jerk,
          d * limits.acceleration,
        )
      if (velocity) motion.moveVelocity(2, base * 5, given(below))
      else motion.moveRelative(2, base, given(below))
      let acceleration = 0
      let broken = ''
      const step = (): void => {
        bench.cycle()
        const change = Math.abs(motion.acceleration - acceleration)
        acceleration = motion.acceleration
        const keeps =
          Math.abs(motion.velocity) <= limits.velocity * (1 + 1e-9) &&
          Math.abs(acceleration) <= limits.acceleration * (1 + 1e-9) &&
          change <= limits.jerk * cycleS * (1 + 1e-9)
        if (!keeps) broken = `${motion.velocity} ${acceleration} ${change}`
      }
      for (const [n, [distance, one, cycles]] of ways.entries()) {
        for (let k = 0; k < cycles; k++) step()
        motion.moveSuperimposed(3 + n, distance / 2, given(one))
      }
      for (let k = 0; k < 600; k++) step()
      expect(broken).toBe('')
    }),
    { numRuns: 300 },
  )
})
