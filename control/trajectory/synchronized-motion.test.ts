import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KinematicLimits } from './kinematic-limits.ts'
import type { MotionState } from './motion-state.ts'
import { planResult } from './plan-result.ts'
import { SynchronizedMotion } from './synchronized-motion.ts'
import { synchronization, type Synchronization } from './synchronized-trajectory.ts'

const cycleS = 0.004

function motionTo(ways: readonly number[], kind: Synchronization): SynchronizedMotion {
  const motion = new SynchronizedMotion(ways.length, cycleS, kind)
  ways.forEach((way, n) => {
    motion.limits[n]?.set(2, 10 - n, 100)
    motion.target[n]?.set(way, 0, 0)
  })
  expect(motion.start()).toBe(planResult.ok)
  return motion
}

/** Overrides, each for some cycles. */
const overrides = fc.array(
  fc.record({
    factor: fc.constantFrom(0, 0.1, 0.5, 0.9, 1),
    cycles: fc.integer({ min: 1, max: 200 }),
  }),
  { minLength: 1, maxLength: 6 },
)

type Before = { readonly velocity: number; readonly acceleration: number }

/** By how much a limit was passed from one cycle to the next, in parts of it. */
function excess(before: Before, now: MotionState, limits: KinematicLimits): number {
  const jerk = (now.acceleration - before.acceleration) / cycleS
  const mean = (now.velocity - before.velocity) / cycleS
  return Math.max(
    Math.abs(now.velocity) / limits.velocityMax - 1,
    Math.abs(now.acceleration) / limits.accelerationMax - 1,
    Math.abs(jerk) / limits.jerkMax - 1,
    Math.abs(mean) / limits.accelerationMax - 1,
  )
}

describe.each(['time', 'phaseOrTime'] as const)('axes that are synchronised in %s', (kind) => {
  test('keep every limit at any override, pause and go on, and arrive', () => {
    fc.assert(
      fc.property(overrides, fc.integer({ min: 1, max: 50 }), (changes, way) => {
        const motion = motionTo([way / 10, -way / 5, 1], synchronization[kind])
        let most = 0
        const run = (cycles: number) => {
          for (let k = 0; k < cycles; k++) {
            const before = motion.setpoint.map(({ velocity, acceleration }) => ({
              velocity,
              acceleration,
            }))
            motion.step()
            for (const [n, state] of motion.setpoint.entries())
              most = Math.max(
                most,
                excess(before[n] as Before, state, motion.limits[n] as KinematicLimits),
              )
          }
        }
        for (const { factor, cycles } of changes) {
          motion.override = factor
          run(cycles)
        }
        motion.override = 1
        run(2000)
        expect(most).toBeLessThan(1e-6)
        expect(motion.arrived).toBe(true)
        motion.setpoint.forEach((state, n) => {
          expect(state.position).toBeCloseTo(motion.target[n]?.position as number, 9)
          expect(state.velocity).toBeCloseTo(0, 12)
        })
      }),
      { numRuns: 15 },
    )
  })
})

test('axes in phase stay on their line through a pause and a slower feed rate', () => {
  const motion = motionTo([3, -6, 1], synchronization.phase)
  for (let k = 0; k < 3000 && !motion.arrived; k++) {
    if (k === 100) motion.override = 0
    if (k === 400) motion.override = 0.3
    if (k === 800) motion.override = 1
    motion.step()
    expect(motion.refused).toBe(planResult.ok)
    const [x, y, z] = motion.setpoint.map((state) => state.position) as [number, number, number]
    expect(y).toBeCloseTo(-2 * x, 9)
    expect(z).toBeCloseTo(x / 3, 9)
    if (k === 399) expect(motion.paused).toBe(true)
  }
  expect(motion.arrived).toBe(true)
})

test('a pause is as short as the limits allow, and the feed rate holds what it says', () => {
  const motion = motionTo([100], synchronization.time)
  for (let k = 0; k < 500; k++) motion.step()
  expect(motion.setpoint[0]?.velocity).toBeCloseTo(2, 12)
  motion.override = 0.25
  for (let k = 0; k < 500; k++) motion.step()
  expect(motion.setpoint[0]?.velocity).toBeCloseTo(0.5, 12)
  motion.override = 0
  let cycles = 0
  while (!motion.paused) {
    motion.step()
    cycles++
  }
  // v below a^2 / j: two ramps of jerk, 2 sqrt(v / j)
  expect(cycles * cycleS).toBeCloseTo(2 * Math.sqrt(0.5 / 100), 2)
})

test('a target that changes on the way is gone to from where the axes are', () => {
  const motion = motionTo([1, 1], synchronization.time)
  for (let k = 0; k < 100; k++) motion.step()
  motion.target[0]?.set(-1, 0, 0)
  expect(motion.start()).toBe(planResult.ok)
  while (!motion.arrived) motion.step()
  expect(motion.setpoint[0]?.position).toBe(-1)
  expect(motion.setpoint[1]?.position).toBe(1)
})

test('a target that is refused leaves the axes on their way', () => {
  const motion = motionTo([1], synchronization.time)
  for (let k = 0; k < 50; k++) motion.step()
  motion.target[0]?.set(1, 5, 0)
  expect(motion.start()).toBe(planResult.targetVelocity)
  motion.target[0]?.set(1, 0, 0)
  while (!motion.arrived) motion.step()
  expect(motion.setpoint[0]?.position).toBe(1)
})

test('a pause stops axes too that reached their target at a velocity, and they take it up again', () => {
  const motion = motionTo([1], synchronization.time)
  motion.target[0]?.set(1, 0.5, 0)
  expect(motion.start()).toBe(planResult.ok)
  while (!motion.arrived) motion.step()
  motion.override = 0
  motion.step()
  expect(motion.paused).toBe(false)
  while (!motion.paused) motion.step()
  const stopped = motion.setpoint[0]?.position as number
  expect(motion.setpoint[0]?.velocity).toBe(0)
  motion.override = 1
  motion.step()
  while (!motion.arrived) motion.step()
  expect(motion.setpoint[0]?.velocity).toBe(0.5)
  expect(motion.setpoint[0]?.position).toBeGreaterThan(stopped)
})

test('a feed rate that is no number is not taken', () => {
  const motion = motionTo([1], synchronization.time)
  motion.override = 0.5
  motion.override = Number.NaN
  expect(motion.override).toBe(0.5)
  for (let k = 0; k < 5000 && !motion.arrived; k++) motion.step()
  expect(motion.arrived).toBe(true)
})
