import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { SoftwareLimits } from './software-limits.ts'
import { StopReach } from './stop-reach.ts'

const cycleS = 0.001

function limitsOf(velocity: number, acceleration: number, jerk: number): KinematicLimits {
  const limits = new KinematicLimits()
  limits.set(velocity, acceleration, jerk)
  return limits
}

function reachFrom(limits: KinematicLimits, p: number, v: number, a: number): StopReach {
  const reach = new StopReach(limits)
  reach.from.set(p, v, a)
  reach.solve()
  return reach
}

describe('reach of a stop', () => {
  const [acceleration, jerk] = [200, 4000]
  const limits = limitsOf(1000, acceleration, jerk)

  test('from a constant velocity: v/2 (v/a + a/j), or v sqrt(v/j) where a is not reached', () => {
    const long = 50
    expect(reachFrom(limits, 3, long, 0).end - 3).toBeCloseTo(
      (long / 2) * (long / acceleration + acceleration / jerk),
      9,
    )
    const short = 2
    expect(reachFrom(limits, 3, -short, 0).end - 3).toBeCloseTo(-short * Math.sqrt(short / jerk), 9)
  })

  test('an axis that brakes harder than its velocity needs turns round, at v^2 / 2 |a| for a weak jerk', () => {
    const weak = limitsOf(1000, 1e6, 10)
    const reach = reachFrom(weak, 0, 1, -1000)
    expect(reach.highest).toBeCloseTo(1 / 2000, 6)
    expect(reach.end).toBeLessThan(0)
    expect(reach.lowest / reach.end).toBeCloseTo(1, 12)
  })

  test('each direction has its own limits', () => {
    const limits2 = limitsOf(1000, 200, 1e9)
    limits2.accelerationMin = -800
    expect(reachFrom(limits2, 0, 80, 0).end).toBeCloseTo(80 ** 2 / 1600, 4)
    expect(reachFrom(limits2, 0, -80, 0).end).toBeCloseTo(-(80 ** 2) / 400, 4)
  })

  test('lowest and highest are those of the ramp, sampled from a bang-bang law that knows nothing of it', () => {
    const state = fc.record({
      v: fc.double({ min: -100, max: 100, noNaN: true }),
      a: fc.double({ min: -200, max: 200, noNaN: true }),
    })
    fc.assert(
      fc.property(state, ({ v, a }) => {
        const reach = reachFrom(limits, 0, v, a)
        const dt = 2e-5
        let [p, velocity, acc] = [0, v, a]
        let [lowest, highest] = [0, 0]
        for (let n = 0; n < 60_000; n++) {
          // to rest in the least time: jerk by the switching curve v + a |a| / 2 j
          const curve = velocity + (acc * Math.abs(acc)) / (2 * jerk)
          const wanted = curve > 0 ? -jerk : jerk
          const next = Math.max(-acceleration, Math.min(acceleration, acc + wanted * dt))
          p += velocity * dt + (acc * dt * dt) / 2
          velocity += ((acc + next) / 2) * dt
          acc = next
          lowest = Math.min(lowest, p)
          highest = Math.max(highest, p)
          if (Math.abs(velocity) < 0.01 && Math.abs(acc) < 1) break
        }
        expect(Math.abs(reach.lowest - lowest)).toBeLessThan(0.02)
        expect(Math.abs(reach.highest - highest)).toBeLessThan(0.02)
        expect(Math.abs(reach.end - p)).toBeLessThan(0.02)
      }),
      { numRuns: 50 },
    )
  })
})

/** Follows targets that know of no position limit, and stops as soon as the limits say so; the furthest setpoints. */
function roam(
  limits: SoftwareLimits,
  dynamics: KinematicLimits,
  start: MotionState,
  velocities: readonly number[],
): { lowest: number; highest: number; stops: number } {
  const trajectory = new AxisTrajectory()
  Object.assign(trajectory.limits, dynamics)
  const setpoint = new MotionState()
  setpoint.set(start.position, start.velocity, start.acceleration)
  Object.assign(limits.setpoint, setpoint)
  limits.start()
  let [lowest, highest, stops] = [setpoint.position, setpoint.position, 0]
  const plan = (velocity: number): void => {
    Object.assign(trajectory.from, setpoint)
    trajectory.to.set(0, velocity, 0)
    trajectory.time = 0
    trajectory.planVelocity()
  }
  for (const velocity of velocities) {
    plan(velocity)
    let stopping = false
    for (let cycle = 0; cycle < 150; cycle++) {
      trajectory.time += cycleS
      trajectory.sample()
      limits.setpoint.set(trajectory.position, trajectory.velocity, trajectory.acceleration)
      if (!stopping && !limits.allows()) {
        stopping = true
        stops++
        plan(0)
        trajectory.time = cycleS
        trajectory.sample()
      }
      setpoint.set(trajectory.position, trajectory.velocity, trajectory.acceleration)
      lowest = Math.min(lowest, setpoint.position)
      highest = Math.max(highest, setpoint.position)
    }
    // a stop is seen through, as the axis does
    const stopEnd = stopping ? trajectory.duration : 0
    while (trajectory.time < stopEnd) {
      trajectory.time += cycleS
      trajectory.sample()
      setpoint.set(trajectory.position, trajectory.velocity, trajectory.acceleration)
      lowest = Math.min(lowest, setpoint.position)
      highest = Math.max(highest, setpoint.position)
    }
  }
  return { lowest, highest, stops }
}

describe('software limits', () => {
  const dynamics = limitsOf(300, 2000, 50_000)

  test('an axis driven at a limit stops in front of it, by less than a cycle and its ramp would allow', () => {
    const limits = new SoftwareLimits(dynamics, -10, 100)
    const { highest, stops } = roam(limits, dynamics, new MotionState(), [300, 300, 300, 300])
    expect(stops).toBeGreaterThan(0)
    expect(highest).toBeLessThanOrEqual(100 + 1e-6)
    // as late as possible: one cycle more at the full velocity would have been too far
    expect(highest).toBeGreaterThan(100 - 300 * cycleS)
  })

  test('whatever is commanded, no setpoint passes a limit', () => {
    const speed = fc.double({ min: -300, max: 300, noNaN: true })
    fc.assert(
      fc.property(fc.array(speed, { minLength: 5, maxLength: 12 }), (velocities) => {
        const limits = new SoftwareLimits(dynamics, -15, 20)
        const { lowest, highest } = roam(limits, dynamics, new MotionState(), velocities)
        expect(lowest).toBeGreaterThanOrEqual(-15 - 1e-6)
        expect(highest).toBeLessThanOrEqual(20 + 1e-6)
      }),
      { numRuns: 60 },
    )
  })

  test('outside already, it gets no further out, comes back freely, and is then held inside', () => {
    const limits = new SoftwareLimits(dynamics, 0, 100)
    const start = new MotionState()
    start.set(150, 0, 0)
    expect(roam(limits, dynamics, start, [50]).highest).toBeLessThanOrEqual(150 + 1e-6)
    expect(roam(limits, dynamics, start, [-100, -100, -100, -100, -100]).lowest).toBeLessThan(100)
    const back = roam(limits, dynamics, start, [-200, -200, -200, 0, 50, 50, 300, 300, 300, 300])
    expect(back.lowest).toBeGreaterThanOrEqual(-1e-6)
    expect(limits.allowsTarget(100)).toBe(true)
    expect(limits.allowsTarget(100.001)).toBe(false)
    limits.setpoint.set(101, 0, 0)
    expect(limits.allows()).toBe(false)
  })

  test('what was regained of a way back from outside is not given away again', () => {
    const limits = new SoftwareLimits(dynamics, 0, 100)
    for (const position of [150, 130, 120]) {
      limits.setpoint.set(position, 0, 0)
      if (position === 150) limits.start()
      expect(limits.allows()).toBe(true)
    }
    limits.setpoint.set(121, 0, 0)
    expect(limits.allows()).toBe(false)
    const below = new SoftwareLimits(dynamics, 0, 100)
    for (const position of [-50, -30, -20]) {
      below.setpoint.set(position, 0, 0)
      if (position === -50) below.start()
      expect(below.allows()).toBe(true)
    }
    below.setpoint.set(-21, 0, 0)
    expect(below.allows()).toBe(false)
  })

  test('an axis that would end inside, but turns only beyond the limit, is not allowed to', () => {
    const limits = new SoftwareLimits(limitsOf(1000, 1e6, 10), -1e9, 100)
    // braking at 1000 unit/s^2 from 1 unit/s, it turns 0.0005 further on
    limits.setpoint.set(100 - 0.0006, 1, -1000)
    expect(limits.allows()).toBe(true)
    limits.setpoint.set(100 - 0.0004, 1, -1000)
    expect(limits.allows()).toBe(false)
  })

  test('a move that ends exactly at a limit is not stopped', () => {
    const limits = new SoftwareLimits(dynamics, -10, 100)
    const trajectory = new AxisTrajectory()
    trajectory.limits.set(300, 2000, 50_000)
    trajectory.to.set(100, 0, 0)
    trajectory.plan()
    limits.start()
    for (let time = 0; time < trajectory.duration + 0.01; time += cycleS) {
      trajectory.time = time
      trajectory.sample()
      limits.setpoint.set(trajectory.position, trajectory.velocity, trajectory.acceleration)
      expect(limits.allows()).toBe(true)
    }
  })
})
