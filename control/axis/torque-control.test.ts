import { expect, test } from 'vitest'
import { type Bench, cycleS, limits, poweredBench } from './axis-bench.ts'
import { axisError } from './axis-error.ts'
import { axisState } from './axis-state.ts'
import { commandEnd } from './settlement-outbox.ts'

/** Unit/s^2 per % of torque, and unit/s of friction: 100 % alone would bring the axis to 1000 unit/s. */
const gain = 50
const friction = 5

/** A drive that follows its torque command, or its setpoint. */
function drive(bench: Bench, cycles: number): void {
  const { motion } = bench
  for (let k = 0; k < cycles; k++) {
    if (motion.torqueLeads) {
      const acceleration = gain * motion.torqueCommand - friction * motion.driveVelocity
      motion.driveVelocity += acceleration * cycleS
      bench.actual += motion.driveVelocity * cycleS
    } else motion.driveVelocity = motion.velocity
    bench.cycle()
  }
}

function torqueBench(at = 0): Bench {
  const bench = poweredBench(at)
  bench.motion.takesTorque = true
  return bench
}

test('the torque comes by its ramp, and is done when it is there', () => {
  const bench = torqueBench(-90)
  const { motion } = bench
  motion.torqueControl(2, -2, 20)
  expect(motion.state).toBe(axisState.continuousMotion)
  drive(bench, 50)
  expect(motion.torqueCommand).toBeCloseTo(-20 * 0.05, 9)
  expect(bench.ends.has(2)).toBe(false)
  drive(bench, 51)
  expect(bench.ends.get(2)).toEqual({ end: commandEnd.done, error: 0 })
  expect(motion.torqueCommand).toBe(-2)
  // the setpoint is where the torque took the axis
  expect(motion.setpoint).toBe(motion.actualPosition)
  expect(motion.followingError).toBe(0)
})

test('the velocity limit holds against a torque that would go beyond it', () => {
  const bench = torqueBench(-90)
  bench.motion.torqueControl(2, 30, 0, 100)
  drive(bench, 1500)
  expect(bench.motion.driveVelocity).toBeLessThan(100)
  expect(bench.motion.driveVelocity).toBeGreaterThan(90)
  expect(bench.motion.torqueCommand).toBeLessThan(30)
})

test('a move takes over from where the torque took the axis, and as fast', () => {
  const bench = torqueBench(-90)
  const { motion } = bench
  motion.torqueControl(2, 20)
  drive(bench, 300)
  const { driveVelocity } = motion
  expect(driveVelocity).toBeGreaterThan(50)
  motion.moveAbsolute(3, 150)
  expect(motion.torqueLeads).toBe(false)
  expect(motion.lead.on).toBe(false)
  drive(bench, 1)
  expect(Math.abs(motion.velocity - driveVelocity)).toBeLessThan(limits.acceleration * cycleS)
  drive(bench, 3000)
  expect(motion.position).toBe(150)
  expect(bench.ends.get(3)?.end).toBe(commandEnd.done)
})

test('a halt is the halt of the drive, which leads', () => {
  const bench = torqueBench(-90)
  const { motion } = bench
  motion.torqueControl(2, 20)
  drive(bench, 300)
  motion.halt(3)
  expect(motion.lead.halts).toBe(true)
  expect(motion.torqueCommand).toBe(0)
  motion.driveVelocity = 0
  bench.cycle(3)
  expect(bench.ends.has(3)).toBe(false)
  motion.lead.halted = true
  bench.cycle()
  expect(bench.ends.get(3)?.end).toBe(commandEnd.done)
  expect(motion.state).toBe(axisState.standstill)
})

test('an axis that torque drives towards a position limit goes to errorStop in time for its ramp', () => {
  const bench = torqueBench(150)
  const { motion } = bench
  motion.torqueControl(2, 20)
  bench.until(2)
  while (motion.state !== axisState.errorStop) drive(bench, 1)
  expect(motion.error).toBe(axisError.positionLimit)
  expect(motion.lead.halts).toBe(true)
  const v = motion.driveVelocity
  const way = (v / 2) * (v / limits.acceleration + limits.acceleration / limits.jerk)
  expect(motion.actualPosition + way).toBeGreaterThan(limits.positionMax - 2 * v * cycleS)
  expect(motion.actualPosition).toBeLessThan(limits.positionMax)
})

test('it is refused where the drive takes no torque, and for numbers that are none', () => {
  const bench = poweredBench()
  bench.motion.torqueControl(2, 10)
  bench.motion.takesTorque = true
  bench.motion.torqueControl(3, Number.NaN)
  bench.motion.torqueControl(4, 10, -1)
  bench.motion.torqueControl(5, 10, 0, 501)
  bench.cycle()
  expect(bench.ends.get(2)?.error).toBe(axisError.operationMode)
  expect(bench.ends.get(3)?.error).toBe(axisError.argument)
  expect(bench.ends.get(4)?.error).toBe(axisError.argument)
  expect(bench.ends.get(5)?.error).toBe(axisError.velocityLimit)
})
