/** Motions that the axis does not calculate by itself: homing sequences, couplings, and what they make of it. */
import { expect, test } from 'vitest'
import { GearIn } from '../coupling/gear-in.ts'
import { VirtualMaster } from '../coupling/master-source.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { cycleS, poweredBench } from './axis-bench.ts'
import { axisError } from './axis-error.ts'
import { axisState } from './axis-state.ts'
import { bufferMode } from './buffer-mode.ts'
import { Dynamics } from './dynamics.ts'
import type { HomingMotion } from './motion.ts'
import { commandEnd } from './settlement-outbox.ts'

const done = { end: commandEnd.done, error: axisError.none }

/** Goes 10 unit upward in 100 cycles, and finds that the axis counts 5 too few. */
class Search implements HomingMotion {
  readonly state = axisState.homing
  readonly error = axisError.homing
  limitsTorque = false
  found = 5
  result: 2 | 3 = 2
  #cycles = 0

  begin(): void {
    this.#cycles = 0
  }

  resume(): void {}

  shift(): void {}

  step(setpoint: MotionState): 0 | 2 | 3 {
    this.#cycles += 1
    if (this.#cycles > 100) return this.result
    setpoint.position += 0.1
    return 0
  }
}

test('a homing sequence moves the axis and leaves it homed, in new coordinates', () => {
  const bench = poweredBench(30)
  const { motion } = bench
  motion.homeBy(2, new Search())
  expect(motion.state).toBe(axisState.homing)
  motion.moveAbsolute(3, 0)
  expect(bench.until(2)).toEqual(done)
  expect(bench.ends.get(3)?.error).toBe(axisError.state)
  expect(motion.homed).toBe(true)
  expect(motion.state).toBe(axisState.standstill)
  expect(motion.position).toBeCloseTo(45, 9)
  expect(motion.setpoint).toBeCloseTo(40, 9)
  motion.moveAbsolute(4, 0)
  bench.until(4)
  expect(motion.setpoint).toBeCloseTo(-5, 9)
})

test('a homing sequence that fails, is stopped or lags behind its setpoint is given up', () => {
  const failing = poweredBench()
  const search = new Search()
  search.result = 3
  failing.motion.homeBy(2, search)
  expect(failing.until(2)).toEqual({ end: commandEnd.error, error: axisError.homing })
  expect(failing.motion.homed).toBe(false)

  const stopped = poweredBench()
  stopped.motion.homeBy(2, new Search())
  stopped.cycle(50)
  stopped.motion.stop(3)
  expect(stopped.until(3)).toEqual(done)
  expect(stopped.ends.get(2)?.end).toBe(commandEnd.aborted)
  expect(stopped.motion.state).toBe(axisState.standstill)
  expect(stopped.motion.homed).toBe(false)

  for (const limitsTorque of [false, true]) {
    const blocked = poweredBench()
    const pressing = new Search()
    pressing.limitsTorque = limitsTorque
    blocked.motion.homeBy(2, pressing)
    for (let k = 0; k < 99; k++) {
      blocked.actual = 0
      blocked.cycle()
    }
    expect(blocked.motion.state).toBe(limitsTorque ? axisState.homing : axisState.errorStop)
  }
})

test('a gear in front of the axis: a buffered one engages at the end of a move, and is done in gear', () => {
  const bench = poweredBench()
  const { motion } = bench
  const master = new VirtualMaster()
  const gear = new GearIn(cycleS, motion.limits, master)
  gear.numerator = 2
  const turn = (cycles: number): void => {
    for (let k = 0; k < cycles; k++) {
      master.set(master.position + 30 * cycleS, 30, 0)
      bench.cycle()
    }
  }
  motion.moveAbsolute(2, 10)
  motion.begin(3, gear, bufferMode.buffered)
  turn(400)
  expect(bench.ends.get(2)).toEqual(done)
  expect(bench.ends.get(3)).toEqual(done)
  expect(motion.state).toBe(axisState.synchronizedMotion)
  expect(motion.velocity).toBeCloseTo(60, 9)
  motion.disengage(4)
  turn(100)
  expect(motion.velocity).toBeCloseTo(60, 9)
  expect(motion.state).toBe(axisState.continuousMotion)
})

test('a way laid over a gear is gained on the master, and the gear holds again afterwards', () => {
  const bench = poweredBench(-50)
  const { motion } = bench
  const master = new VirtualMaster()
  const gear = new GearIn(cycleS, motion.limits, master)
  const turn = (cycles: number): void => {
    for (let k = 0; k < cycles; k++) {
      master.set(master.position + 50 * cycleS, 50, 0)
      bench.cycle()
    }
  }
  motion.begin(2, gear)
  turn(200)
  const lead = motion.position - master.position
  motion.moveSuperimposed(3, 5, new Dynamics(40))
  turn(100)
  expect(motion.velocity).toBeCloseTo(90, 6)
  turn(400)
  expect(bench.ends.get(3)).toEqual(done)
  expect(motion.state).toBe(axisState.synchronizedMotion)
  expect(gear.inGear).toBe(true)
  expect(motion.position - master.position).toBeCloseTo(lead + 5, 6)
})

test('a motion that waits cannot be ordered to wait again', () => {
  const bench = poweredBench()
  const motion = {
    state: axisState.synchronizedMotion,
    error: axisError.none,
    begin: () => {},
    resume: () => {},
    shift: () => {},
    step: () => 0 as const,
  }
  bench.motion.moveAbsolute(2, 10)
  bench.motion.begin(3, motion, bufferMode.buffered)
  bench.motion.begin(4, motion, bufferMode.buffered)
  bench.cycle()
  expect(bench.ends.get(4)?.error).toBe(axisError.state)
  bench.until(2)
  expect(bench.motion.state).toBe(axisState.synchronizedMotion)
})

test('a motion that fails puts the axis into errorStop with its reason, braking from the cycle before', () => {
  const bench = poweredBench()
  let cycles = 0
  const motion = {
    state: axisState.synchronizedMotion,
    error: axisError.argument,
    begin: () => {},
    resume: () => {},
    shift: () => {},
    step: (setpoint: { position: number; velocity: number }) => {
      if (++cycles > 100) {
        setpoint.position = Number.NaN
        return 3 as const
      }
      setpoint.velocity = Math.min(cycles, 50)
      setpoint.position += setpoint.velocity * cycleS
      return 0 as const
    },
  }
  bench.motion.begin(2, motion)
  bench.cycle(100)
  expect(bench.motion.velocity).toBe(50)
  const { position } = bench.motion
  bench.cycle()
  expect(bench.ends.get(2)).toEqual({ end: commandEnd.error, error: axisError.argument })
  expect(bench.motion.state).toBe(axisState.errorStop)
  expect(bench.motion.position).toBeCloseTo(position + 50 * cycleS, 3)
  bench.cycle(100)
  expect(bench.motion.velocity).toBe(0)
  // v / 2 t of the triangle of acceleration: t = 2 sqrt(v / j)
  expect(bench.motion.position).toBeCloseTo(position + 50 * Math.sqrt(50 / 100_000), 6)
})
