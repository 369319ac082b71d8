import { expect, test } from 'vitest'
import { DualportError } from '../errors.ts'
import { restoreError, takeSnapshot } from './error-snapshot.ts'

function across(error: unknown): DualportError {
  return restoreError(structuredClone(takeSnapshot(error, 'DP_WORKER_FAILED')))
}

test('an error arrives in another thread with its message and what lay behind it', () => {
  const cause = new TypeError('x is not a function')
  const sent = new DualportError('DP_TASK_MODULE', { at: 'setup', actual: 1, cause })
  const got = across(sent)
  expect(got).toMatchObject({ code: 'DP_TASK_MODULE', at: 'setup', actual: 1 })
  expect(got.message).toBe(sent.message)
  expect(got.message).toContain('(TypeError: x is not a function)')
  expect((got.cause as Error).stack).toBe(cause.stack)
})

test('one of our errors behind another stays one of ours', () => {
  const cause = new DualportError('DP_AXIS_UNKNOWN', { actual: 'w', expected: 'x, y' })
  const sent = new DualportError('DP_TASK_MODULE', { at: 'setup', cause })
  const got = across(sent)
  expect(got.cause).toMatchObject({ code: 'DP_AXIS_UNKNOWN', actual: 'w' })
  expect(got.message).toBe(sent.message)
  expect(got.message).toContain(
    '(DP_AXIS_UNKNOWN: the machine has no such axis, is w, expected x, y)',
  )
})

test('what is no error arrives as the words for it', () => {
  expect(across('out of coffee').message).toContain('(out of coffee)')
})
