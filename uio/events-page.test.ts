import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { array, assert, constantFrom, integer, nat, property } from 'fast-check'
import { expect, test } from 'vitest'
import { bitsOf, timeOf } from '../test/uio/telling-events.ts'
import {
  eventsPage,
  EventsReader,
  EventsWriter,
  isEventsPage,
  startEventsPage,
} from './events-page.ts'
import { Region } from './region.ts'

function page(): { memory: ArrayBuffer; reader: EventsReader; writer: EventsWriter } {
  const memory = new ArrayBuffer(eventsPage.bytes)
  startEventsPage(memory)
  return {
    memory,
    reader: new EventsReader(new Region('events', memory)),
    writer: new EventsWriter(memory),
  }
}

test('a page of another driver is not taken for an events page', () => {
  expect(isEventsPage(new Region('events', new ArrayBuffer(4096)))).toBe(false)
  const { memory } = page()
  expect(isEventsPage(new Region('events', memory))).toBe(true)
  expect(isEventsPage(new Region('events', memory, 0, 2048))).toBe(false)
  new Uint32Array(memory)[eventsPage.version / 4] = 2
  expect(isEventsPage(new Region('events', memory))).toBe(false)
})

test('the bits since a count are the OR of the interrupts after it that the ring holds', () => {
  assert(
    property(
      // near both wraps of the count, and from zero
      constantFrom(0, 0x7ffffff0, 0xfffffff0),
      array(integer(), { minLength: 1, maxLength: 150 }),
      nat(160),
      (start, interrupts, unseen) => {
        const { memory, reader } = page()
        new Uint32Array(memory)[eventsPage.count / 4] = start
        const writer = new EventsWriter(memory)
        for (const [n, bits] of interrupts.entries()) writer.record(bits, { ns: 5e15 + n })
        const end = (start + interrupts.length) | 0
        const since = (end - Math.min(unseen, interrupts.length)) | 0
        expect(reader.read(since)).toBe(true)
        const asked = interrupts.slice(interrupts.length - Math.min(unseen, interrupts.length))
        expect(reader.bits).toBe(asked.slice(-eventsPage.entries).reduce((a, b) => a | b, 0))
        expect(reader.complete).toBe(asked.length <= eventsPage.entries)
        expect(reader.count).toBe(end)
        expect(reader.timeNs).toBe(5e15 + interrupts.length - 1)
      },
    ),
    { numRuns: 300 },
  )
})

test('each status bit is counted by itself', () => {
  const { reader, writer } = page()
  writer.record(0x8000_0001 | 0, { ns: 1 })
  writer.record(1, { ns: 2 })
  expect([reader.sourceCount(0), reader.sourceCount(1), reader.sourceCount(31)]).toEqual([2, 0, 1])
  expect(reader.masked).toBe(0)
})

test('a reader gives up, unchanged, when the writer stays inside', () => {
  const { memory, reader, writer } = page()
  writer.record(1, { ns: 10 })
  expect(reader.read(0)).toBe(true)
  const words = new Uint32Array(memory)
  words[eventsPage.sequence / 4] = 3
  words[eventsPage.count / 4] = 99
  expect(reader.read(0)).toBe(false)
  expect([reader.count, reader.bits, reader.timeNs]).toEqual([1, 1, 10])
})

test('a picture taken while another thread writes is never torn', async () => {
  // one word behind the page stops the writer
  const shared = new SharedArrayBuffer(eventsPage.bytes + 4)
  startEventsPage(shared)
  const reader = new EventsReader(new Region('events', shared, 0, eventsPage.bytes))
  const worker = new Worker(new URL('../test/uio/write-events.ts', import.meta.url), {
    workerData: shared,
  })
  const ended = once(worker, 'exit')
  let taken = 0
  let torn = 0
  const until = performance.now() + 10_000
  while (taken < 20_000 && performance.now() < until) {
    if (!reader.read((reader.count - 1) | 0) || reader.count === 0) continue
    taken++
    // the bits are those of the newest alone once `since` is at most one behind
    if (reader.timeNs !== timeOf(reader.count)) torn++
    if (!reader.read((reader.count - 1) | 0)) continue
    const newest = bitsOf(reader.count)
    if ((reader.bits & newest) === 0) torn++
  }
  Atomics.store(new Int32Array(shared), eventsPage.bytes / 4, 1)
  await ended
  expect(taken).toBe(20_000)
  expect(torn).toBe(0)
})
