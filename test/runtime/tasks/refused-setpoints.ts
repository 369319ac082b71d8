/** A cyclic task that asks for what is far outside the limits of its axis. */
import { cyclicTask } from '../../../runtime/task.ts'

export default cyclicTask({
  cycle: (io) => io.axis('x').setPosition(1e6),
})
