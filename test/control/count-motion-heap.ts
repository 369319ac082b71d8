/** A program for tests: bytes by which the heap grows in a step of eight moving axes, printed. One axis is in each kind of motion. */
import { AxisMotion } from '../../control/axis/axis-motion.ts'
import { bufferMode } from '../../control/axis/buffer-mode.ts'
import { Dynamics } from '../../control/axis/dynamics.ts'
import { profileTable } from '../../control/axis/profile/profile-table.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

const limits = {
  positionMin: -1e6,
  positionMax: 1e6,
  velocity: 1000,
  acceleration: 10_000,
  jerk: 1e6,
  followingError: 10,
}
const gentle = new Dynamics(1, 10, 100)
const slow = new Dynamics(1, 100, 1000)
const move = new AxisMotion(0.001, limits)
const speed = new AxisMotion(0.001, limits)
const halt = new AxisMotion(0.001, limits)
const followed = new AxisMotion(0.001, limits)
const led = new AxisMotion(0.001, limits)
const blended = new AxisMotion(0.001, limits)
const twofold = new AxisMotion(0.001, limits)
const profiled = new AxisMotion(0.001, limits)
const axes = [move, speed, halt, followed, led, blended, twofold, profiled]
let cycle = 0
/** Cycles between two commands: few until whatever gets a compiled form has it. */
let pause = 4

function steps(count: number): void {
  for (let n = 0; n < count; n++) step()
}

function step(): void {
  cycle++
  if (cycle % pause === 0) command()
  if (blended.queued < 2) blend()
  followed.externalPosition = cycle % 1000 < 500 ? 0 : 1e-6
  followed.externalVelocity = 0
  followed.follow()
  led.followDrive()
  for (let n = 0; n < axes.length; n++) advance(axes[n] as AxisMotion)
}

function command(): void {
  if (cycle % (2 * pause) === 0) halt.halt(3)
  else halt.moveVelocity(4, 1, gentle)
  twofold.moveSuperimposed(3, 0.001, slow)
}

/** Short moves, so that many of them begin, forth and back. */
function blend(): void {
  if (cycle % 4000 < 2000) blended.moveRelative(3, 0.002, slow, bufferMode.blendingHigh)
  else blended.moveRelative(3, -0.002, slow, bufferMode.blendingHigh)
}

function advance(axis: AxisMotion): void {
  // what is led goes its own way
  axis.drivePosition = axis.lead.on ? cycle * 1e-3 : axis.setpoint
  axis.update(true)
  while (axis.settlements.take());
}

for (const axis of axes) axis.power(1, true)
steps(10)
move.moveAbsolute(2, 1000, slow)
speed.moveVelocity(2, 1, slow)
twofold.moveVelocity(2, 1, slow)
const points = { times: [0, 80, 100, 200], values: [0, 20, 10, 30] }
profiled.runProfile(2, profileTable('position', points))
// so long that what a move plans once in its way is compiled, too
steps(120_000)
pause = 2500
steps(10_000)
const bytesPerCycle = heapGrowthPerCycle(steps, 20_000)
console.log(JSON.stringify({ bytesPerCycle, states: axes.map((axis) => axis.state) }))
