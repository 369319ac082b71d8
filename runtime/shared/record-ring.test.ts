import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocateRecordRing, RecordReader, RecordWriter } from './record-ring.ts'

const fields = 3

function write(writer: RecordWriter, number: number): void {
  writer.begin()
  for (let field = 0; field < fields; field++) writer.slots[writer.base + field] = number * 10 + field
  writer.push()
}

describe('record ring', () => {
  test('equals an array that keeps the newest records and counts the others as dropped', () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant('write' as const), count: fc.integer({ min: 0, max: 40 }) }),
      fc.record({ act: fc.constant('read' as const) }),
      fc.record({ act: fc.constant('skip' as const) }),
    )
    fc.assert(
      fc.property(fc.constantFrom(4, 8, 16), fc.array(step, { maxLength: 40 }), (size, steps) => {
        const memory = allocateRecordRing(fields, size)
        const writer = new RecordWriter(memory, fields)
        const reader = new RecordReader(memory, fields)
        let model: number[] = []
        let written = 0
        let dropped = 0
        for (const { act, ...rest } of steps) {
          if (act === 'write') {
            for (let k = 0; k < (rest as { count: number }).count; k++) {
              write(writer, written)
              model.push(written++)
            }
          } else if (act === 'skip') {
            reader.skip()
            model = []
          } else {
            const kept = model.slice(-(size - 1))
            dropped += model.length - kept.length
            const batch = reader.read()
            const first = Array.from({ length: batch.length }, (_, k) => batch.get(k, 0))
            expect(first).toEqual(kept.map((number) => number * 10))
            expect([...batch.column(2)]).toEqual(kept.map((number) => number * 10 + 2))
            model = []
          }
          expect(reader.dropped).toBe(dropped)
        }
      }),
    )
  })

  test('a record whose slot is being overwritten is dropped, not delivered torn', () => {
    const memory = allocateRecordRing(fields, 4)
    const writer = new RecordWriter(memory, fields)
    const reader = new RecordReader(memory, fields)
    for (let k = 0; k < 3; k++) write(writer, k)
    writer.begin()
    writer.slots[writer.base] = -1
    const batch = reader.read()
    expect([...batch.column(0)]).toEqual([10, 20])
    expect(reader.dropped).toBe(1)
  })

  test('the counts survive their wrap at 2^32', () => {
    const memory = allocateRecordRing(fields, 8)
    new Int32Array(memory, 0, 2).fill(0x7fff_fffe)
    const writer = new RecordWriter(memory, fields)
    const reader = new RecordReader(memory, fields)
    for (let k = 0; k < 5; k++) write(writer, k)
    expect([...reader.read().column(0)]).toEqual([0, 10, 20, 30, 40])
    for (let k = 0; k < 20; k++) write(writer, k)
    expect([...reader.read().column(0)]).toEqual([130, 140, 150, 160, 170, 180, 190])
    expect(reader.dropped).toBe(13)
  })

  test('the newest record can be looked at without taking any', () => {
    const memory = allocateRecordRing(fields, 4)
    const writer = new RecordWriter(memory, fields)
    const reader = new RecordReader(memory, fields)
    expect(reader.newest().length).toBe(0)
    write(writer, 1)
    write(writer, 2)
    expect(reader.newest().get(0, 0)).toBe(20)
    expect(reader.read().length).toBe(2)
  })
})
