import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DualportError } from '../../errors.ts'
import {
  decodeAttribute,
  decodeData,
  encodeData,
  isReadOnly,
  isText,
  itemKind,
} from './idn-data.ts'
import type { IdnAttribute, IdnValue } from './idn-data.ts'
import { svcFormat } from './telegram.ts'

type Fields = {
  code?: number
  format?: keyof typeof svcFormat
  decimals?: number
  factor?: number
  command?: boolean
  protection?: number
}

function attribute(fields: Fields = {}): IdnAttribute {
  const { code = 2, format = 'unsigned', decimals = 0, factor = 1, command = false } = fields
  return decodeAttribute(
    factor |
      (code << 16) |
      (command ? 1 << 19 : 0) |
      (svcFormat[format] << 20) |
      (decimals << 24) |
      ((fields.protection ?? 0) << 28),
  )
}

const anyAttribute = fc
  .nat(0xffff_ffff)
  .map(decodeAttribute)
  .filter(({ itemBytes }) => itemBytes > 0)

function bytesFor({ list, itemBytes }: IdnAttribute): fc.Arbitrary<Uint8Array> {
  const items = list ? fc.nat(12) : fc.constant(1)
  return items.chain((n) => fc.uint8Array({ minLength: n * itemBytes, maxLength: n * itemBytes }))
}

const sample = anyAttribute.chain((one) => bytesFor(one).map((bytes) => [one, bytes] as const))

const plain = (item: number | bigint | string): number | string =>
  typeof item === 'number' && Number.isFinite(item) ? item : String(item)

function told(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof DualportError) return error.message
    throw error
  }
  return 'no error'
}

describe('attribute', () => {
  test('its fields are those of the word', () => {
    expect(decodeAttribute(0x1429_000a | (5 << 28))).toEqual({
      word: 0x5429_000a,
      list: false,
      itemBytes: 2,
      command: true,
      format: 'signed',
      conversionFactor: 10,
      decimals: 4,
      protectedIn: ['CP2', 'CP4'],
    })
  })

  test.each([
    [1, 2, false],
    [2, 4, false],
    [3, 8, false],
    [4, 1, true],
    [5, 2, true],
    [6, 4, true],
    [7, 8, true],
    [0, 0, false],
  ])('length code %i means %i bytes, list: %s', (length, itemBytes, list) => {
    expect(attribute({ code: length })).toMatchObject({ itemBytes, list })
  })

  test('data that no phase lets write are read only', () => {
    expect(isReadOnly(attribute({ protection: 7 }))).toBe(true)
    expect(isReadOnly(attribute({ protection: 6 }))).toBe(false)
  })
})

describe('data', () => {
  test('are the same bytes again when their value is encoded, for any attribute', () => {
    fc.assert(
      fc.property(sample, ([one, bytes]) => {
        const value = decodeData(one, bytes, 'x')
        const again = encodeData(one, value, 'x')
        // bits of a NaN beside its being one are not kept by JavaScript
        if ([value].flat().some((item) => Number.isNaN(item)))
          expect(decodeData(one, again, 'x')).toEqual(value)
        else expect([...again]).toEqual([...bytes])
      }),
      { numRuns: 400 },
    )
  })

  test('survive JSON, where bigints and infinite numbers are texts', () => {
    fc.assert(
      fc.property(sample, ([one, bytes]) => {
        const value = decodeData(one, bytes, 'x')
        const json: IdnValue = JSON.parse(
          JSON.stringify(typeof value === 'object' ? value.map(plain) : plain(value)),
        ) as IdnValue
        expect(decodeData(one, encodeData(one, json, 'x'), 'x')).toEqual(value)
      }),
      { numRuns: 200 },
    )
  })

  test('of another length than the attribute gives are named an error', () => {
    const wrong = anyAttribute.chain((one) =>
      fc.tuple(fc.constant(one), fc.uint8Array({ maxLength: 30 })),
    )
    fc.assert(
      fc.property(wrong, ([one, bytes]) => {
        const fits = one.list ? bytes.length % one.itemBytes === 0 : bytes.length === one.itemBytes
        const said = told(() => decodeData(one, bytes, 'drive x'))
        expect(said.startsWith(fits ? 'no error' : 'DP_SERCOS3_SVC_DATA: drive x')).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('any value is either encoded and read back, or refused with what would fit', () => {
    const item = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.string({ maxLength: 5 }),
      fc.constantFrom('S-0-0051', 'P-7-4095.255.255', '-1', '0x12'),
    )
    const anyValue: fc.Arbitrary<IdnValue> = fc.oneof(item, fc.array(item, { maxLength: 3 }))
    fc.assert(
      fc.property(anyAttribute, anyValue, (one, value) => {
        const said = told(() => {
          const bytes = encodeData(one, value, 'x')
          expect([...encodeData(one, decodeData(one, bytes, 'x'), 'x')]).toEqual([...bytes])
        })
        expect(said).toMatch(/^(no error|DP_SERCOS3_VALUE: x.*, expected )/)
      }),
      { numRuns: 400 },
    )
  })

  test.each<[string, Fields, number[], IdnValue]>([
    ['a position in mm', { format: 'signed', decimals: 4 }, [0xc6, 0xcf, 0xff, 0xff], -1.2346],
    ['a factor', { code: 1, factor: 5, decimals: 1 }, [3, 0], 1.5],
    ['a word of bits, never scaled', { code: 1, format: 'binary', decimals: 2 }, [1, 128], 0x8001],
    ['8 bytes', { code: 3 }, [255, 255, 255, 255, 255, 255, 255, 255], 0xffff_ffff_ffff_ffffn],
    ['8 bytes signed', { code: 3, format: 'signed' }, [254, ...Array<number>(7).fill(255)], -2n],
    ['an IDN', { format: 'idn' }, [51, 0, 0, 0], 'S-0-0051'],
    [
      'IDNs',
      { code: 6, format: 'idn' },
      [0x1a, 0x04, 3, 2, 20, 0x80, 0, 0],
      ['S-0-1050.2.3', 'P-0-0020'],
    ],
    ['IDNs of SERCOS II', { code: 5, format: 'idn' }, [51, 0, 20, 0x80], ['S-0-0051', 'P-0-0020']],
    ['text', { code: 4, format: 'text' }, [0x62, 0xfc, 0], 'b\u00FC\0'],
    ['floats', { code: 6, format: 'float' }, [0, 0, 0xc0, 0x3f], [1.5]],
    ['bytes', { code: 4, format: 'hex' }, [1, 255], [1, 255]],
    ['no items', { code: 5 }, [], []],
  ])('%s', (_, fields, bytes, value) => {
    const one = attribute(fields)
    expect(decodeData(one, Uint8Array.from(bytes), 'x')).toEqual(value)
    expect([...encodeData(one, value, 'x')]).toEqual(bytes)
  })

  test.each<[string, Fields, IdnValue, RegExp]>([
    ['above', { code: 1 }, 65_536, /is 65536, expected a whole number from 0 to 65535/],
    ['scaled above', { code: 1, decimals: 1 }, 6553.6, /expected a number from 0 to 6553.5/],
    ['a fraction', {}, 1.5, /expected a whole number/],
    ['a list for one', {}, [1], /expected one value, not a list/],
    ['one for a list', { code: 5 }, 1, /expected a list of values/],
    ['an item', { code: 5 }, [1, -1], /x\[1\]: .*expected a whole number from 0/],
    ['no text', { code: 4, format: 'text' }, 7, /expected a text/],
    ['a text beyond Latin', { code: 4, format: 'text' }, '\u20AC', /ISO 8859-1/],
    ['no IDN', { format: 'idn' }, 51, /expected an IDN such as S-0-1050.2.3/],
    ['an IDN too long', { code: 1, format: 'idn' }, 'S-0-1050.2.3', /such as S-0-0051/],
    ['a long list', { code: 7 }, Array<number>(8192).fill(0), /65536 bytes.* at most 65535/],
  ])('%s is refused', (_, fields, value, message) => {
    expect(told(() => encodeData(attribute(fields), value, 'x'))).toMatch(message)
  })

  test('numbers are given as text, too, as JSON and command lines have them', () => {
    expect([...encodeData(attribute({ code: 1 }), '0x8001', 'x')]).toEqual([1, 128])
    expect([...encodeData(attribute({ code: 3 }), '18446744073709551615', 'x')]).toEqual(
      Array(8).fill(255),
    )
  })
})

test('kinds of items follow format and length', () => {
  expect(itemKind(attribute({ code: 1, format: 'float' }))).toBe('number')
  expect(itemKind(attribute({ code: 3, format: 'float' }))).toBe('float')
  expect(itemKind(attribute({ code: 3, format: 'hex' }))).toBe('bigint')
  expect(isText(attribute({ code: 5, format: 'text' }))).toBe(false)
})
