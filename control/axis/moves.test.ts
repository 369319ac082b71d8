import { expect, test } from 'vitest'
import { cycleS, limits, poweredBench } from './axis-bench.ts'
import { axisError } from './axis-error.ts'
import { axisState } from './axis-state.ts'
import { bufferMode } from './buffer-mode.ts'
import { Dynamics } from './dynamics.ts'
import { commandEnd } from './settlement-outbox.ts'

const done = { end: commandEnd.done, error: axisError.none }

test('a move takes the time of the closed form: way / v + v / a + a / j', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 120, new Dynamics(300, 4000, 50_000))
  let cycles = 0
  while (!bench.ends.has(2)) {
    bench.cycle()
    cycles += 1
  }
  expect(cycles).toBe(Math.ceil((120 / 300 + 300 / 4000 + 4000 / 50_000) / cycleS))
})

test('a move speeds up and brakes by its own acceleration and deceleration, in both directions', () => {
  for (const target of [100, -100]) {
    const bench = poweredBench()
    bench.motion.moveAbsolute(2, target, new Dynamics(200, 1000, 0, 2500))
    let growing = 0
    let falling = 0
    while (!bench.ends.has(2)) {
      bench.cycle()
      const along = bench.motion.acceleration * Math.sign(target)
      growing = Math.max(growing, along)
      falling = Math.max(falling, -along)
    }
    expect(growing).toBeCloseTo(1000, 6)
    expect(falling).toBeCloseTo(2500, 6)
  }
})

test('a move commanded while moving goes straight on to its target', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 50, new Dynamics(200))
  bench.cycle(200)
  bench.motion.moveAbsolute(3, 150, new Dynamics(200))
  let lowest = Infinity
  while (bench.motion.position < 140) {
    bench.cycle()
    lowest = Math.min(lowest, bench.motion.velocity)
  }
  expect(lowest).toBeCloseTo(200, 6)
  expect(bench.until(3)).toEqual(done)
  expect(bench.ends.get(2)?.end).toBe(commandEnd.aborted)
})

test('moveAdditive counts from the target under way, moveRelative from where the axis is', () => {
  const additive = poweredBench()
  additive.motion.moveAbsolute(2, 50)
  additive.cycle(100)
  additive.motion.moveAdditive(3, 30)
  additive.until(3)
  expect(additive.motion.position).toBe(80)
  additive.motion.moveAdditive(4, 5)
  additive.until(4)
  expect(additive.motion.position).toBe(85)

  const relative = poweredBench()
  relative.motion.moveAbsolute(2, 50)
  relative.cycle(100)
  const from = relative.motion.position
  relative.motion.moveRelative(3, 30)
  relative.until(3)
  expect(relative.motion.position).toBe(from + 30)
})

test('moveAdditive counts from the position where there is no target', () => {
  const bench = poweredBench()
  bench.motion.moveVelocity(2, 50)
  bench.until(2)
  const from = bench.motion.position
  bench.motion.moveAdditive(3, 30)
  bench.until(3)
  expect(bench.motion.position).toBeCloseTo(from + 30, 9)
})

test('moveContinuousAbsolute is at its position with its end velocity, and goes on with it', () => {
  for (const end of [80, -40]) {
    const bench = poweredBench()
    bench.motion.moveContinuousAbsolute(2, 60, end, new Dynamics(200))
    expect(bench.motion.state).toBe(axisState.continuousMotion)
    expect(bench.until(2)).toEqual(done)
    const { position } = bench.motion
    expect(bench.motion.velocity).toBe(end)
    // the position was passed within this cycle
    expect(Math.abs(position - 60)).toBeLessThanOrEqual(Math.abs(end) * cycleS)
    bench.cycle(100)
    expect(bench.motion.velocity).toBe(end)
    expect(bench.motion.position).toBeCloseTo(position + end * 100 * cycleS, 9)
    expect(bench.motion.state).toBe(axisState.continuousMotion)
  }
})

test('moveContinuousRelative counts from where it begins', () => {
  const bench = poweredBench(10)
  bench.motion.moveContinuousRelative(2, 50, 20)
  bench.until(2)
  expect(bench.motion.position).toBeGreaterThanOrEqual(60)
  expect(bench.motion.position).toBeLessThan(60 + 20 * cycleS)
})

test('a relative move buffered behind an end velocity that was reached long ago counts from where it begins', () => {
  const bench = poweredBench()
  bench.motion.moveContinuousAbsolute(2, 20, 50)
  bench.until(2)
  bench.cycle(500)
  const { position } = bench.motion
  bench.motion.moveRelative(3, 30, new Dynamics(), bufferMode.buffered)
  expect(bench.until(3)).toEqual(done)
  expect(bench.motion.position).toBeCloseTo(position + 30, 0)
})

test('an end velocity above that of the move is refused', () => {
  const bench = poweredBench()
  bench.motion.moveContinuousAbsolute(2, 60, 80, new Dynamics(50))
  bench.motion.moveContinuousAbsolute(3, 60, Number.NaN)
  bench.cycle()
  expect(bench.ends.get(2)?.error).toBe(axisError.velocityLimit)
  expect(bench.ends.get(3)?.error).toBe(axisError.argument)
})

test('halt and stop brake by the deceleration and jerk they are given', () => {
  for (const act of ['halt', 'stop'] as const) {
    const bench = poweredBench(-90)
    bench.motion.moveVelocity(2, 100)
    bench.until(2)
    const from = bench.motion.position
    bench.motion[act](3, new Dynamics(0, 0, 10_000, 500))
    expect(bench.until(3)).toEqual(done)
    // v / 2 (v / a + a / j)
    const way = (100 / 2) * (100 / 500 + 500 / 10_000)
    expect(bench.motion.position).toBeCloseTo(from + way, 6)
    expect(bench.motion.state).toBe(axisState.standstill)
  }
})

test('an override scales the velocity of what runs, a pause keeps the way, and the target is the same', () => {
  const bench = poweredBench()
  const { motion } = bench
  motion.moveAbsolute(2, 150, new Dynamics(100))
  bench.cycle(300)
  expect(motion.velocity).toBeCloseTo(100, 9)
  motion.setOverride(3, 0.5)
  bench.cycle(200)
  expect(motion.velocity).toBeCloseTo(50, 9)
  motion.setOverride(4, 0)
  bench.cycle(300)
  const paused = motion.position
  expect(motion.velocity).toBe(0)
  expect(motion.state).toBe(axisState.discreteMotion)
  expect(motion.atRest).toBe(false)
  bench.cycle(300)
  expect(motion.position).toBe(paused)
  motion.setOverride(5, 2)
  bench.cycle(200)
  expect(motion.velocity).toBeCloseTo(200, 9)
  expect(bench.until(2)).toEqual(done)
  expect(motion.position).toBe(150)
})

test('an override stays within the limits of the axis', () => {
  const bench = poweredBench(-90)
  bench.motion.setOverride(2, 10, 10, 10)
  bench.motion.moveAbsolute(3, 190)
  let fastest = 0
  let hardest = 0
  while (!bench.ends.has(3)) {
    bench.cycle()
    fastest = Math.max(fastest, bench.motion.velocity)
    hardest = Math.max(hardest, Math.abs(bench.motion.acceleration))
  }
  expect(fastest).toBeLessThanOrEqual(limits.velocity + 1e-9)
  expect(hardest).toBeLessThanOrEqual(limits.acceleration + 1e-9)
})

test('an override of acceleration or jerk that is 0, negative or no number is refused', () => {
  const bench = poweredBench()
  bench.motion.setOverride(2, 1, 0, 1)
  bench.motion.setOverride(3, 1, 1, -1)
  bench.motion.setOverride(4, Number.NaN)
  bench.motion.setOverride(5, 11)
  bench.cycle()
  for (const id of [2, 3, 4, 5]) expect(bench.ends.get(id)?.error).toBe(axisError.argument)
})

test('setPosition in motion moves nothing: an absolute move goes to its number in the new coordinates, a relative one keeps its way', () => {
  for (const [kind, end] of [
    ['moveAbsolute', 60],
    ['moveRelative', 70],
  ] as const) {
    const bench = poweredBench()
    const { motion } = bench
    motion[kind](2, 60)
    bench.cycle(80)
    const { setpoint, velocity, position } = motion
    motion.setPosition(3, 10, true)
    expect(motion.setpoint).toBeCloseTo(setpoint, 12)
    expect(motion.position).toBeCloseTo(position + 10, 12)
    expect(motion.velocity).toBe(velocity)
    expect(motion.commanded.shifted).toBe(10)
    expect(bench.until(2)).toEqual(done)
    expect(motion.position).toBeCloseTo(end, 9)
    expect(motion.homeOffset).toBe(10)
  }
})

test('setPosition makes the actual position what it is told', () => {
  const bench = poweredBench(5)
  bench.cycle()
  bench.motion.setPosition(2, 40)
  expect(bench.motion.actualPosition).toBe(40)
  expect(bench.motion.homed).toBe(false)
  bench.motion.setPosition(3, 500)
  bench.cycle()
  expect(bench.ends.get(2)).toEqual(done)
  expect(bench.ends.get(3)?.error).toBe(axisError.positionLimit)
})

test('disengage leaves synchronizedMotion at the present velocity', () => {
  const bench = poweredBench()
  const { motion } = bench
  for (let k = 1; k <= 20; k++) {
    motion.externalPosition = 0.05 * k
    motion.externalVelocity = 50
    motion.follow()
    bench.cycle()
  }
  motion.disengage(2)
  expect(motion.state).toBe(axisState.continuousMotion)
  bench.cycle(50)
  expect(bench.ends.get(2)).toEqual(done)
  expect(motion.velocity).toBe(50)
  motion.disengage(3)
  bench.cycle()
  expect(bench.ends.get(3)?.error).toBe(axisError.state)
})

test('a velocity that turns round keeps to the lower of acceleration and deceleration on both sides of zero', () => {
  const bench = poweredBench(-50)
  bench.motion.moveVelocity(2, 100)
  bench.until(2)
  bench.motion.moveVelocity(3, -100, new Dynamics(0, 1000, 0, 2500))
  let most = 0
  while (!bench.ends.has(3)) {
    bench.cycle()
    most = Math.max(most, Math.abs(bench.motion.acceleration))
  }
  expect(most).toBeCloseTo(1000, 6)
})
