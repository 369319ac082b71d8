import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { excess, miss, setUp, tasks, type Task } from '../../test/control/trajectory-arbitraries.ts'
import type { AxisTrajectory } from './axis-trajectory.ts'
import { planResult } from './plan-result.ts'
import { SynchronizedTrajectory, synchronization } from './synchronized-trajectory.ts'

const three = fc.array(tasks(fc.constant(1)), { minLength: 3, maxLength: 3 })

function trajectoryOf(all: readonly Task[]): SynchronizedTrajectory {
  const trajectory = new SynchronizedTrajectory(all.length)
  all.forEach((task, n) => setUp(trajectory.axes[n] as AxisTrajectory, task))
  return trajectory
}

test('axes that are synchronised in time arrive together, none beyond a limit', () => {
  fc.assert(
    fc.property(three, (all) => {
      const trajectory = trajectoryOf(all)
      expect(trajectory.plan()).toBe(planResult.ok)
      for (const axis of trajectory.axes) {
        expect(axis.duration).toBe(trajectory.duration)
        expect(miss(axis)).toBeLessThan(1e-9)
        expect(excess(axis)).toBeLessThan(1e-9)
      }
    }),
    { numRuns: 300 },
  )
})

test('axes that are not synchronised take as long as each needs alone', () => {
  fc.assert(
    fc.property(three, (all) => {
      const trajectory = trajectoryOf(all)
      trajectory.synchronization = synchronization.none
      expect(trajectory.plan()).toBe(planResult.ok)
      const durations = trajectory.axes.map((axis) => axis.duration)
      expect(trajectory.duration).toBe(Math.max(...durations))
      trajectory.axes.forEach((axis, n) => {
        axis.plan()
        expect(axis.duration).toBe(durations[n])
      })
    }),
    { numRuns: 100 },
  )
})

test('no time that all axes can meet lies before the one that was found', () => {
  fc.assert(
    fc.property(three, (all) => {
      const trajectory = trajectoryOf(all)
      trajectory.plan()
      const { duration } = trajectory
      const alone = trajectory.axes.map((axis) => (axis.plan(), axis.duration))
      const earliest = Math.max(...alone)
      for (let k = 0; k < 20; k++) {
        const earlier = earliest + ((duration - earliest) * k) / 20
        if (earlier >= duration * (1 - 1e-9)) return
        const refused = trajectory.axes.some((axis) => {
          axis.minimumDuration = earlier
          axis.plan()
          return axis.duration > earlier * (1 + 1e-12)
        })
        expect(refused).toBe(true)
      }
    }),
    { numRuns: 200 },
  )
})

test('a duration in whole cycles is the next multiple that all axes can meet', () => {
  fc.assert(
    fc.property(three, (all) => {
      const trajectory = trajectoryOf(all)
      trajectory.plan()
      const shortest = trajectory.duration
      trajectory.cycle = 0.004
      expect(trajectory.plan()).toBe(planResult.ok)
      const cycles = trajectory.duration / 0.004
      expect(Math.abs(cycles - Math.round(cycles))).toBeLessThan(1e-6)
      expect(trajectory.duration).toBeGreaterThan(shortest - 1e-9)
      for (const axis of trajectory.axes) expect(miss(axis)).toBeLessThan(1e-9)
    }),
    { numRuns: 100 },
  )
})

test('a minimum duration is kept by all axes', () => {
  const trajectory = new SynchronizedTrajectory(2)
  for (const axis of trajectory.axes) {
    axis.limits.set(1, 1, 1)
    axis.to.set(1, 0, 0)
  }
  trajectory.minimumDuration = 20
  expect(trajectory.plan()).toBe(planResult.ok)
  expect(trajectory.duration).toBe(20)
  expect(trajectory.axes.map((axis) => axis.profile.duration)).toEqual([
    expect.closeTo(20, 12),
    expect.closeTo(20, 12),
  ])
})

test('the axis that cannot do what is asked is named', () => {
  const trajectory = new SynchronizedTrajectory(3)
  for (const axis of trajectory.axes) axis.limits.set(1, 1, 1)
  trajectory.axes[2]?.to.set(0, 2, 0)
  expect(trajectory.plan()).toBe(planResult.targetVelocity)
  expect(trajectory.refusedAxis).toBe(2)
})

function inPhase(ways: readonly number[], begin: number): SynchronizedTrajectory {
  const trajectory = new SynchronizedTrajectory(ways.length)
  trajectory.synchronization = synchronization.phase
  ways.forEach((distance, n) => {
    const axis = trajectory.axes[n] as AxisTrajectory
    axis.limits.set(100 + 50 * n, 1000, 20_000 - 3000 * n)
    axis.limits.accelerationMin = -500 - 100 * n
    axis.from.set(n, begin * distance, 0)
    axis.to.set(n + distance, 0, 0)
  })
  return trajectory
}

describe('axes in phase', () => {
  const way = fc.array(
    fc.integer({ min: -10_000, max: 10_000 }).map((tenth) => tenth / 10),
    {
      minLength: 3,
      maxLength: 3,
    },
  )

  test('go along one straight line, none beyond its limits', () => {
    fc.assert(
      fc.property(way, fc.constantFrom(0, 0.02), (ways, begin) => {
        const trajectory = inPhase(ways, begin)
        expect(trajectory.plan()).toBe(planResult.ok)
        expect(trajectory.inPhase).toBe(true)
        for (let k = 0; k <= 50; k++) {
          trajectory.time = (trajectory.duration * k) / 50
          trajectory.sample()
          const [x, y, z] = trajectory.axes.map((axis) => axis.position - axis.from.position)
          const [a, b, c] = ways as [number, number, number]
          const scale = 1e-9 * (a * a + b * b + c * c + 1)
          expect(Math.abs((x as number) * b - (y as number) * a)).toBeLessThan(scale)
          expect(Math.abs((y as number) * c - (z as number) * b)).toBeLessThan(scale)
          for (const { velocity, acceleration, jerk, limits } of trajectory.axes) {
            expect(Math.abs(velocity)).toBeLessThan(limits.velocityMax * (1 + 1e-9))
            expect(acceleration).toBeLessThan(limits.accelerationMax * (1 + 1e-9))
            expect(acceleration).toBeGreaterThan(limits.accelerationMin * (1 + 1e-9))
            expect(Math.abs(jerk)).toBeLessThan(limits.jerkMax * (1 + 1e-9))
          }
        }
        trajectory.axes.forEach((axis, n) =>
          expect(axis.position).toBeCloseTo(n + (ways[n] as number), 9),
        )
      }),
      { numRuns: 100 },
    )
  })

  test('along the axis that needs longest take no longer than it does alone', () => {
    const trajectory = new SynchronizedTrajectory(2)
    trajectory.synchronization = synchronization.phase
    const [x, y] = trajectory.axes as [AxisTrajectory, AxisTrajectory]
    x.limits.set(1, 1, 1)
    y.limits.set(100, 100, 100)
    x.to.set(10, 0, 0)
    y.to.set(20, 0, 0)
    expect(trajectory.plan()).toBe(planResult.ok)
    // distance / v + v / a + a / j
    expect(trajectory.duration).toBeCloseTo(12, 12)
  })

  test('whose states lie on no line are refused, or go in time where that is allowed', () => {
    const trajectory = inPhase([10, 20, 30], 0)
    trajectory.axes[1]?.from.set(1, 5, 0)
    expect(trajectory.plan()).toBe(planResult.notInPhase)
    trajectory.synchronization = synchronization.phaseOrTime
    expect(trajectory.plan()).toBe(planResult.ok)
    expect(trajectory.inPhase).toBe(false)
  })
})

test('velocities of several axes are reached together', () => {
  fc.assert(
    fc.property(three, (all) => {
      const trajectory = trajectoryOf(all)
      expect(trajectory.planVelocity()).toBe(planResult.ok)
      for (const axis of trajectory.axes) {
        const { profile, to, limits } = axis
        const n = profile.count
        const size = Math.max(limits.velocityMax, limits.accelerationMax * 1e-3)
        expect(Math.abs((profile.velocities[n] as number) - to.velocity) / size).toBeLessThan(1e-9)
        expect(profile.accelerations[n]).toBeCloseTo(to.acceleration, 7)
        expect(profile.duration / (trajectory.duration || 1)).toBeCloseTo(
          trajectory.duration > 0 ? 1 : 0,
          9,
        )
        for (let k = 0; k <= n; k++) {
          const a = profile.accelerations[k] as number
          expect(a / limits.accelerationMax).toBeLessThan(1 + 1e-9)
          expect(a / limits.accelerationMin).toBeLessThan(1 + 1e-9)
        }
      }
    }),
    { numRuns: 300 },
  )
})
