/** A cyclic task that works for some tenths of a second after its set-up with power and the lamp on, and then fails as its URL's query says. */
import { cyclicTask } from '../../../runtime/task.ts'
import type { AxisIo, DigitalOut } from '../../../runtime/task.ts'

const failure = new URL(import.meta.url).searchParams.get('failure')
const failAfter = 400
/** First cycle after the set-up. */
let from = -1
let x: AxisIo
let lamp: DigitalOut
let brake: DigitalOut

export default cyclicTask({
  setup(io) {
    from = -1
    x = io.axis('x')
    lamp = io.digitalOut('lamp')
    brake = io.digitalOut('brake')
  },
  cycle(_io, tick) {
    if (from < 0) from = tick.cycle
    x.enable()
    lamp.value = true
    brake.value = false
    if (tick.cycle - from < failAfter) return
    if (failure === 'throw') throw new Error('planned')
    if (failure === 'loop') for (;;);
    // ends this thread there and then: nothing of the runtime runs in it any more
    if (failure === 'die') process.exit(1)
    if (failure === 'slow') {
      const end = performance.now() + 3
      while (performance.now() < end);
    }
  },
})
