import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { excess, miss, setUp, tasks } from '../../test/control/trajectory-arbitraries.ts'
import { AxisTrajectory } from './axis-trajectory.ts'
import { planResult } from './plan-result.ts'

function restToRest(distance: number, v: number, a: number, j: number): AxisTrajectory {
  const trajectory = new AxisTrajectory()
  trajectory.to.set(distance, 0, 0)
  trajectory.limits.set(v, a, j)
  expect(trajectory.plan()).toBe(planResult.ok)
  return trajectory
}

describe('a move from rest to rest takes', () => {
  test('distance / v + v / a + a / j where every limit is reached', () => {
    expect(restToRest(100, 10, 20, 100).duration).toBeCloseTo(100 / 10 + 10 / 20 + 20 / 100, 13)
  })

  test('four times the cube root of distance / 2 j where none is', () => {
    expect(restToRest(-0.5, 10, 20, 100).duration).toBeCloseTo(4 * Math.cbrt(0.5 / 200), 13)
  })

  test('what a quadratic gives where only the acceleration is reached', () => {
    const ramp = 20 / 100
    // twice the ramp and twice the time at full acceleration, t: distance = a (ramp + t) (2 ramp + t)
    const t = (-3 * ramp + Math.sqrt(ramp * ramp + (4 * 3) / 20)) / 2
    expect(restToRest(3, 100, 20, 100).duration).toBeCloseTo(4 * ramp + 2 * t, 13)
  })

  test('with velocity reached before acceleration: distance / v + 2 sqrt(v / j)', () => {
    expect(restToRest(5, 1, 20, 100).duration).toBeCloseTo(5 + 2 * Math.sqrt(1 / 100), 13)
  })

  test('longer where braking is weaker than speeding up', () => {
    const trajectory = new AxisTrajectory()
    trajectory.to.set(100, 0, 0)
    trajectory.limits.set(10, 20, 1000)
    trajectory.limits.accelerationMin = -5
    expect(trajectory.plan()).toBe(planResult.ok)
    // area: cruising at v, less the halves of both ramps
    const up = 10 / 20 + 20 / 1000
    const down = 10 / 5 + 5 / 1000
    expect(trajectory.duration).toBeCloseTo(100 / 10 + (up + down) / 2, 13)
    trajectory.to.set(-100, 0, 0)
    expect(trajectory.plan()).toBe(planResult.ok)
    expect(trajectory.duration).toBeCloseTo(100 / 10 + (up + down) / 2, 13)
  })
})

test('with jerk that rises slower than it falls, a change of velocity takes v q / a + a q where q is their mean reciprocal', () => {
  const trajectory = new AxisTrajectory()
  trajectory.limits.set(100, 20, 100)
  trajectory.limits.jerkMin = -400
  trajectory.to.set(0, 10, 0)
  expect(trajectory.planVelocity()).toBe(planResult.ok)
  const q = (1 / 100 + 1 / 400) / 2
  expect(trajectory.duration).toBeCloseTo(10 / 20 + 20 * q, 13)
})

describe('any motion', () => {
  const inside = tasks(fc.constant(1))
  const anywhere = tasks(fc.constantFrom(1, 2))

  test('ends in its target, and passes no limit', () => {
    fc.assert(
      fc.property(inside, (task) => {
        const trajectory = new AxisTrajectory()
        setUp(trajectory, task)
        expect(trajectory.plan()).toBe(planResult.ok)
        expect(miss(trajectory)).toBeLessThan(1e-9)
        expect(excess(trajectory)).toBeLessThan(1e-9)
      }),
      { numRuns: 1000 },
    )
  })

  test('in a longer time than it needs does so too', () => {
    fc.assert(
      fc.property(inside, fc.double({ min: 1, max: 4, noNaN: true }), (task, factor) => {
        const trajectory = new AxisTrajectory()
        setUp(trajectory, task)
        expect(trajectory.plan()).toBe(planResult.ok)
        trajectory.minimumDuration = trajectory.duration * factor
        expect(trajectory.plan()).toBe(planResult.ok)
        expect(trajectory.duration).toBeGreaterThanOrEqual(trajectory.minimumDuration)
        expect(miss(trajectory)).toBeLessThan(1e-9)
        expect(excess(trajectory)).toBeLessThan(1e-9)
      }),
      { numRuns: 1000 },
    )
  })

  test('takes as long as the one in which time runs backwards, and as the mirrored one', () => {
    fc.assert(
      fc.property(inside, (task) => {
        const one = new AxisTrajectory()
        setUp(one, task)
        const { from, to, limits } = one
        const back = new AxisTrajectory()
        back.from.set(-to.position, to.velocity, -to.acceleration)
        back.to.set(-from.position, from.velocity, -from.acceleration)
        Object.assign(back.limits, limits)
        back.limits.accelerationMax = -limits.accelerationMin
        back.limits.accelerationMin = -limits.accelerationMax
        const mirrored = new AxisTrajectory()
        mirrored.from.set(-from.position, -from.velocity, -from.acceleration)
        mirrored.to.set(-to.position, -to.velocity, -to.acceleration)
        for (const kind of ['velocity', 'acceleration', 'jerk'] as const) {
          mirrored.limits[`${kind}Max`] = -limits[`${kind}Min`]
          mirrored.limits[`${kind}Min`] = -limits[`${kind}Max`]
        }
        one.plan()
        mirrored.plan()
        expect(mirrored.duration).toBeCloseTo(one.duration, 9)
        // read backwards the start must be one that the limits allow to be reached
        if (back.plan() === planResult.ok)
          expect(back.duration / one.duration || 1).toBeCloseTo(1, 7)
      }),
      { numRuns: 500 },
    )
  })

  test('from beyond its limits comes back inside and then stays there', () => {
    fc.assert(
      fc.property(anywhere, (task) => {
        const trajectory = new AxisTrajectory()
        setUp(trajectory, task)
        const { limits } = trajectory
        expect(trajectory.plan()).toBe(planResult.ok)
        expect(miss(trajectory)).toBeLessThan(1e-9)
        let wasInside = false
        for (let k = 0; k <= 200; k++) {
          trajectory.time = (trajectory.duration * k) / 200
          trajectory.sample()
          const { velocity: v, acceleration: a } = trajectory
          const slack = 1 + 1e-9
          const accelerationInside =
            a <= limits.accelerationMax * slack && a >= limits.accelerationMin * slack
          const ahead = v - (a * a) / (2 * (a > 0 ? limits.jerkMin : limits.jerkMax))
          const velocityInside =
            Math.max(v, ahead) <= limits.velocityMax * slack &&
            Math.min(v, ahead) >= limits.velocityMin * slack
          const both: boolean = accelerationInside && (velocityInside || wasInside)
          if (wasInside) {
            expect(both).toBe(true)
            expect(v).toBeLessThanOrEqual(limits.velocityMax * slack)
            expect(v).toBeGreaterThanOrEqual(limits.velocityMin * slack)
          }
          wasInside = both
        }
      }),
      { numRuns: 200 },
    )
  })

  test('planned anew at any moment of itself arrives at the same time', () => {
    fc.assert(
      fc.property(inside, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (task, part) => {
        const trajectory = new AxisTrajectory()
        setUp(trajectory, task)
        // a target in motion has gaps: what rounding misses by a hair costs another turn
        trajectory.to.set(trajectory.to.position, 0, 0)
        trajectory.plan()
        trajectory.time = trajectory.duration * part
        trajectory.sample()
        const rest = new AxisTrajectory()
        rest.from.set(trajectory.position, trajectory.velocity, trajectory.acceleration)
        Object.assign(rest.to, trajectory.to)
        Object.assign(rest.limits, trajectory.limits)
        expect(rest.plan()).toBe(planResult.ok)
        // the cube root of what rounding misses of the position
        const left = trajectory.duration - trajectory.time
        expect(rest.duration - left).toBeLessThanOrEqual(1e-3 * trajectory.duration)
      }),
      { numRuns: 500 },
    )
  })
})

function refusal(change: (trajectory: AxisTrajectory) => void): number {
  const trajectory = restToRest(10, 1, 1, 1)
  const { duration } = trajectory
  change(trajectory)
  const result = trajectory.plan()
  expect(trajectory.duration).toBe(duration)
  trajectory.time = duration / 2
  trajectory.sample()
  expect(trajectory.position).toBeCloseTo(5, 12)
  return result
}

describe('what is refused, and leaves the trajectory of before', () => {
  test('a limit of nothing', () => {
    expect(refusal(({ limits }) => (limits.jerkMax = 0))).toBe(planResult.limits)
    expect(refusal(({ limits }) => (limits.accelerationMin = 1))).toBe(planResult.limits)
    expect(refusal(({ limits }) => (limits.velocityMax = NaN))).toBe(planResult.limits)
    expect(refusal(({ limits }) => (limits.positionMax = NaN))).toBe(planResult.limits)
    expect(refusal(({ limits }) => (limits.positionMin = 1e3))).toBe(planResult.targetPosition)
  })

  test('numbers that are none', () => {
    expect(refusal(({ to }) => (to.position = NaN))).toBe(planResult.notFinite)
    expect(refusal(({ from }) => (from.velocity = Infinity))).toBe(planResult.notFinite)
  })

  test('targets beyond a limit, or not to be reached without passing one', () => {
    expect(refusal(({ to }) => (to.velocity = 1.1))).toBe(planResult.targetVelocity)
    expect(refusal(({ to }) => (to.acceleration = -1.1))).toBe(planResult.targetAcceleration)
    expect(refusal(({ to }) => to.set(0, 0.9, -0.5))).toBe(planResult.targetAcceleration)
    expect(refusal(({ limits }) => (limits.positionMax = 9))).toBe(planResult.targetPosition)
  })

  test('a way that leads beyond a position limit, however the target lies inside', () => {
    expect(
      refusal(({ from, to, limits }) => {
        from.set(9, 1, 0)
        to.set(8, 0, 0)
        limits.positionMax = 9.4
      }),
    ).toBe(planResult.positionLimit)
  })
})

test('from beyond a position limit the way back is allowed', () => {
  const trajectory = new AxisTrajectory()
  trajectory.limits.set(1, 1, 1)
  trajectory.limits.positionMax = 5
  trajectory.from.set(6, 0, 0)
  trajectory.to.set(4, 0, 0)
  expect(trajectory.plan()).toBe(planResult.ok)
})

test('from far beyond a velocity limit, in full acceleration towards the other one, the target is met', () => {
  const trajectory = new AxisTrajectory()
  trajectory.from.set(0.3224177101571987, -3722.5500350375873, -7984.378224829232)
  trajectory.to.set(7.020900293960182, 1242.4899326698355, -9231.205154130952)
  Object.assign(trajectory.limits, {
    velocityMax: 3321.277065712145,
    velocityMin: -1403.2851573039738,
    accelerationMax: 14605.481838075917,
    accelerationMin: -39715.679561110024,
    jerkMax: 68189.6232592258,
    jerkMin: -20496.36233627762,
  })
  expect(trajectory.plan()).toBe(planResult.ok)
  expect(miss(trajectory)).toBeLessThan(1e-9)
})
