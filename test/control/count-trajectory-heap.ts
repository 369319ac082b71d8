/** A program for tests: bytes by which the heap grows in a calculation and a sample of trajectories of all kinds, printed. */
import { AxisTrajectory } from '../../control/trajectory/axis-trajectory.ts'
import {
  SynchronizedTrajectory,
  synchronization,
  type Synchronization,
} from '../../control/trajectory/synchronized-trajectory.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

/** Lehmer's generator: the same cases each time. */
const random = new Float64Array([20_061_019])

function draw(): void {
  random[0] = ((random[0] as number) * 48_271) % 0x7fffffff
}

/** Drawn beforehand: drawing returns doubles. */
const rows = 400
const columns = 9
const cases = new Float64Array(rows * columns)
for (let n = 0; n < rows; n++) {
  for (let k = 0; k < columns; k++) {
    draw()
    const part = (random[0] as number) / 0x7fffffff
    // positions within 10; velocities and accelerations inside their limits, sometimes far outside; limits above 0
    const spread = k === 0 || k === 3 ? 10 : k < 3 && n % 5 === 0 ? 6 : 0.6
    cases[n * columns + k] = k > 5 ? 1 + 9 * part : (2 * part - 1) * spread
  }
}

const kinds: readonly Synchronization[] = [
  synchronization.none,
  synchronization.time,
  synchronization.phaseOrTime,
]
const single = new AxisTrajectory()
const together = new SynchronizedTrajectory(3)
const counts = { cycle: 0, planned: 0, inPhase: 0 }

function load(axis: AxisTrajectory, row: number, atRest: boolean): void {
  const at = (row % rows) * columns
  const { from, to, limits } = axis
  from.position = cases[at] as number
  from.velocity = atRest ? 0 : (cases[at + 1] as number)
  from.acceleration = atRest ? 0 : (cases[at + 2] as number)
  to.position = cases[at + 3] as number
  to.velocity = atRest ? 0 : (cases[at + 4] as number)
  to.acceleration = atRest ? 0 : (cases[at + 5] as number) * 0.5
  limits.velocityMax = cases[at + 6] as number
  limits.velocityMin = -limits.velocityMax
  limits.accelerationMax = cases[at + 7] as number
  limits.accelerationMin = -0.7 * limits.accelerationMax
  limits.jerkMax = cases[at + 8] as number
  limits.jerkMin = -limits.jerkMax
  limits.positionMax = 1000
  limits.positionMin = -1000
}

function step(): void {
  const cycle = ++counts.cycle
  load(single, cycle, false)
  // what is seldom done is compiled late, and until then a double of its own is on the heap: nothing here is seldom
  single.minimumDuration = cycle % 4 < 2 ? 0 : 1.5
  if ((cycle % 3 === 0 ? single.planVelocity() : single.plan()) === 0) counts.planned++
  single.time = single.duration / 2
  single.sample()
  const atRest = cycle % 2 === 0
  for (let n = 0; n < 3; n++) load(together.axes[n] as AxisTrajectory, 3 * cycle + n, atRest)
  together.synchronization = kinds[cycle % 3] as Synchronization
  together.cycle = cycle % 4 === 0 ? 0.001 : 0
  if (together.plan() === 0) counts.planned++
  if (together.inPhase) counts.inPhase++
  together.time = together.duration / 2
  together.sample()
}

function steps(count: number): void {
  for (let n = 0; n < count; n++) step()
}

steps(60_000)
const bytesPerCycle = heapGrowthPerCycle(steps, 20_000)
console.log(JSON.stringify({ bytesPerCycle, ...counts }))
