import { expect, test } from 'vitest'
import { DualportError } from '../errors.ts'
import { CommandDesk } from './command-desk.ts'
import { BoundedRingReader } from './shared/bounded-ring.ts'
import { allocateCommandRing, allocateEndRing, commandField } from './shared/command-ring.ts'

function desk() {
  const commands = allocateCommandRing()
  const made = new CommandDesk(commands, allocateEndRing())
  const worker = new BoundedRingReader(commands, commandField.fields)
  const refusals: DualportError[] = []
  const issue = (): void => {
    made
      .issue('halt', 0, {}, () => new DualportError('DP_INTERNAL'))
      .catch((error: unknown) => refusals.push(error as DualportError))
  }
  const takeAll = (): void => {
    while (worker.take()) worker.release()
  }
  return { issue, takeAll, refusals }
}

test('a command that finds the ring full is told that the worker takes 64 in a cycle', async () => {
  const { issue, refusals } = desk()
  for (let count = 0; count < 65; count++) issue()
  await Promise.resolve()
  expect(refusals).toHaveLength(1)
  expect(refusals[0]).toMatchObject({
    code: 'DP_COMMAND_QUEUE_FULL',
    expected: 'fewer than 64 within one cycle',
  })
})

test('a command beyond 256 that have not ended is told that bound', async () => {
  const { issue, takeAll, refusals } = desk()
  for (let count = 0; count < 257; count++) {
    issue()
    takeAll()
  }
  await Promise.resolve()
  expect(refusals).toHaveLength(1)
  expect(refusals[0]).toMatchObject({
    code: 'DP_COMMAND_QUEUE_FULL',
    expected: 'fewer than 256 that have not ended',
  })
})
