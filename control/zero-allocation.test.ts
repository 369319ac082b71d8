import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { withoutInlining } from '../test/control/without-inlining.ts'
import { axisState } from './axis/axis-state.ts'

test('a step of moving axes allocates nothing on the heap, even where no call is inlined', () => {
  const program = new URL('../test/control/count-motion-heap.ts', import.meta.url).pathname
  const run = spawnSync(process.execPath, [...withoutInlining, program], { encoding: 'utf8' })
  const told = JSON.parse(run.stdout) as { bytesPerCycle: number; states: number[] }
  expect(told.states).toEqual([
    axisState.discreteMotion,
    axisState.continuousMotion,
    expect.any(Number),
    axisState.synchronizedMotion,
    axisState.synchronizedMotion,
    axisState.discreteMotion,
    axisState.continuousMotion,
    axisState.discreteMotion,
  ])
  expect(told.bytesPerCycle).toBeLessThan(1)
})
