import { expect, test } from 'vitest'
import { axisError } from './axis-error.ts'
import { Bench, cycleS, limits, poweredBench } from './axis-bench.ts'
import { axisState } from './axis-state.ts'
import { Dynamics } from './dynamics.ts'
import { commandEnd } from './settlement-outbox.ts'

test('without power the setpoint follows the feedback, and the first one with power equals it', () => {
  const { motion } = new Bench()
  for (const actual of [3, 4, 5.5]) {
    motion.drivePosition = actual
    motion.update(false)
    expect(motion.setpoint).toBe(actual)
  }
  motion.power(1, true)
  motion.drivePosition = 7.25
  motion.update(true)
  expect(motion.state).toBe(axisState.standstill)
  expect(motion.setpoint).toBe(7.25)
  motion.drivePosition = 7.5
  motion.update(true)
  expect(motion.setpoint).toBe(7.25)
})

test('a drive that reports power without being asked stays disabled', () => {
  const { motion } = new Bench()
  motion.update(true)
  expect(motion.state).toBe(axisState.disabled)
})

test('moveAbsolute ends exactly at its target and is done', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 123.456, new Dynamics(300, 0, 0))
  expect(bench.motion.state).toBe(axisState.discreteMotion)
  expect(bench.until(2).end).toBe(commandEnd.done)
  expect(bench.motion.position).toBe(123.456)
  expect(bench.motion.state).toBe(axisState.standstill)
})

test('moveRelative counts from the commanded position', () => {
  const bench = poweredBench(10)
  bench.motion.moveRelative(2, -30)
  expect(bench.until(2).end).toBe(commandEnd.done)
  expect(bench.motion.position).toBe(-20)
})

test('a move commanded while moving aborts the first, comes to rest and then goes to its own target', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 150, new Dynamics(400, 0, 0))
  bench.cycle(200)
  expect(bench.motion.velocity).toBeGreaterThan(100)
  bench.motion.moveAbsolute(3, 0)
  bench.collect()
  expect(bench.ends.get(2)?.end).toBe(commandEnd.aborted)
  expect(bench.until(3).end).toBe(commandEnd.done)
  expect(bench.motion.position).toBe(0)
})

test('moveVelocity is done at its velocity and the axis goes on until halt brings it to standstill', () => {
  const bench = poweredBench(-90)
  bench.motion.moveVelocity(2, 50)
  expect(bench.until(2).end).toBe(commandEnd.done)
  expect(bench.motion.velocity).toBe(50)
  expect(bench.motion.state).toBe(axisState.continuousMotion)
  bench.cycle(100)
  expect(bench.motion.velocity).toBe(50)
  bench.motion.halt(3)
  expect(bench.motion.state).toBe(axisState.discreteMotion)
  expect(bench.until(3).end).toBe(commandEnd.done)
  expect(bench.motion.velocity).toBe(0)
  expect(bench.motion.state).toBe(axisState.standstill)
})

test('moveVelocity stops in front of a position limit, and the axis is in errorStop', () => {
  for (const sign of [1, -1]) {
    const bench = poweredBench()
    bench.motion.moveVelocity(2, sign * 500, new Dynamics(0, 400, 20_000))
    const { error } = bench.until(2)
    expect(error).toBe(axisError.positionLimit)
    bench.cycle(2000)
    expect(bench.motion.state).toBe(axisState.errorStop)
    expect(bench.motion.error).toBe(axisError.positionLimit)
    expect(bench.motion.atRest).toBe(true)
    const room =
      sign > 0
        ? limits.positionMax - bench.motion.position
        : bench.motion.position - limits.positionMin
    expect(room).toBeGreaterThanOrEqual(-1e-9)
    expect(room).toBeLessThan(500 * cycleS)
    bench.motion.reset(3)
    expect(bench.until(3).end).toBe(commandEnd.done)
    bench.motion.moveVelocity(4, -sign * 10)
    expect(bench.until(4).end).toBe(commandEnd.done)
  }
})

test('a gentle move commanded at full speed near a limit brakes as hard as the limit needs', () => {
  const bench = poweredBench()
  bench.motion.moveVelocity(2, 500)
  expect(bench.until(2).end).toBe(commandEnd.done)
  bench.motion.moveAbsolute(3, 0, new Dynamics(10, 10, 10))
  let highest = 0
  for (let k = 0; k < 3000; k++) {
    bench.cycle()
    highest = Math.max(highest, bench.motion.position)
  }
  expect(highest).toBeLessThanOrEqual(limits.positionMax + 1e-9)
  expect(bench.motion.state).toBe(axisState.discreteMotion)
})

test('moves beyond a limit are refused beforehand, each with its number', () => {
  const bench = poweredBench()
  const { motion } = bench
  const refused: readonly [id: number, error: number][] = [
    [10, axisError.positionLimit],
    [11, axisError.velocityLimit],
    [12, axisError.accelerationLimit],
    [13, axisError.jerkLimit],
    [14, axisError.argument],
    [15, axisError.argument],
    [16, axisError.velocityLimit],
    [17, axisError.positionLimit],
  ]
  motion.moveAbsolute(10, 200.1)
  motion.moveAbsolute(11, 0, new Dynamics(501, 0, 0))
  motion.moveRelative(12, 1, new Dynamics(0, 5001, 0))
  motion.moveAbsolute(13, 1, new Dynamics(0, 0, 100_001))
  bench.collect()
  motion.moveAbsolute(14, Number.NaN)
  motion.moveAbsolute(15, 1, new Dynamics(0, -1, 0))
  motion.moveVelocity(16, -501)
  motion.home(17, 1000)
  bench.collect()
  for (const [id, error] of refused) {
    expect(bench.ends.get(id)).toEqual({ end: commandEnd.error, error })
  }
  expect(motion.state).toBe(axisState.standstill)
})

test('nothing but a second stop takes over a stop', () => {
  const bench = poweredBench(-90)
  bench.motion.moveVelocity(2, 100)
  bench.until(2)
  bench.motion.stop(3)
  expect(bench.motion.state).toBe(axisState.stopping)
  bench.motion.moveVelocity(4, 10)
  bench.motion.halt(5)
  bench.motion.home(6, 0)
  bench.collect()
  for (const id of [4, 5, 6]) {
    expect(bench.ends.get(id)).toEqual({ end: commandEnd.error, error: axisError.state })
  }
  bench.motion.stop(7)
  expect(bench.until(7).end).toBe(commandEnd.done)
  expect(bench.ends.get(3)?.end).toBe(commandEnd.aborted)
  expect(bench.motion.state).toBe(axisState.standstill)
})

test('home makes the present position what it is told, without moving the drive', () => {
  const bench = poweredBench(42)
  const setpoint = bench.motion.setpoint
  bench.motion.home(2, -7)
  expect(bench.motion.state).toBe(axisState.homing)
  bench.cycle()
  expect(bench.ends.get(2)?.end).toBe(commandEnd.done)
  expect(bench.motion.homed).toBe(true)
  expect(bench.motion.position).toBe(-7)
  expect(bench.motion.actualPosition).toBe(-7)
  expect(bench.motion.setpoint).toBe(setpoint)
  bench.motion.moveAbsolute(3, 0)
  bench.until(3)
  expect(bench.motion.setpoint).toBe(49)
})

test('without power every motion is refused', () => {
  const bench = new Bench()
  bench.motion.moveAbsolute(2, 1)
  bench.motion.halt(3)
  bench.motion.stop(4)
  bench.motion.home(5, 0)
  bench.collect()
  for (const id of [2, 3, 4, 5]) {
    expect(bench.ends.get(id)).toEqual({ end: commandEnd.error, error: axisError.disabled })
  }
})

test('errorStop brings the axis to rest, settles the command with the reason and waits for a reset', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 150)
  bench.cycle(150)
  const { velocity } = bench.motion
  bench.motion.errorStop(axisError.driveError)
  expect(bench.until(2)).toEqual({ end: commandEnd.error, error: axisError.driveError })
  bench.motion.errorStop(axisError.cardFault)
  bench.cycle()
  expect(velocity - bench.motion.velocity).toBeLessThan(limits.acceleration * cycleS * 1.001)
  bench.motion.reset(3)
  expect(bench.until(3).end).toBe(commandEnd.done)
  expect(bench.motion.velocity).toBe(0)
  expect(bench.motion.state).toBe(axisState.standstill)
  expect(bench.motion.error).toBe(axisError.none)
})

test('the first reason of an errorStop stays', () => {
  const bench = poweredBench()
  bench.motion.errorStop(axisError.followingError)
  bench.motion.errorStop(axisError.safeState)
  expect(bench.motion.error).toBe(axisError.followingError)
})

test('quickStop gives up power when the axis is at rest, release at once', () => {
  const quick = poweredBench()
  quick.motion.moveVelocity(2, 200)
  quick.cycle(100)
  quick.motion.quickStop(axisError.safeState)
  quick.cycle()
  expect(quick.motion.powerRequested).toBe(true)
  expect(quick.motion.velocity).toBeGreaterThan(0)
  quick.cycle(200)
  expect(quick.motion.powerRequested).toBe(false)
  expect(quick.motion.atRest).toBe(true)
  quick.motion.reset(3)
  expect(quick.until(3).end).toBe(commandEnd.done)
  expect(quick.motion.state).toBe(axisState.disabled)

  const released = poweredBench()
  released.motion.moveVelocity(2, 200)
  released.cycle(100)
  released.motion.release(axisError.safeState)
  expect(released.motion.powerRequested).toBe(false)
  expect(released.motion.state).toBe(axisState.errorStop)
})

test('a following error beyond its limit is an errorStop', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 100)
  bench.cycle(100)
  bench.actual -= 6
  bench.cycle()
  expect(bench.motion.state).toBe(axisState.errorStop)
  expect(bench.ends.get(2)?.error).toBe(axisError.followingError)
})

test('power lost in motion is an errorStop, and the setpoint follows the feedback', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 100)
  bench.cycle(100)
  bench.motion.drivePosition = 12
  bench.motion.update(false)
  bench.collect()
  expect(bench.motion.state).toBe(axisState.errorStop)
  expect(bench.ends.get(2)?.error).toBe(axisError.powerLost)
  expect(bench.motion.powerRequested).toBe(false)
  expect(bench.motion.setpoint).toBe(12)
})

test('a drive that takes no power is given up', () => {
  const { motion } = new Bench()
  const room = motion.settlements.free
  motion.power(1, true)
  for (let k = 0; k < 10_000 && motion.settlements.free > room - 1; k++) motion.update(false)
  expect(motion.settlements.take()).toBe(true)
  expect(motion.settlements.error).toBe(axisError.powerNotReady)
  expect(motion.state).toBe(axisState.errorStop)
})

test('power off in motion disables at once and is done when the drive has let go', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 100)
  bench.cycle(100)
  bench.motion.power(3, false)
  expect(bench.motion.state).toBe(axisState.disabled)
  expect(bench.until(3).end).toBe(commandEnd.done)
  expect(bench.ends.get(2)?.end).toBe(commandEnd.aborted)
})

test('a command is not taken while the outbox could overflow', () => {
  const bench = poweredBench()
  let taken = 0
  while (taken < 50 && bench.motion.moveAbsolute(100 + taken, 1)) taken += 1
  expect(taken).toBeGreaterThan(4)
  expect(taken).toBeLessThan(50)
  expect(bench.motion.halt(99)).toBe(false)
  bench.collect()
  expect(bench.motion.halt(99)).toBe(true)
  bench.until(99)
  expect(bench.ends.size).toBe(taken + 2)
})

test('a setpoint from elsewhere is followed, aborts the motion under way, and a quick stop starts from it', () => {
  const bench = poweredBench(10)
  const { motion } = bench
  motion.moveAbsolute(2, 100)
  for (let k = 1; k <= 50; k++) {
    motion.externalPosition = 10 + 0.2 * k
    motion.externalVelocity = 0.2 / cycleS
    expect(motion.follow()).toBe(true)
    bench.cycle()
    expect(motion.position).toBe(10 + 0.2 * k)
  }
  expect(bench.ends.get(2)?.end).toBe(commandEnd.aborted)
  expect(motion.state).toBe(axisState.synchronizedMotion)
  motion.quickStop(axisError.safeState)
  expect(motion.follow()).toBe(false)
  bench.cycle()
  expect(motion.velocity).toBeGreaterThan(190)
  expect(motion.position).toBeGreaterThan(20.19)
  bench.cycle(500)
  expect(motion.atRest).toBe(true)
  expect(motion.powerRequested).toBe(false)
})

test('without a new setpoint from elsewhere the axis comes to rest by a ramp, and halt leads to standstill', () => {
  const bench = poweredBench()
  bench.motion.externalPosition = 0.5
  bench.motion.externalVelocity = 1
  bench.motion.follow()
  bench.cycle(2)
  expect(bench.motion.position).toBeGreaterThan(0.5)
  expect(bench.motion.velocity).toBeGreaterThan(0.9)
  expect(bench.motion.velocity).toBeLessThan(1)
  bench.cycle(100)
  expect(bench.motion.velocity).toBe(0)
  expect(bench.motion.state).toBe(axisState.synchronizedMotion)
  const rest = bench.motion.position
  bench.motion.halt(2)
  expect(bench.until(2).end).toBe(commandEnd.done)
  expect(bench.motion.state).toBe(axisState.standstill)
  expect(bench.motion.position).toBe(rest)
})
