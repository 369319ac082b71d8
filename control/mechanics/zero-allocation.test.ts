import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** What the compiler inlines varies from run to run; a double that a function takes or returns is on the heap wherever it does not. */
const withoutInlining = [
  '--no-maglev',
  '--max-inlined-bytecode-size=0',
  '--max-inlined-bytecode-size-small=0',
  '--max-inlined-bytecode-size-cumulative=0',
  // what a sequence does once in a while is compiled early
  '--invocation-count-for-turbofan=100',
]

test('homing, supervision, compensation, brake, gantry and plants allocate nothing in a cycle', () => {
  const program = new URL('../../test/control/count-mechanics-heap.ts', import.meta.url).pathname
  const run = spawnSync(process.execPath, [...withoutInlining, program], { encoding: 'utf8' })
  const told = JSON.parse(run.stdout) as { bytesPerCycle: number; homed: number; squared: number }
  // sequences were run through from beginning to end, again and again
  expect(told.homed).toBeGreaterThan(5)
  expect(told.squared).toBeGreaterThan(5)
  // a double on the heap has 12 bytes or more; once in ten cycles a motion is planned
  expect(told.bytesPerCycle).toBeLessThan(2)
})
