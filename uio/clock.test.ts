import { expect, test } from 'vitest'
import { MonotonicClock } from './clock.ts'

test('the clock is CLOCK_MONOTONIC in nanoseconds, the one of process.hrtime', () => {
  const clock = new MonotonicClock()
  const before = Number(process.hrtime.bigint())
  const now = clock.now()
  const after = Number(process.hrtime.bigint())
  // beyond 104 days of uptime a double steps by 2 ns
  expect(now).toBeGreaterThanOrEqual(before - 2)
  expect(now).toBeLessThanOrEqual(after + 2)
  clock.sample()
  expect(clock.ns).toBeGreaterThanOrEqual(now)
})
