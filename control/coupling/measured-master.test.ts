import { expect, test } from 'vitest'
import { motionResult } from '../axis/motion.ts'
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { GearIn } from './gear-in.ts'
import { LimitWatch } from '../../test/control/limit-watch.ts'
import { MeasuredMaster } from './measured-master.ts'

const cycleS = 0.001

function at(t: number): number {
  return 5 + 3 * t + 20 * t * t
}

test('a constant acceleration is found, without a lag, and told as of now', () => {
  const master = new MeasuredMaster(cycleS, 20)
  master.delayS = 0.002
  for (let n = 0; n < 1000; n++) {
    master.measured = at(n * cycleS)
    master.update()
  }
  const now = 0.999 + 0.002
  expect(master.acceleration).toBeCloseTo(40, 6)
  expect(master.velocity).toBeCloseTo(3 + 40 * now, 6)
  expect(master.position).toBeCloseTo(at(now), 8)
})

test('a leap of what is measured becomes a motion, which ends', () => {
  const master = new MeasuredMaster(cycleS, 10)
  const possible = new KinematicLimits()
  // of a leap of 1 by its rate, the rate's square and cube tell how fast
  const rate = 2 * Math.PI * 10
  possible.set(rate, rate ** 2, 2 * rate ** 3)
  const watch = new LimitWatch(cycleS, possible)
  const seen = new MotionState()
  watch.begin(seen)
  master.measured = 1
  for (let n = 0; n < 1000; n++) {
    master.update()
    seen.set(master.position, master.velocity, master.acceleration)
    watch.look(seen)
  }
  expect(master.position).toBeCloseTo(1, 9)
  expect(master.velocity).toBeCloseTo(0, 7)
})

test('a slave of a coarse encoder is in gear throughout, and does not tremble', () => {
  const own = new KinematicLimits()
  own.set(500, 5000, 100_000)
  const master = new MeasuredMaster(cycleS, 5)
  const gear = new GearIn(cycleS, own, master)
  const setpoint = new MotionState()
  const watch = new LimitWatch(cycleS, own)
  gear.begin()
  const measure = (n: number) => {
    // counts of 0.0005, at 37.3
    master.measured = Math.round(37.3 * n * cycleS * 2000) / 2000
    master.update()
  }
  for (let n = 0; n < 2000; n++) {
    measure(n)
    gear.step(setpoint)
  }
  watch.begin(setpoint)
  for (let n = 2000; n < 4000; n++) {
    measure(n)
    expect(gear.step(setpoint)).toBe(motionResult.reached)
    watch.look(setpoint)
    expect(Math.abs(setpoint.velocity - 37.3)).toBeLessThan(0.05)
  }
})

test('coordinates that are set anew move nobody', () => {
  const master = new MeasuredMaster(cycleS, 20)
  master.measured = 3
  master.settle()
  master.shift(100)
  expect([master.position, master.shifted]).toEqual([103, 100])
  master.update()
  expect(master.position - master.shifted).toBeCloseTo(3, 12)
  expect(master.velocity).toBeCloseTo(0, 9)
})
