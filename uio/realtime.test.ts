import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import type { RealtimeOutcome } from '../test/uio/apply-realtime.ts'
import { runWorker } from '../test/uio/run-worker.ts'
import type { RealtimeWish } from './realtime.ts'

const wish: RealtimeWish = {
  policy: 'other',
  priority: 1,
  cpu: 0,
  lockMemory: false,
  timerSlackNs: 1000,
  required: false,
}

/** In a worker of its own: the settings end with the thread. */
async function apply(changes: Partial<RealtimeWish>): Promise<RealtimeOutcome> {
  const url = new URL('../test/uio/apply-realtime.ts', import.meta.url)
  return (await runWorker(url, { ...wish, ...changes })) as RealtimeOutcome
}

test('what every process may have is granted and read back', async () => {
  const { report } = await apply({})
  expect(report).toEqual({
    timerSlack: { wanted: '1000 ns', got: '1000 ns' },
    affinity: { wanted: 'CPU 0', got: 'CPU 0' },
    memory: { wanted: 'unlocked', got: 'unlocked' },
    scheduler: { wanted: 'other 0', got: 'other 0' },
  })
})

test('without a CPU the last one is taken where SCHED_FIFO is granted, else every one stays allowed', async () => {
  const every = availableParallelism()
  const fifo = await apply({ policy: 'fifo', cpu: undefined })
  expect(fifo.report?.affinity.refused).toBeUndefined()
  const granted = fifo.report?.scheduler.refused === undefined
  expect(fifo.report?.affinity.got.split(', ')).toHaveLength(granted ? 1 : every)
  // priority 100 is refused to root as well
  const refused = await apply({ policy: 'fifo', priority: 100, cpu: undefined })
  expect(refused.report?.scheduler.refused).toBeDefined()
  expect(refused.report?.affinity.got.split(', ')).toHaveLength(every)
  const other = await apply({ cpu: undefined })
  expect(other.report?.affinity.got.split(', ')).toHaveLength(every)
})

test('refusals are told one by one and nothing throws', async () => {
  // priority 100 and CPU 5000 are refused to root as well
  const { report } = await apply({ policy: 'fifo', priority: 100, cpu: 5000 })
  expect(report?.timerSlack.refused).toBeUndefined()
  expect(report?.affinity.refused).toMatch(/^EINVAL: .*CPU 5000/)
  expect(report?.scheduler.refused).toMatch(/^E(INVAL|PERM): /)
  expect(report?.scheduler.got).toMatch(/^other 0/)
})

test('where the settings are required all refusals are thrown at once', async () => {
  const { code, actual } = await apply({
    policy: 'fifo',
    priority: 100,
    cpu: 5000,
    required: true,
  })
  expect(code).toBe('DP_REALTIME_REFUSED')
  expect(actual).toMatch(/affinity \(CPU 5000\): EINVAL.*scheduler \(fifo 100/)
})

test('locked memory and, where it is granted, SCHED_FIFO with reset on fork survive the collector', async () => {
  const { report } = await apply({ policy: 'fifo', priority: 1, lockMemory: true })
  const locked = Number.parseInt(report?.memory.got ?? '', 10)
  expect(locked).toBeGreaterThanOrEqual(8)
  const granted = report?.scheduler.refused === undefined
  expect(report?.scheduler.got).toBe(granted ? 'fifo 1, reset on fork' : 'other 0')
})
