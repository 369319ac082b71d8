/** A cyclic task that asks for an axis that is not there. */
import { cyclicTask } from '../../../runtime/task.ts'

export default cyclicTask({
  setup: (io) => {
    io.axis('w')
  },
  cycle: () => undefined,
})
