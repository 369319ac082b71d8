/**
 * A motion loop of your own: this file is both the program and its cyclic task. The runtime loads it a second time in its
 * real-time worker, where `cycle` runs at every interrupt of the card: here a position loop over the drive's velocity mode.
 * In files of yours the imports are from 'dualport', 'dualport/task' and 'dualport/control'.
 * Prints: the loop took x to and fro between -?0\.\d mm and (39|40)\.\d mm, \d+ setpoints refused
 */
import { isMainThread } from 'node:worker_threads'
import { Pid } from '../control/index.ts'
import { cyclicTask } from '../runtime/task.ts'
import type { AxisIo } from '../runtime/task.ts'

const amplitude = 20
const radPerS = Math.PI
const gains = { proportional: 40, integral: 20, derivative: 0, filterS: 0 }

let x: AxisIo
let loop: Pid
let cycles = 0

export default cyclicTask({
  setup(io) {
    x = io.axis('x')
    loop = new Pid(io.cycleS, { ...gains, outputMin: -400, outputMax: 400 })
    x.enable()
  },

  cycle(io) {
    if (!x.operational) return
    // starts at 0 without velocity
    const angle = radPerS * io.cycleS * cycles++
    loop.setpoint = amplitude * (1 - Math.cos(angle))
    loop.feedForward = amplitude * radPerS * Math.sin(angle)
    loop.measured = x.position
    loop.update()
    x.setVelocity(loop.output)
  },
})

if (isMainThread) {
  const { openMachine } = await import('../runtime/index.ts')
  const machine = await openMachine(new URL('machines/demo.json', import.meta.url), {
    taskModule: new URL(import.meta.url),
  })
  await machine.operational
  console.log('the ring is in CP4, the loop runs in the cyclic worker')

  let lowest = 0
  let highest = 0
  machine.axis('x').samples$.subscribe(({ position }) => {
    lowest = Math.min(lowest, ...position)
    highest = Math.max(highest, ...position)
  })
  let refused = 0
  machine.cycle$.subscribe(({ counters }) => (refused = counters.refusedSetpoints))
  await new Promise((resolve) => setTimeout(resolve, 4000))
  await machine.close()
  const between = `between ${lowest.toFixed(1)} mm and ${highest.toFixed(1)} mm`
  console.log(`the loop took x to and fro ${between}, ${refused} setpoints refused`)
}
