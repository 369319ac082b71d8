/** How much the JavaScript heap grows per cycle. A collection in one window makes it negative: the median is not moved by it. */
import { getHeapStatistics } from 'node:v8'

const windows = 5

/** Runs `cycles` cycles in five windows; bytes per cycle of the median window. The reading itself costs a few hundred bytes a window. */
export function heapGrowthPerCycle(run: (cycles: number) => void, cycles: number): number {
  const each = Math.floor(cycles / windows)
  const growths: number[] = []
  getHeapStatistics()
  for (let window = 0; window < windows; window++) {
    const before = getHeapStatistics().used_heap_size
    run(each)
    growths.push((getHeapStatistics().used_heap_size - before) / each)
  }
  return growths.toSorted((a, b) => a - b)[(windows - 1) / 2] as number
}
