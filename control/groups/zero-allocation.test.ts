import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { withoutInlining } from '../../test/control/without-inlining.ts'

test('a cycle of groups that move and are commanded allocates nothing on the heap, even where no call is inlined', () => {
  const program = new URL('../../test/control/count-group-heap.ts', import.meta.url).pathname
  const run = spawnSync(process.execPath, [...withoutInlining, program], { encoding: 'utf8' })
  const told = JSON.parse(run.stdout) as Record<'commanded' | 'done', [number, number]> & {
    bytesPerCycle: number
  }
  // both went on and on, and nothing was refused
  for (const n of [0, 1] as const) {
    expect(told.done[n]).toBeGreaterThan(50)
    expect(told.commanded[n] - told.done[n]).toBeLessThanOrEqual(5)
  }
  // one double on the heap is 16 bytes: no cycle has any, but planning may take a branch that was not compiled yet
  expect(told.bytesPerCycle).toBeLessThan(4)
})
