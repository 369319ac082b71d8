import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PublishRule } from '../machine-file/schema.ts'
import { PublishGate } from './publish-gate.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function gate(rule: Partial<PublishRule>) {
  const told: (number | boolean)[] = []
  const made = new PublishGate<number | boolean>(
    { intervalMs: 100, deadBand: 0, onChange: true, ...rule },
    ({ value }) => told.push(value),
  )
  const offer = (value: number | boolean): void => made.offer(value, 0, 0)
  return { told, offer, made }
}

test('at most one message leaves in an interval, and the last value of a burst is told', () => {
  const { told, offer } = gate({})
  for (const value of [1, 2, 3]) offer(value)
  expect(told).toEqual([1])
  vi.advanceTimersByTime(99)
  expect(told).toEqual([1])
  vi.advanceTimersByTime(1)
  expect(told).toEqual([1, 3])
  vi.advanceTimersByTime(1000)
  expect(told).toEqual([1, 3])
})

test('a change within the dead band is not published, even when it creeps', () => {
  const { told, offer } = gate({ intervalMs: 0, deadBand: 0.5 })
  for (const value of [0, 0.2, 0.4, 0.5, 0.6, 1, 1.2]) offer(value)
  expect(told).toEqual([0, 0.6, 1.2])
})

test('without onChange every interval has its message', () => {
  const { told, offer, made } = gate({ onChange: false })
  offer(true)
  vi.advanceTimersByTime(350)
  expect(told).toEqual([true, true, true, true])
  made.close()
  vi.advanceTimersByTime(1000)
  expect(told).toHaveLength(4)
})

test('an interval of 0 lets every change through at once', () => {
  const { told, offer } = gate({ intervalMs: 0 })
  for (const value of [true, true, false]) offer(value)
  expect(told).toEqual([true, false])
})

test('the newest value can be told again', () => {
  const { told, offer, made } = gate({})
  made.republish()
  offer(1)
  offer(2)
  made.republish()
  expect(told).toEqual([1, 2])
  vi.advanceTimersByTime(200)
  expect(told).toEqual([1, 2])
})

test('closing tells the value that waits for its interval, once, and nothing afterwards', () => {
  const { told, offer, made } = gate({ deadBand: 0.5 })
  for (const value of [1, 2, 3]) offer(value)
  made.close()
  expect(told).toEqual([1, 3])
  made.close()
  vi.advanceTimersByTime(1000)
  expect(told).toEqual([1, 3])
})

test('closing keeps to the dead band, and repeats nothing that was told', () => {
  const inBand = gate({ deadBand: 0.5 })
  inBand.offer(1)
  inBand.offer(1.4)
  inBand.made.close()
  expect(inBand.told).toEqual([1])
  const every = gate({ onChange: false })
  every.offer(true)
  every.made.close()
  expect(every.told).toEqual([true])
})
