import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { withoutInlining } from '../../test/control/without-inlining.ts'
import { experimentState } from './experiment-state.ts'

test('a cycle of loops, filters, observers and experiments allocates nothing on the heap, even where no call is inlined', () => {
  const program = new URL('../../test/control/count-loops-heap.ts', import.meta.url).pathname
  const run = spawnSync(process.execPath, [...withoutInlining, program], { encoding: 'utf8' })
  const told = JSON.parse(run.stdout) as {
    bytesPerCycle: number
    outputs: number[]
    states: number[]
  }
  expect(told.outputs.every((output) => Number.isFinite(output) && output !== 0)).toBe(true)
  // they were at work to the end
  expect(told.states).toEqual(Array(4).fill(experimentState.running))
  expect(told.bytesPerCycle).toBeLessThan(1)
})
