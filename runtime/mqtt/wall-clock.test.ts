import { expect, test, vi } from 'vitest'
import { WallClock } from './wall-clock.ts'

function nowNs(): number {
  return Number(process.hrtime.bigint())
}

test('a monotonic moment becomes Unix time', () => {
  expect(Math.abs(new WallClock().toUnixMs(nowNs()) - Date.now())).toBeLessThan(1000)
})

test("the system clock's adjustment is followed, its rounding is not", () => {
  const clock = new WallClock()
  clock.follow()
  const moment = nowNs()
  const before = clock.toUnixMs(moment)
  vi.spyOn(Date, 'now').mockReturnValue(clock.toUnixMs(nowNs()) + 2)
  clock.follow()
  expect(clock.toUnixMs(moment)).toBe(before)
  vi.spyOn(Date, 'now').mockReturnValue(clock.toUnixMs(nowNs()) + 3_600_000)
  clock.follow()
  expect(clock.toUnixMs(moment) - before).toBeGreaterThan(3_599_000)
  vi.restoreAllMocks()
})
