/** A cyclic task that gives the axis x power and lights the lamp, and keeps both. */
import { cyclicTask, type AxisIo, type DigitalOut } from '../../../runtime/task.ts'

let x: AxisIo
let lamp: DigitalOut

export default cyclicTask({
  setup(io) {
    x = io.axis('x')
    lamp = io.digitalOut('lamp')
  },
  cycle() {
    x.enable()
    lamp.value = true
  },
})
