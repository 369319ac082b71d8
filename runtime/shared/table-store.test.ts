import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocateTableStore, TableReader, TableWriter } from './table-store.ts'

function big(): Float64Array<ArrayBuffer> {
  return new Float64Array(40_000)
}

function store() {
  const memory = allocateTableStore(0)
  return { writer: new TableWriter(memory), reader: new TableReader(memory) }
}

test('the worker reads what was placed, where it lies; the same source lies there once', () => {
  const { writer, reader } = store()
  const data = Float64Array.of(1, 2, 3)
  const table = writer.place(data, data)
  expect([...(reader.view(table) ?? [])]).toEqual([1, 2, 3])
  expect(writer.place(data, data)).toBe(table)
  expect(reader.view(table + 1)).toBeUndefined()
  expect(reader.view(Number.NaN)).toBeUndefined()
  expect(reader.view(reader.own(Float64Array.of(7)))?.[0]).toBe(7)
})

describe('when there is no room', () => {
  test('a table that nobody reads makes room', () => {
    const { writer } = store()
    const [first, second] = [big(), big()]
    writer.place(first, first)
    expect(writer.place(second, second)).toBeGreaterThanOrEqual(0)
  })

  test('one that a motion holds, or a command names, does not', () => {
    const { writer, reader } = store()
    const [first, second, third] = [big(), big(), big()]
    const held = writer.place(first, first)
    reader.hold(held, -1)
    expect(writer.place(second, second)).toBe(-1)
    writer.keep(held)
    const small = Float64Array.of(1)
    reader.hold(writer.place(small, small), held)
    expect(writer.place(second, second)).toBe(-1)
    writer.release(held)
    expect(writer.place(third, third)).toBeGreaterThanOrEqual(0)
  })
})

test('property: what is held keeps its numbers, whatever is placed and let go around it', () => {
  const act = fc.record({ size: fc.integer({ min: 1, max: 20_000 }), hold: fc.boolean() })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const { writer, reader } = store()
      const held: { table: number; value: number }[] = []
      for (const [value, { size, hold }] of acts.entries()) {
        const data = new Float64Array(size).fill(value)
        const table = writer.place(data, data)
        if (table < 0) {
          const last = held.pop()
          const small = Float64Array.of(-1)
          const other = writer.place(small, small)
          if (last !== undefined && other >= 0) reader.hold(other, last.table)
        } else if (hold) {
          reader.hold(table, -1)
          held.push({ table, value })
        }
      }
      for (const { table, value } of held)
        expect(reader.view(table)?.every((one) => one === value)).toBe(true)
    }),
    { numRuns: 30 },
  )
})
