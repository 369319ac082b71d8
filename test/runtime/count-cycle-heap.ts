/**
 * A worker for tests: how many bytes the JavaScript heap grows in a warm cycle of the runtime, on a private card whose
 * interrupts come at once. In a worker of its own because the test runner rewrites imports, which changes what the
 * compiler inlines.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { cyclicTask } from '../../runtime/task.ts'
import type { AxisIo, DigitalOut } from '../../runtime/task.ts'
import { counterNames } from '../../runtime/shared/control-block.ts'
import type { MachineFile } from '../../runtime/machine-file/schema.ts'
import { PrivateWorld } from './private-world.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

export type CycleHeap = {
  readonly bytesPerCycle: number
  readonly cycles: number
  readonly refusedSetpoints: number
}

const { file, withTask } = workerData as { file: MachineFile; withTask: boolean }
const warmCycles = 60_000
const countedCycles = 20_000

class SineTask {
  #x: AxisIo | undefined
  #lamp: DigitalOut | undefined

  setup(io: Parameters<NonNullable<Parameters<typeof cyclicTask>[0]['setup']>>[0]): void {
    this.#x = io.axis('x')
    this.#lamp = io.digitalOut('lamp')
  }

  cycle(_io: unknown, tick: { readonly timeS: number; readonly cycle: number }): void {
    this.#x?.enable()
    this.#x?.setPosition(10 * Math.sin(tick.timeS))
    if (this.#lamp !== undefined) this.#lamp.value = (tick.cycle & 1) === 0
  }
}

const world = new PrivateWorld(file, withTask ? cyclicTask(new SineTask()) : undefined)

function turns(count: number): void {
  for (let k = 0; k < count; k++) world.turn()
}

/** Slow enough to last longer than the counted cycles do: half the axes to a position, half at a velocity. */
function moveAll(distance: number): void {
  for (let axis = 0; axis < file.axes.length; axis++) {
    if (axis % 2 === 0) world.command('moveRelative', axis, distance, 5)
    else world.command('moveVelocity', axis, 0, Math.sign(distance))
  }
}

for (let axis = 0; axis < file.axes.length; axis++) world.command('enable', axis)
turns(10)
// to and fro a few times, then the move that is measured
for (const distance of [10, -10, 10, -10]) {
  moveAll(distance)
  turns(warmCycles / 4)
}
moveAll(200)
turns(5000)
const told: CycleHeap = {
  bytesPerCycle: heapGrowthPerCycle(turns, countedCycles),
  cycles: world.control.counter(counterNames.indexOf('cycles')),
  refusedSetpoints: world.control.counter(counterNames.indexOf('refusedSetpoints')),
}
parentPort?.postMessage(told, [])
