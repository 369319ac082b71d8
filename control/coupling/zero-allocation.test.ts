import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { withoutInlining } from '../../test/control/without-inlining.ts'

test('a step of coupled axes allocates nothing on the heap, even where no call is inlined', () => {
  const program = new URL('../../test/control/count-coupling-heap.ts', import.meta.url).pathname
  // a coupling begins anew now and then: what that takes is compiled before it is measured
  const flags = [...withoutInlining, '--invocation-count-for-turbofan=50']
  const run = spawnSync(process.execPath, [...flags, program], { encoding: 'utf8' })
  const told = JSON.parse(run.stdout) as Record<string, number>
  // each kind did what it is there for
  const { inGear = 0, inSync = 0, met = 0, switched = 0, probed = 0 } = told
  expect(Math.min(inGear, inSync, met, switched, probed)).toBeGreaterThan(1000)
  expect(told['bytesPerCycle']).toBeLessThan(1)
})
