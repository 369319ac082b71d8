import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandEnd, SettlementOutbox } from './settlement-outbox.ts'

test('settlements come out once and in order, as from an array', () => {
  const batch = fc.array(fc.integer({ min: 1, max: 1e9 }), {
    maxLength: new SettlementOutbox().free,
  })
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 30 }), (batches) => {
      const outbox = new SettlementOutbox()
      const taken: number[][] = []
      const noted: number[][] = []
      // Each batch is taken but for its last settlement: the ring's start moves on and wraps.
      for (const ids of batches) {
        const fitting = ids.slice(0, outbox.free)
        for (const id of fitting) {
          outbox.put(id, commandEnd.error, id % 7)
          noted.push([id, commandEnd.error, id % 7])
        }
        for (const _ of fitting.slice(1)) {
          outbox.take()
          taken.push([outbox.id, outbox.end, outbox.error])
        }
      }
      while (outbox.take()) taken.push([outbox.id, outbox.end, outbox.error])
      expect(taken).toEqual(noted)
      expect(outbox.free).toBe(new SettlementOutbox().free)
    }),
  )
})

test('id 0 is nobody and is not noted', () => {
  const outbox = new SettlementOutbox()
  outbox.put(0, commandEnd.done, 0)
  expect(outbox.take()).toBe(false)
})
