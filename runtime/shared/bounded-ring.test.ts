import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocateBoundedRing, BoundedRingReader, BoundedRingWriter } from './bounded-ring.ts'

test('a bounded ring equals a bounded array: in order, refusing and counting when full', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(2, 8),
      fc.array(fc.boolean(), { maxLength: 200 }),
      (slots, writes) => {
        const memory = allocateBoundedRing(2, slots)
        const writer = new BoundedRingWriter(memory, 2)
        const reader = new BoundedRingReader(memory, 2)
        const model: number[] = []
        let refused = 0
        let next = 0
        for (const isWrite of writes) {
          if (isWrite) {
            const accepted = writer.begin()
            expect(accepted).toBe(model.length < slots)
            if (accepted) {
              writer.set(0, next)
              writer.set(1, -next)
              writer.push()
              model.push(next)
            } else refused++
            next++
          } else {
            const expected = model.shift()
            expect(reader.take()).toBe(expected !== undefined)
            if (expected !== undefined) {
              expect([reader.get(0), reader.get(1)]).toEqual([expected, -expected])
              reader.release()
            }
          }
          expect(reader.refused).toBe(refused)
        }
      },
    ),
  )
})

test('the counts survive their wrap at 2^31', () => {
  const memory = allocateBoundedRing(1, 4)
  new Int32Array(memory, 0, 2).fill(0x7fff_fffe)
  const writer = new BoundedRingWriter(memory, 1)
  const reader = new BoundedRingReader(memory, 1)
  for (let k = 0; k < 4; k++) {
    expect(writer.begin()).toBe(true)
    writer.set(0, k)
    writer.push()
  }
  expect(writer.begin()).toBe(false)
  for (let k = 0; k < 4; k++) {
    expect(reader.take()).toBe(true)
    expect(reader.get(0)).toBe(k)
    reader.release()
  }
  expect(reader.take()).toBe(false)
})
