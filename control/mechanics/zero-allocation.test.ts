import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { withoutInlining } from '../../test/control/without-inlining.ts'

test('homing, supervision, compensation, brake, gantry and plants allocate nothing in a cycle', () => {
  const program = new URL('../../test/control/count-mechanics-heap.ts', import.meta.url).pathname
  // what a sequence does once in a while is compiled early
  const flags = [...withoutInlining, '--invocation-count-for-turbofan=100']
  const run = spawnSync(process.execPath, [...flags, program], { encoding: 'utf8' })
  const told = JSON.parse(run.stdout) as { bytesPerCycle: number; homed: number; squared: number }
  // sequences were run through from beginning to end, again and again
  expect(told.homed).toBeGreaterThan(5)
  expect(told.squared).toBeGreaterThan(5)
  // a double on the heap has 12 bytes or more; once in ten cycles a motion is planned
  expect(told.bytesPerCycle).toBeLessThan(2)
})
