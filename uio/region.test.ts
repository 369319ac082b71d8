import { assert, nat, property, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { Region } from './region.ts'

test('accesses of each width reach the same bytes, little endian', () => {
  const region = new Region('r', new ArrayBuffer(16))
  region.write32(4, 0x89abcdef)
  expect([region.read16(4), region.read16(6)]).toEqual([0xcdef, 0x89ab])
  expect([4, 5, 6, 7].map((offset) => region.read8(offset))).toEqual([0xef, 0xcd, 0xab, 0x89])
  region.write16(6, 0x1_2345)
  region.write8(4, 0x1ff)
  expect(region.read32(4)).toBe(0x2345cdff)
})

test('reads are unsigned at every width, but for the one that says otherwise', () => {
  const region = new Region('r', new Uint8Array(4).fill(0xff).buffer)
  expect([region.read8(0), region.read16(0), region.read32(0)]).toEqual([0xff, 0xffff, 0xffffffff])
  expect([region.readSigned32(0), region.readSigned32(4)]).toEqual([-1, 0])
})

test('outside the region reads give 0 and writes change nothing', () => {
  const memory = new ArrayBuffer(16)
  const region = new Region('r', memory, 4, 8)
  region.write32(8, 1)
  region.write32(-4, 1)
  region.copyOut32(4, new Uint32Array([7, 8, 9]), 3)
  expect([...new Uint32Array(memory)]).toEqual([0, 0, 7, 0])
  expect([region.read32(8), region.read16(-2), region.read8(99)]).toEqual([0, 0, 0])
})

test('words that are taken are put where they are wanted, and nowhere else', () => {
  const region = new Region('r', Int32Array.of(1, -2, 3, -4, 5).buffer)
  const target = new Int32Array(6)
  expect([region.take32(4, target, 0), target[0]]).toEqual([-2, -2])
  expect(region.takeThree32(8, target, 2)).toBe(5)
  expect([...target]).toEqual([-2, 0, 3, -4, 5, 0])
})

test('a window lies on the same memory', () => {
  const region = new Region('r', new ArrayBuffer(64))
  const window = region.window('w', 16, 16).window('v', 8, 8)
  window.write32(4, 0xabc)
  expect(region.read32(28)).toBe(0xabc)
  expect(window.byteLength).toBe(8)
})

test('registers are accessed at the width of their row', () => {
  const region = new Region('r', new Uint8Array(8).fill(0xff).buffer)
  const row = { access: 'rw', about: '', known: 'tried', source: '' } as const
  region.write({ ...row, offset: 0, width: 16 }, 0)
  region.write({ ...row, offset: 2, width: 8 }, 0)
  expect(region.read({ ...row, offset: 0, width: 32 })).toBe(0xff000000)
  expect(region.read({ ...row, offset: 2, width: 16 })).toBe(0xff00)
  region.write({ ...row, offset: 4, width: 32 }, 5)
  expect(region.read({ ...row, offset: 4, width: 8 })).toBe(5)
})

test('copies move exactly the words asked for, at every length and offset', () => {
  assert(
    property(
      uint8Array({ minLength: 256, maxLength: 256 }),
      nat(20),
      nat(40),
      (bytes, start, words) => {
        const region = new Region('r', bytes.slice().buffer)
        const wide = new Uint32Array(64)
        region.copyIn32(start * 4, wide, words)
        const narrow = new Uint16Array(64)
        region.copyIn16(start * 2, narrow, words)
        const given32 = new Uint32Array(bytes.buffer).slice(start, start + words)
        const given16 = new Uint16Array(bytes.buffer).slice(start, start + words)
        expect(wide.slice(0, words)).toEqual(given32)
        expect(narrow.slice(0, words)).toEqual(given16)
        expect([...wide.slice(words), ...narrow.slice(words)].every((word) => word === 0)).toBe(
          true,
        )

        const out = new Uint8Array(256)
        new Region('o', out.buffer).copyOut32(start * 4, wide, words)
        new Region('o', out.buffer, 128).copyOut16(start * 2, narrow, words)
        const expected = new Uint8Array(256)
        new Uint32Array(expected.buffer).set(given32, start)
        new Uint16Array(expected.buffer, 128).set(given16.slice(0, 64 - start), start)
        expect(out).toEqual(expected)
      },
    ),
    { numRuns: 200 },
  )
})
