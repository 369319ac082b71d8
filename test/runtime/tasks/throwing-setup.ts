/** A cyclic task whose setup throws what is no error of ours. */
import { cyclicTask } from '../../../runtime/task.ts'

export default cyclicTask({
  setup: () => {
    throw new TypeError('the recipe has no feed rate')
  },
  cycle: () => undefined,
})
