/** A program for tests: bytes by which the heap grows in a step of five moving axes, printed. One axis is in each kind of motion. */
import { AxisMotion } from '../../control/axis/axis-motion.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

const limits = {
  positionMin: -1e6,
  positionMax: 1e6,
  velocity: 1000,
  acceleration: 10_000,
  jerk: 1e6,
  followingError: 10,
}
const move = new AxisMotion(0.001, limits)
const speed = new AxisMotion(0.001, limits)
const halt = new AxisMotion(0.001, limits)
const followed = new AxisMotion(0.001, limits)
const led = new AxisMotion(0.001, limits)
const axes = [move, speed, halt, followed, led]
let cycle = 0

function steps(count: number): void {
  for (let n = 0; n < count; n++) step()
}

function step(): void {
  cycle++
  if (cycle % 500 === 0) halt.halt(3)
  if (cycle % 500 === 250) halt.moveVelocity(4, 1, 10, 100)
  followed.externalPosition = cycle % 1000 < 500 ? 0 : 1e-6
  followed.externalVelocity = 0
  followed.follow()
  led.followDrive()
  for (let n = 0; n < axes.length; n++) advance(axes[n] as AxisMotion)
}

function advance(axis: AxisMotion): void {
  // what is led goes its own way
  axis.drivePosition = axis.lead.on ? cycle * 1e-3 : axis.setpoint
  axis.update(true)
  while (axis.settlements.take());
}

for (const axis of axes) axis.power(1, true)
steps(10)
move.moveAbsolute(2, 1000, 1, 100, 1000)
speed.moveVelocity(2, 1, 100, 1000)
// so long that whatever gets a compiled form has it
steps(60_000)
const bytesPerCycle = heapGrowthPerCycle(steps, 20_000)
console.log(JSON.stringify({ bytesPerCycle, states: axes.map((axis) => axis.state) }))
