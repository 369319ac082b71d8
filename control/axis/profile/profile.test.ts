import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cycleS, limits, poweredBench } from '../axis-bench.ts'
import { axisError } from '../axis-error.ts'
import { axisState } from '../axis-state.ts'
import { bufferMode } from '../buffer-mode.ts'
import { commandEnd } from '../settlement-outbox.ts'
import { ProfileReader } from './profile-reader.ts'
import { type ProfileKind, profileHeader, profileRow, profileTable } from './profile-table.ts'

const done = { end: commandEnd.done, error: axisError.none }

function reader(kind: ProfileKind, times: number[], values: number[]): ProfileReader {
  const curve = new ProfileReader()
  curve.table = profileTable(kind, { times, values })
  return curve
}

test('positions: the curve between two points at rest is the one of least jerk steps, by hand', () => {
  // three equal thirds, acceleration from 0 to a, to -a, to 0: a = 9 h / (2 T^2) with h the way
  const curve = reader('position', [0, 3], [0, 2])
  curve.time = 1
  curve.read()
  const a = 2
  expect(curve.acceleration).toBeCloseTo(a, 12)
  expect(curve.velocity).toBeCloseTo(a / 2, 12)
  expect(curve.position).toBeCloseTo(a / 6, 12)
})

/** Of all doubles between two numbers, most are next to 0. */
const evenly = (min: number, max: number) =>
  fc.integer({ min: 0, max: 10_000 }).map((n) => min + ((max - min) * n) / 10_000)
const ascending = fc
  .array(evenly(0.05, 1), { minLength: 1, maxLength: 12 })
  .map((spans) =>
    spans.reduce<number[]>((times, span) => [...times, (times.at(-1) ?? 0) + span], [0]),
  )
const profile = ascending.chain((times) =>
  fc.record({
    times: fc.constant(times),
    values: fc.array(evenly(-50, 50), {
      minLength: times.length,
      maxLength: times.length,
    }),
  }),
)

test.each(['position', 'velocity', 'acceleration'] as const)(
  'a curve through any points of %s meets them, begins and ends as it must, and has no step up to its acceleration',
  (kind) => {
    fc.assert(
      fc.property(profile, ({ times, values: any }) => {
        const flat = kind === 'acceleration'
        const values = any.map((v, n) => (flat && (n === 0 || n === any.length - 1) ? 0 : v))
        const curve = reader(kind, times, values)
        for (const [n, time] of times.entries()) {
          curve.time = time
          curve.read()
          expect(curve[kind]).toBeCloseTo(values[n] ?? 0, 6)
          if (n > 0 && n < times.length - 1) continue
          expect(curve.acceleration).toBeCloseTo(0, 6)
          if (kind === 'position') expect(curve.velocity).toBeCloseTo(0, 6)
        }
        const { table } = curve
        for (let n = 0; n < (table[profileHeader.segments] as number); n++) {
          const row = profileHeader.length + n * profileRow.length
          const [t0, p, v, a, j, s, t1, p1, v1, a1] = table.slice(row, row + 10) as unknown as [
            number,
            number,
            number,
            number,
            number,
            number,
            number,
            number,
            number,
            number,
          ]
          const t = t1 - t0
          expect(p + t * (v + t * (a / 2 + t * (j / 6 + (t * s) / 24)))).toBeCloseTo(p1, 6)
          expect(v + t * (a + t * (j / 2 + (t * s) / 6))).toBeCloseTo(v1, 6)
          expect(a + t * (j + (t * s) / 2)).toBeCloseTo(a1, 5)
        }
      }),
      { numRuns: 60 },
    )
  },
)

test('the extremes that are measured are those of fine sampling', () => {
  fc.assert(
    fc.property(
      profile,
      fc.constantFrom('position' as const, 'velocity' as const),
      ({ times, values }, kind) => {
        const curve = reader(kind, times, values)
        curve.measure()
        const { positionMin, positionMax, velocityMin, velocityMax } = curve
        const found = { positionMin, positionMax, velocityMin, velocityMax }
        const end = times.at(-1) ?? 0
        const seen = { position: [Infinity, -Infinity], velocity: [Infinity, -Infinity] }
        for (let k = 0; k <= 2000; k++) {
          curve.time = (end * k) / 2000
          curve.read()
          for (const of of ['position', 'velocity'] as const)
            seen[of] = [
              Math.min(seen[of][0] ?? 0, curve[of]),
              Math.max(seen[of][1] ?? 0, curve[of]),
            ]
        }
        for (const of of ['position', 'velocity'] as const) {
          const [low = 0, high = 0] = seen[of]
          const slack = 1e-3 * (1 + high - low)
          expect(found[`${of}Min`]).toBeLessThanOrEqual(low + 1e-9)
          expect(found[`${of}Min`]).toBeGreaterThan(low - slack)
          expect(found[`${of}Max`]).toBeGreaterThanOrEqual(high - 1e-9)
          expect(found[`${of}Max`]).toBeLessThan(high + slack)
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('points of which no motion can be made are refused', () => {
  const refused: [ProfileKind, number[], number[]][] = [
    ['position', [0], [1]],
    ['position', [0, 1], [1]],
    ['position', [0, 0], [1, 2]],
    ['velocity', [0, 1], [1, Number.NaN]],
    ['acceleration', [0, 1], [1, 0]],
  ]
  for (const [kind, times, values] of refused)
    expect(() => profileTable(kind, { times, values })).toThrow('DP_PROFILE')
})

test('a position profile is met point by point at its times, once the axis is where it begins', () => {
  const bench = poweredBench(5)
  const points = { times: [0, 0.5, 1, 2], values: [20, 60, 40, 80] }
  bench.motion.runProfile(2, profileTable('position', points))
  expect(bench.motion.state).toBe(axisState.discreteMotion)
  while (bench.motion.position < 20 - 1e-9) bench.cycle()
  const begin = bench.motion.position
  expect(begin).toBeCloseTo(20, 3)
  const places: number[] = []
  for (let k = 1; !bench.ends.has(2); k++) {
    bench.cycle()
    places.push(bench.motion.position)
  }
  // the curve began within a cycle: its points are met within a cycle's way
  for (const [n, time] of points.times.entries()) {
    if (n === 0) continue
    const at = places[Math.min(Math.round(time / cycleS), places.length) - 1] ?? 0
    expect(Math.abs(at - (points.values[n] ?? 0))).toBeLessThan(0.5)
  }
  expect(bench.ends.get(2)).toEqual(done)
  expect(bench.motion.position).toBe(80)
  expect(bench.motion.velocity).toBe(0)
  expect(bench.motion.state).toBe(axisState.standstill)
})

test('a velocity profile goes the way under its curve and leaves the axis at its last velocity', () => {
  const bench = poweredBench(-50)
  bench.motion.runProfile(2, profileTable('velocity', { times: [0, 1], values: [0, 100] }))
  expect(bench.motion.state).toBe(axisState.continuousMotion)
  expect(bench.until(2)).toEqual(done)
  // symmetrical: half of 100 unit/s, for 1 s
  expect(Math.abs(bench.motion.position - 0)).toBeLessThan(100 * 2 * cycleS)
  bench.cycle(100)
  expect(bench.motion.velocity).toBeCloseTo(100, 9)
  expect(bench.motion.state).toBe(axisState.continuousMotion)
})

test('an acceleration profile begins at the velocity that there is', () => {
  const bench = poweredBench(-50)
  bench.motion.moveVelocity(2, 30)
  bench.until(2)
  const table = profileTable('acceleration', { times: [0, 0.5, 1], values: [0, 100, 0] })
  bench.motion.runProfile(3, table, bufferMode.buffered)
  expect(bench.until(3)).toEqual(done)
  // the triangle: 100 unit/s^2 at its top, 1 s long
  expect(bench.motion.velocity).toBeCloseTo(30 + 50, 6)
})

test('a profile beyond a limit is refused beforehand, each with its number', () => {
  const bench = poweredBench()
  const refused: [ProfileKind, number[], number[], number][] = [
    ['position', [0, 1], [0, 201], axisError.positionLimit],
    ['position', [0, 10, 20], [0, 100, 199], axisError.none],
    ['position', [0, 0.01], [0, 20], axisError.jerkLimit],
    ['velocity', [0, 1], [0, 501], axisError.velocityLimit],
    ['acceleration', [0, 1, 2], [0, 5001, 0], axisError.accelerationLimit],
  ]
  for (const [n, [kind, times, values, error]] of refused.entries()) {
    bench.motion.runProfile(10 + n, profileTable(kind, { times, values }))
    bench.cycle()
    expect(bench.ends.get(10 + n)?.error ?? axisError.none).toBe(error)
    bench.motion.halt(100 + n)
    bench.until(100 + n)
  }
  bench.motion.runProfile(50, new Float64Array(1))
  bench.cycle()
  expect(bench.ends.get(50)?.error).toBe(axisError.argument)
})

test('a velocity profile that would lead out from where it begins is an errorStop, and the axis stays inside', () => {
  const bench = poweredBench(100)
  bench.motion.moveVelocity(2, 200)
  bench.cycle(100)
  bench.motion.runProfile(3, profileTable('velocity', { times: [0, 1], values: [200, 0] }))
  bench.cycle(500)
  expect(bench.ends.get(3)?.error).toBe(axisError.positionLimit)
  expect(bench.motion.state).toBe(axisState.errorStop)
  expect(bench.motion.position).toBeLessThan(limits.positionMax)
})

const table = (to: number) => profileTable('position', { times: [0, 1], values: [0, to] })

test('of two profiles one runs and one waits; a third is refused', () => {
  const bench = poweredBench()
  bench.motion.runProfile(2, table(10))
  bench.motion.runProfile(3, table(20), bufferMode.buffered)
  bench.motion.runProfile(4, table(30), bufferMode.buffered)
  expect(bench.until(3)).toEqual(done)
  expect(bench.ends.get(4)?.error).toBe(axisError.queue)
  expect(bench.motion.position).toBe(20)
})

test('coordinates that shift while a profile runs move nothing', () => {
  const bench = poweredBench()
  bench.motion.runProfile(2, profileTable('position', { times: [0, 1], values: [0, 50] }))
  bench.cycle(400)
  const { setpoint, velocity } = bench.motion
  bench.motion.setPosition(3, 7, true)
  bench.cycle()
  expect(bench.motion.setpoint).toBeCloseTo(setpoint + velocity * cycleS, 3)
  bench.until(2)
  expect(bench.motion.position).toBeCloseTo(57, 9)
})
