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

test('a PI that cancels the pole of a sampled plant gives the closed form of a first-order loop', () => {
  const cycleS = 0.01
  const kept = Math.exp(-cycleS / 0.2)
  const proportional = 3
  // zero of the controller at Kp / (Kp + Ki h) = kept: the loop is (Kp + Ki h) (1 - kept) / (z - 1)
  const integral = (proportional * (1 - kept)) / (kept * cycleS)
  const pid = new Pid(cycleS, { ...gains, proportional, integral })
  pid.setpoint = 1
  const left = 1 - (proportional + integral * cycleS) * (1 - kept)
  for (let k = 1; k <= 200; k++) {
    pid.update()
    pid.measured = kept * pid.measured + (1 - kept) * pid.output
    expect(pid.measured).toBeCloseTo(1 - left ** k, 12)
  }
})

test('the filtered derivative has the response of its closed form to a ramp', () => {
  const pid = new Pid(0.01, {
    ...gains,
    proportional: 0,
    integral: 0,
    derivative: 2,
    filterS: 0.05,
  })
  const kept = 0.05 / 0.06
  for (let k = 0; k < 100; k++) {
    pid.measured = 0.3 * k * 0.01
    pid.update()
    expect(pid.output).toBeCloseTo(-2 * 0.3 * (1 - kept ** k), 12)
  }
})

test('with weights the proportional part and the derivative see as much of the setpoint as told', () => {
  const weighted = { ...gains, integral: 0, setpointWeight: 0.25 }
  const pid = new Pid(0.1, weighted)
  pid.setpoint = 4
  pid.measured = 0.5
  expect(run(pid, 1)).toBeCloseTo(2 * (1 - 0.5), 12)
  const kicking = new Pid(0.1, {
    ...weighted,
    proportional: 0,
    derivative: 0.1,
    derivativeWeight: 0.5,
  })
  run(kicking, 1)
  kicking.setpoint = 4
  expect(run(kicking, 1)).toBeCloseTo(0.1 * 0.5 * 4 * 10, 12)
})

test('by back-calculation the integral settles where error and limited output balance', () => {
  const trackingS = 0.4
  const pid = new Pid(0.1, { ...gains, trackingS })
  pid.setpoint = 100
  expect(run(pid, 500)).toBe(10)
  // Ki e = (free - limit) / trackingS, and what is free falls below the limit once the error is small enough
  const excess = gains.integral * 100 * trackingS
  pid.measured = 100 - 10 / gains.proportional
  pid.setpoint = 100
  const integral = 10 + excess - gains.proportional * 100 - gains.integral * 100 * 0.1
  const step = gains.integral * 5 * 0.1
  expect(run(pid, 1)).toBeCloseTo(Math.max(-10, 10 + integral + step), 9)
})

/** By how much a first-order plant, given no more than `limit`, goes beyond a setpoint of 1. */
function overshoot(pid: Pid, limit: number): number {
  pid.setpoint = 1
  let most = 0
  for (let k = 0; k < 1500; k++) {
    pid.update()
    const given = Math.max(-limit, Math.min(limit, pid.output))
    pid.measured += (given - pid.measured) * 0.01
    most = Math.max(most, pid.measured)
  }
  return most - 1
}

test.each(['clamping', 'back-calculation'])(
  'after a long limitation a plant overshoots little with %s, and much without',
  (kind) => {
    const limited = { ...gains, proportional: 4, integral: 8, outputMin: -1.2, outputMax: 1.2 }
    const guarded = kind === 'clamping' ? limited : { ...limited, trackingS: 0.1 }
    const wound = { ...limited, outputMin: -1e9, outputMax: 1e9 }
    expect(overshoot(new Pid(0.01, guarded), 1.2)).toBeLessThan(0.02)
    expect(overshoot(new Pid(0.01, wound), 1.2)).toBeGreaterThan(0.1)
  },
)

test('the loop takes over from a hand without a bump', () => {
  const pid = new Pid(0.01, { ...gains, derivative: 1 })
  pid.setpoint = 3
  pid.measured = 2.5
  pid.feedForward = 0.5
  pid.output = -4
  pid.engage()
  // one cycle of integral
  expect(run(pid, 1)).toBeCloseTo(-4 + gains.integral * 0.5 * 0.01, 12)
})

test('other gains take over without a bump', () => {
  const pid = new Pid(0.001, { ...gains, derivative: 0.1, filterS: 0.01 })
  pid.setpoint = 2
  for (let k = 0; k < 500; k++) {
    pid.measured = 1.5 + 1e-4 * k
    pid.update()
  }
  const before = pid.output
  const other = { ...gains, derivative: 0.1, filterS: 0.01, derivativeWeight: 1 }
  pid.set({ ...other, proportional: 20, setpointWeight: 0.3 })
  pid.measured += 1e-4
  // one cycle goes on by its own: 20 * 1e-4 and what integrates
  expect(Math.abs(run(pid, 1) - before)).toBeLessThan(0.01)
})

test('gains that make no loop are refused and leave the loop as it was', () => {
  const pid = new Pid(0.01, gains)
  expect(() => pid.set({ ...gains, outputMin: 1, outputMax: 1 })).toThrow('DP_LOOP_PARAMETER')
  expect(() => pid.set({ ...gains, proportional: NaN })).toThrow('DP_LOOP_PARAMETER: proportional')
  expect(() => new Pid(0, gains)).toThrow('DP_LOOP_PARAMETER: cycleS')
  pid.setpoint = 1
  expect(run(pid, 1)).toBeCloseTo(2.05, 12)
})
