import { expect, test } from 'vitest'
import { Pid, type PidGains } from './pid.ts'

const gains: PidGains = {
  proportional: 2,
  integral: 5,
  derivative: 0,
  filterS: 0,
  outputMin: -10,
  outputMax: 10,
}

function run(pid: Pid, cycles: number): number {
  for (let k = 0; k < cycles; k++) pid.update()
  return pid.output
}

test('proportional and integral parts add up', () => {
  const pid = new Pid(0.1, gains)
  pid.setpoint = 1
  expect(run(pid, 1)).toBeCloseTo(2 + 0.5, 12)
  expect(run(pid, 3)).toBeCloseTo(2 + 2, 12)
})

test('a first-order plant is brought to the setpoint without a remaining error', () => {
  const pid = new Pid(0.001, gains)
  pid.setpoint = 1.5
  for (let k = 0; k < 20_000; k++) {
    pid.update()
    pid.measured += (pid.output - pid.measured) * 0.01
  }
  expect(pid.measured).toBeCloseTo(1.5, 6)
})

test('the integral does not wind up while the output is limited', () => {
  const pid = new Pid(0.1, gains)
  pid.setpoint = 100
  expect(run(pid, 1000)).toBe(10)
  pid.setpoint = 1
  // Free at once: no thousand cycles of integral to take back.
  expect(run(pid, 1)).toBeLessThan(10)
  pid.setpoint = -100
  expect(run(pid, 1000)).toBe(-10)
  pid.setpoint = -1
  expect(run(pid, 1)).toBeGreaterThan(-10)
})

test('a step of the setpoint gives no derivative kick, a step of the measured value a filtered one', () => {
  const pid = new Pid(0.1, { ...gains, proportional: 0, integral: 0, derivative: 1, filterS: 0.1 })
  run(pid, 2)
  pid.setpoint = 5
  expect(run(pid, 1)).toBe(0)
  pid.measured = 1
  expect(run(pid, 1)).toBeCloseTo(-5, 12) // slope 10/s, half of it let through
  expect(run(pid, 1)).toBeCloseTo(-2.5, 12)
})

test('feed-forward is added before limiting', () => {
  const pid = new Pid(0.1, { ...gains, integral: 0 })
  pid.feedForward = 4
  pid.setpoint = 1
  expect(run(pid, 1)).toBe(6)
  pid.feedForward = 40
  expect(run(pid, 1)).toBe(10)
})

test('reset forgets the integral and the slope', () => {
  const pid = new Pid(0.1, { ...gains, derivative: 1 })
  pid.setpoint = 1
  run(pid, 5)
  pid.reset()
  pid.measured = 1
  expect(run(pid, 1)).toBe(0)
})
