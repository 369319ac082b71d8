import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Dynamics } from '../axis/dynamics.ts'
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { LimitWatch } from '../../test/control/limit-watch.ts'
import { Tracker } from './tracker.ts'

const cycleS = 0.001
const own = new KinematicLimits()
own.set(500, 5000, 100_000)

/** Evenly: random doubles are mostly next to nothing, or next to a bound. */
const bounded = (most: number) =>
  fc.integer({ min: -1 << 20, max: 1 << 20 }).map((part) => (most * part) / (1 << 20))

test('a target at constant velocity is met in the time in which its relative motion comes to rest', () => {
  // seen from the target: 10 units away, 100 unit/s slower; the trajectory's own closed time is the reference
  const seen = new AxisTrajectory()
  seen.from.set(-10, -100, 0)
  seen.limits.set(500, 5000, 100_000)
  seen.limits.velocityMax = 400
  seen.limits.velocityMin = -600
  seen.plan()
  const tracker = new Tracker(cycleS, own, new Dynamics())
  const setpoint = new MotionState()
  const watch = new LimitWatch(cycleS, own)
  watch.begin(setpoint)
  let cycles = 0
  for (;;) {
    cycles++
    tracker.target.set(10 + 100 * cycles * cycleS, 100, 0)
    const met = tracker.follow(setpoint)
    watch.look(setpoint)
    if (met) break
    if (cycles > 1000) throw new Error('not met')
  }
  expect(cycles).toBe(Math.ceil(seen.duration / cycleS))
})

test('a target that swings is met and kept exactly', () => {
  const tracker = new Tracker(cycleS, own, new Dynamics())
  const setpoint = new MotionState()
  const watch = new LimitWatch(cycleS, own)
  watch.begin(setpoint)
  let metAt = 0
  for (let n = 1; n < 2000; n++) {
    const w = 10
    const t = n * cycleS
    // greatest velocity 400, acceleration 4000, jerk 40000
    tracker.target.set(40 * Math.sin(w * t), 400 * Math.cos(w * t), -4000 * Math.sin(w * t))
    const met = tracker.follow(setpoint)
    watch.look(setpoint)
    if (met && metAt === 0) metAt = n
    if (metAt !== 0) expect(met).toBe(true)
  }
  expect(metAt).toBeGreaterThan(0)
  expect(metAt).toBeLessThan(600)
})

test('whatever the target does, the slave keeps its limits', () => {
  const leap = fc.record({
    cycles: fc.integer({ min: 1, max: 120 }),
    position: bounded(30),
    velocity: bounded(900),
    acceleration: bounded(9000),
  })
  fc.assert(
    fc.property(
      fc.array(leap, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      (leaps, velocityOnly) => {
        const limits = new KinematicLimits()
        limits.set(500, 5000, 100_000)
        limits.accelerationMin = -3000
        limits.jerkMin = -60_000
        const tracker = new Tracker(cycleS, limits, new Dynamics(300, 2000, 50_000))
        const setpoint = new MotionState()
        const watch = new LimitWatch(cycleS, limits)
        watch.begin(setpoint)
        for (const { cycles, position, velocity, acceleration } of leaps)
          for (let n = 0; n < cycles; n++) {
            const t = n * cycleS
            const { target } = tracker
            const ramp = Math.sin(t * 20) / 20
            target.set(position + velocity * t, velocity + acceleration * ramp, acceleration)
            if (velocityOnly) tracker.followVelocity(setpoint)
            else tracker.follow(setpoint)
            watch.look(setpoint)
          }
        expect(watch.looked).toBeGreaterThan(0)
      },
    ),
    { numRuns: 150 },
  )
})

test('an acceleration under way is taken back in time, even where the way is to be gone gently', () => {
  const tracker = new Tracker(cycleS, own, new Dynamics(0, 0, 10_000))
  const setpoint = new MotionState()
  // fades out at 370 + 5000^2 / (2 * 100000) = 495 at the axis's own jerk, and far beyond the limit at that of the way
  setpoint.set(0, 370, 5000)
  const watch = new LimitWatch(cycleS, own)
  watch.begin(setpoint)
  let highest = 0
  for (let n = 1; n < 400; n++) {
    tracker.target.set(1000 + 100 * n * cycleS, 100, 0)
    tracker.follow(setpoint)
    watch.look(setpoint)
    highest = Math.max(highest, setpoint.velocity)
  }
  expect(highest).toBeGreaterThan(490)
})
