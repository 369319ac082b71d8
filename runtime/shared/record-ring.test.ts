import { array, assert, constant, constantFrom, integer, oneof, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runWorker } from '../../test/uio/run-worker.ts'
import { allocateRecordRing, RecordReader, RecordWriter } from './record-ring.ts'

const fields = 3

function write(writer: RecordWriter, number: number): void {
  writer.begin()
  for (let field = 0; field < fields; field++)
    writer.slots[writer.base + field] = number * 10 + field
  writer.push()
}

type Act = { readonly act: 'write'; readonly count: number } | { readonly act: 'read' | 'skip' }

/** First fields that each read brings, and the drop counter after it. */
function runRing(size: number, acts: readonly Act[]): unknown[] {
  const memory = allocateRecordRing(fields, size)
  const writer = new RecordWriter(memory, fields)
  const reader = new RecordReader(memory, fields)
  let written = 0
  return acts.map((step) => {
    if (step.act === 'write') for (let k = 0; k < step.count; k++) write(writer, written++)
    if (step.act === 'skip') reader.skip()
    if (step.act !== 'read') return []
    const batch = reader.read()
    return [[...batch.column(0)], [...batch.column(2)], reader.dropped]
  })
}

function runArray(size: number, acts: readonly Act[]): unknown[] {
  let pending: number[] = []
  let written = 0
  let dropped = 0
  return acts.map((step) => {
    if (step.act === 'write') for (let k = 0; k < step.count; k++) pending.push(written++)
    if (step.act === 'skip') pending = []
    if (step.act !== 'read') return []
    const kept = pending.slice(-(size - 1))
    dropped += pending.length - kept.length
    pending = []
    return [kept.map((number) => number * 10), kept.map((number) => number * 10 + 2), dropped]
  })
}

describe('record ring', () => {
  test('equals an array that keeps the newest records and counts the others as dropped', () => {
    const act = oneof(
      record({ act: constant('write' as const), count: integer({ min: 0, max: 40 }) }),
      record({ act: constantFrom('read' as const, 'skip' as const) }),
    )
    assert(
      property(constantFrom(4, 8, 16), array(act, { maxLength: 40 }), (size, acts) => {
        expect(runRing(size, acts)).toEqual(runArray(size, acts))
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

  test('with a writer in another thread that laps the reader, no record is torn and every lost one is counted', async () => {
    const memory = allocateRecordRing(fields, 64)
    const reader = new RecordReader(memory, fields)
    const records = 300_000
    const url = new URL('../../test/runtime/write-records.ts', import.meta.url)
    const writing = runWorker(url, { memory, fields, records })
    let seen = 0
    let last = -1
    const takeAll = () => {
      const batch = reader.read()
      for (let k = 0; k < batch.length; k++) {
        const number = batch.get(k, 0)
        for (let field = 1; field < fields; field++)
          if (batch.get(k, field) !== number) throw new Error(`record ${number} is torn`)
        if (number <= last) throw new Error(`record ${number} came after ${last}`)
        last = number
      }
      seen += batch.length
    }
    while (seen + reader.dropped < records) {
      for (let k = 0; k < 1000; k++) takeAll()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await writing
    takeAll()
    expect(seen).toBeGreaterThan(0)
    expect(seen + reader.dropped).toBe(records)
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
