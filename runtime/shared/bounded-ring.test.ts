import { array, assert, boolean, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { allocateBoundedRing, BoundedRingReader, BoundedRingWriter } from './bounded-ring.ts'

/** What a run of writes (true) and reads (false) shows: accepted or not, or what was read. */
function runRing(slots: number, acts: readonly boolean[]): unknown[] {
  const memory = allocateBoundedRing(2, slots)
  const writer = new BoundedRingWriter(memory, 2)
  const reader = new BoundedRingReader(memory, 2)
  const seen = acts.map((isWrite, number) => {
    if (!isWrite) {
      if (!reader.take()) return 'empty'
      const taken = [reader.get(0), reader.get(1)]
      reader.release()
      return taken
    }
    if (!writer.begin()) return 'full'
    writer.set(0, number)
    writer.set(1, -number)
    writer.push()
    return 'written'
  })
  return [...seen, reader.refused]
}

function runArray(slots: number, acts: readonly boolean[]): unknown[] {
  const held: number[][] = []
  let refused = 0
  const seen = acts.map((isWrite, number) => {
    if (!isWrite) return held.shift() ?? 'empty'
    if (held.length === slots) {
      refused++
      return 'full'
    }
    held.push([number, -number])
    return 'written'
  })
  return [...seen, refused]
}

test('a bounded ring equals a bounded array: in order, refusing and counting when full', () => {
  assert(
    property(constantFrom(2, 8), array(boolean(), { maxLength: 200 }), (slots, acts) => {
      expect(runRing(slots, acts)).toEqual(runArray(slots, acts))
    }),
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
