import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pacer } from './pacer.ts'

test('deadlines stay on the grid, lie in the future after each cycle, and none is lost uncounted', () => {
  const lateness = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 100 })
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 ** 15 }),
      fc.constantFrom(250, 1000),
      lateness,
      (start, period, late) => {
        const pacer = new Pacer(start, period)
        for (const [ran, ns] of late.entries()) {
          const now = pacer.deadlineNs + ns
          pacer.advance(now, period)
          expect(pacer.deadlineNs).toBeGreaterThan(now)
          expect(pacer.deadlineNs - now).toBeLessThanOrEqual(period)
          expect(pacer.deadlineNs).toBe(start + period * (ran + 2 + pacer.skipped))
        }
      },
    ),
  )
})

test('a new period counts from the last deadline', () => {
  const pacer = new Pacer(0, 1000)
  pacer.advance(1001, 250)
  expect(pacer.deadlineNs).toBe(1250)
  expect(pacer.skipped).toBe(0)
})
