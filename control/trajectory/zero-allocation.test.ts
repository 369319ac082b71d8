import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { withoutInlining } from '../../test/control/without-inlining.ts'

test('planning and sampling trajectories allocates nothing on the heap, even where no call is inlined', () => {
  const program = new URL('../../test/control/count-trajectory-heap.ts', import.meta.url).pathname
  const run = spawnSync(process.execPath, [...withoutInlining, program], { encoding: 'utf8' })
  const told = JSON.parse(run.stdout) as Record<
    'bytesPerCycle' | 'cycle' | 'planned' | 'inPhase',
    number
  >
  expect(told.planned).toBe(2 * told.cycle)
  expect(told.inPhase).toBeGreaterThan(told.cycle / 10)
  expect(told.bytesPerCycle).toBeLessThan(1)
})
