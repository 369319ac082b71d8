/**
 * A worker for tests: how many bytes the JavaScript heap grows in a warm cycle of the runtime, on a private card whose
 * interrupts come at once. In a worker of its own because the test runner rewrites imports, which changes what the
 * compiler inlines.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { cyclicTask } from '../../runtime/task.ts'
import type { AxisIo, DigitalOut, TaskIo } from '../../runtime/task.ts'
import type { TaskBlocks } from '../../runtime/task-blocks.ts'
import { counterNames } from '../../runtime/shared/control-block.ts'
import type { MachineFile } from '../../runtime/machine-file/schema.ts'
import { PrivateWorld } from './private-world.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

export type CycleHeap = {
  readonly bytesPerCycle: number
  readonly cycles: number
  readonly refusedSetpoints: number
}

/** Whose motion: the application's commands, setpoints of a user's task, or its function blocks. */
const { file, by } = workerData as { file: MachineFile; by: 'commands' | 'setpoints' | 'blocks' }
const warmCycles = 60_000
const countedCycles = 20_000

class SineTask {
  #x: AxisIo | undefined
  #lamp: DigitalOut | undefined

  setup(io: TaskIo): void {
    this.#x = io.axis('x')
    this.#lamp = io.digitalOut('lamp')
  }

  cycle(_io: unknown, tick: { readonly timeS: number; readonly cycle: number }): void {
    this.#x?.enable()
    this.#x?.setPosition(10 * Math.sin(tick.timeS))
    if (this.#lamp !== undefined) this.#lamp.value = (tick.cycle & 1) === 0
  }
}

/** Axis x in gear with y, which moves to and fro, and in the end slowly on: what is rare runs before the counted cycles. */
class BlockTask {
  #move: ReturnType<TaskBlocks['moveAbsolute']> | undefined
  #gear: ReturnType<TaskBlocks['gearIn']> | undefined
  #axes: readonly AxisIo[] = []

  setup(io: TaskIo): void {
    this.#axes = [io.axis('x'), io.axis('y')]
    this.#move = io.axis('y').blocks.moveAbsolute({ position: 0, velocity: 50 })
    this.#gear = io.axis('x').blocks.gearIn({ master: 'y', numerator: 1, denominator: 3 })
  }

  cycle(_io: unknown, tick: { readonly cycle: number }): void {
    const axes = this.#axes
    for (let k = 0; k < axes.length; k++) (axes[k] as AxisIo).enable()
    if (this.#move === undefined || this.#gear === undefined) return
    if (this.#gear.error !== undefined || this.#move.error !== undefined) throw new Error('refused')
    if (tick.cycle % 500 !== 100 || tick.cycle > 2 * warmCycles) return
    if (!this.#gear.busy) this.#gear.execute()
    const last = tick.cycle > 2 * warmCycles - 500
    this.#move.velocity = last ? 5 : 50
    this.#move.position = last ? 900 : tick.cycle % 1000 === 100 ? 10 : -10.5
    this.#move.execute()
  }
}

const tasks = { commands: undefined, setpoints: new SineTask(), blocks: new BlockTask() }
const task = tasks[by]
const world = new PrivateWorld(file, task === undefined ? undefined : cyclicTask(task))

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
turns(20)
for (let axis = 0; axis < file.axes.length; axis++) world.command('home', axis, 0)
turns(5)
if (by === 'blocks') turns(2 * warmCycles + 5000)
// to and fro a few times, then the move that is measured
else
  for (const distance of [10, -10, 10, -10]) {
    moveAll(distance)
    turns(warmCycles / 4)
  }
if (by !== 'blocks') moveAll(200)
turns(5000)
// what the compiler still has under way in its own thread
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30)
turns(2000)
const told: CycleHeap = {
  bytesPerCycle: heapGrowthPerCycle(turns, countedCycles),
  cycles: world.control.counter(counterNames.indexOf('cycles')),
  refusedSetpoints: world.control.counter(counterNames.indexOf('refusedSetpoints')),
}
parentPort?.postMessage(told, [])
