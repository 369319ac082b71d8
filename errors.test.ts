import { expect, test } from 'vitest'
import { DualportError } from './errors.ts'

test('an error names what lay behind it, once and without its next step', () => {
  const inner = new DualportError('DP_TASK_FAILED', { at: 'Error: planned' })
  const outer = new DualportError('DP_MACHINE_SAFE', { at: 'demo', cause: inner })
  expect(outer.message).toBe(
    'DP_MACHINE_SAFE: demo: the machine is in its safe state and takes no commands ' +
      `(DP_TASK_FAILED: Error: planned: the cyclic task failed). ${outer.todo}`,
  )
  const cause = new Error('no such file')
  const said = new DualportError('DP_MACHINE_FILE_READ', { actual: 'no such file', cause })
  expect(said.message.match(/no such file/g)).toHaveLength(1)
})

test('an error of many lines behind another gives its first line', () => {
  const error = new DualportError('DP_INTERNAL', { cause: new RangeError('first\nsecond') })
  expect(error.message).toContain(' (RangeError: first). ')
})

test.for([
  ['10', '"10"'],
  ['', '""'],
  ['true', '"true"'],
  ['horn', 'horn'],
  [10, '10'],
  [Number.NaN, 'NaN'],
  [null, 'null'],
  [{ a: 1 }, '{"a":1}'],
  [12n, '12'],
] as const)('%s is shown as %s', ([actual, shown]) => {
  const { message } = new DualportError('DP_COMMAND_VALUE', { actual, expected: 'a number' })
  expect(message).toContain(`, is ${shown}, expected a number`)
})
