/**
 * A program for tests: bytes by which the heap grows in a cycle of two groups that never rest, printed with the cycles and the
 * motions that were done. One is Cartesian, the other one a SCARA; motions blend, and the override changes.
 */
import { bufferMode } from '../../control/axis/buffer-mode.ts'
import { AxisGroup } from '../../control/groups/axis-group.ts'
import { transition } from '../../control/groups/group-path.ts'
import { CartesianKinematics } from '../../control/groups/kinematics/cartesian.ts'
import { ScaraKinematics } from '../../control/groups/kinematics/scara.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'
import { rehearsePlanner } from './rehearse-planner.ts'

const axis = {
  positionMin: -500,
  positionMax: 500,
  velocity: 500,
  acceleration: 5000,
  jerk: 100_000,
}
const path = { velocity: 300, acceleration: 3000, jerk: 100_000 }
const arms = new ScaraKinematics(2, { upper: 300, fore: 200, configuration: 'left' })

/** Goes around squares of several sizes, its corners in turn, every fourth way an arc. */
class Runner {
  readonly group: AxisGroup
  readonly #middle: number
  commanded = 0
  done = 0
  cycle = 0

  constructor(group: AxisGroup, middle: number) {
    this.group = group
    this.#middle = middle
    group.enable(1)
    group.settlements.take()
  }

  step(): void {
    const { group } = this
    this.cycle++
    if (this.commanded - this.done < 5) this.#command()
    if (this.cycle % 4000 === 0) group.setOverride(0, 1, 1, 1)
    if (this.cycle % 4000 === 3000) group.setOverride(0, 0.5, 1, 1)
    group.update()
    while (group.settlements.take()) if (group.settlements.error === 0) this.done++
  }

  #command(): void {
    const { group } = this
    const corner = this.commanded % 4
    const half = 1 + 2 * ((this.commanded * 7) % 5) ** 2
    group.command.target[0] = this.#middle + (corner < 2 ? half : -half)
    group.command.target[1] = corner === 1 || corner === 2 ? half : -half
    group.command.aid[0] = this.#middle
    group.command.aid[1] = -half - 1
    group.command.bufferMode = bufferMode.blendingLow
    group.command.transition = transition.maxCornerDeviation
    group.command.amount = 0.1
    this.commanded++
    if (corner === 0 && this.commanded > 4) group.moveCircular(this.commanded)
    else group.moveLinear(this.commanded)
  }
}

function runners(cycleS: number): Runner[] {
  const axes = [axis, axis]
  const flat = new AxisGroup({ cycleS, kinematics: new CartesianKinematics(2), axes, path })
  const scara = new AxisGroup({ cycleS, kinematics: arms, axes, path })
  arms.inverse(Float64Array.of(250, 0), scara.actual)
  return [new Runner(flat, 0), new Runner(scara, 250)]
}

function steps(each: readonly Runner[], count: number): void {
  for (let n = 0; n < count; n++) for (let k = 0; k < each.length; k++) (each[k] as Runner).step()
}

// cycles so long that motions come often, before and after: what plans them is to have its compiled form, too
const measured = runners(0.001)
steps(runners(0.02), 40_000)
steps(measured, 40_000)
rehearsePlanner()
steps(runners(0.02), 40_000)
const bytesPerCycle = heapGrowthPerCycle((count) => steps(measured, count), 20_000)
console.log(
  JSON.stringify({
    bytesPerCycle,
    commanded: measured.map((one) => one.commanded),
    done: measured.map((one) => one.done),
  }),
)
