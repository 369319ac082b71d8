/**
 * What an IDN's bytes mean: its attribute (element 3), and its data as JavaScript values and back.
 *
 * A number with a decimal point or a conversion factor is given in the IDN's unit: raw * factor / 10^decimals. Binary and
 * hexadecimal words, and all whole numbers of 8 bytes, stay raw. Lengths, command flag and format are from CS CSMD_GLOB.h;
 * decimals, the order of raw and factor, formats but 5, write protection and texts as ISO 8859-1 are general knowledge of
 * the standard.
 */
import { DualportError } from '../../errors.ts'
import { extract } from '../../uio/bit-field.ts'
import { formatIdn, tryParseIdn } from './idn.ts'
import { svcAttribute, svcFormat } from './telegram.ts'

export type IdnFormat = keyof typeof svcFormat | 'unknown'

export type IdnAttribute = {
  /** The word itself. */
  readonly word: number
  readonly list: boolean
  /** Of the datum, or of one item of a list. 0: a length code that is reserved. */
  readonly itemBytes: 0 | 1 | 2 | 4 | 8
  readonly command: boolean
  readonly format: IdnFormat
  readonly conversionFactor: number
  /** Digits behind the decimal point. */
  readonly decimals: number
  /** Phases in which the data cannot be written. */
  readonly protectedIn: readonly ('CP2' | 'CP3' | 'CP4')[]
}

/**
 * Whole numbers of 8 bytes are bigints, other numbers numbers; text and single IDNs are strings; lists but text are arrays.
 */
export type IdnValue = number | bigint | string | readonly (number | bigint | string)[]

/** What one item is in JavaScript. */
export type ItemKind = 'number' | 'bigint' | 'float' | 'idn'

const formats = Object.entries(svcFormat) as readonly [keyof typeof svcFormat, number][]
const protection = [
  ['CP2', 28],
  ['CP3', 29],
  ['CP4', 30],
] as const

/** Element 3, taken apart. Any 32-bit word. */
export function decodeAttribute(word: number): IdnAttribute {
  const code = extract(word, svcAttribute.length)
  const format = extract(word, svcAttribute.format)
  return {
    word: word >>> 0,
    list: code >= 4,
    itemBytes: code === 0 ? 0 : ((1 << (code & 3)) as 1 | 2 | 4 | 8),
    command: extract(word, svcAttribute.command) === 1,
    format: formats.find(([, value]) => value === format)?.[0] ?? 'unknown',
    // 0 is no factor; a device that leaves the field empty means none
    conversionFactor: extract(word, svcAttribute.conversion) || 1,
    decimals: extract(word, svcAttribute.decimals),
    protectedIn: protection.filter(([, bit]) => ((word >>> bit) & 1) === 1).map(([name]) => name),
  }
}

/** Never to be written: protected in every phase that has a service channel. */
export function isReadOnly(attribute: IdnAttribute): boolean {
  return attribute.protectedIn.length === protection.length
}

/** A list that is one text. */
export function isText({ list, itemBytes, format }: IdnAttribute): boolean {
  return list && itemBytes === 1 && format === 'text'
}

export function itemKind({ itemBytes, format }: IdnAttribute): ItemKind {
  if (format === 'float' && itemBytes >= 4) return 'float'
  if (format === 'idn' && (itemBytes === 4 || itemBytes === 2)) return 'idn'
  return itemBytes === 8 ? 'bigint' : 'number'
}

/** Bytes of data of an IDN as a value. Throws DP_SERCOS3_SVC_DATA with `at` where their number does not fit. */
export function decodeData(attribute: IdnAttribute, bytes: Uint8Array, at: string): IdnValue {
  const { itemBytes, list } = attribute
  const fits = list ? bytes.length % itemBytes === 0 : bytes.length === itemBytes
  if (itemBytes === 0 || !fits)
    throw new DualportError('DP_SERCOS3_SVC_DATA', {
      at,
      actual: `${bytes.length} bytes`,
      expected: list ? `a multiple of ${itemBytes}` : `${itemBytes}`,
    })
  if (isText(attribute)) return decodeText(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!list) return decodeItem(attribute, view, 0)
  return Array.from({ length: bytes.length / itemBytes }, (_, n) =>
    decodeItem(attribute, view, n * itemBytes),
  )
}

/**
 * The bytes of a value. Numbers are rounded to the last digit that the IDN has; decimal text stands for a number, as JSON
 * needs it for bigints. Throws DP_SERCOS3_VALUE with `at`.
 */
export function encodeData(attribute: IdnAttribute, value: IdnValue, at: string): Uint8Array {
  const { itemBytes, list } = attribute
  if (itemBytes === 0) throw wrong(at, value, 'an IDN whose attribute gives a length')
  if (isText(attribute)) return encodeText(value, at)
  if (Array.isArray(value) !== list)
    throw wrong(at, value, list ? 'a list of values' : 'one value, not a list')
  const items = (Array.isArray(value) ? value : [value]) as readonly (number | bigint | string)[]
  const length = items.length * itemBytes
  if (length > longestList) throw wrong(at, `${length} bytes`, `at most ${longestList} bytes`)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  items.forEach((item, n) =>
    encodeItem(attribute, view, n * itemBytes, item, list ? `${at}[${n}]` : at),
  )
  return bytes
}

/** A list's current length is a 16-bit number of bytes. */
export const longestList = 0xffff

export function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function encodeText(value: IdnValue, at: string): Uint8Array {
  if (typeof value !== 'string') throw wrong(at, value, 'a text')
  if (/[^\0-\u00FF]/.test(value)) throw wrong(at, value, 'a text in ISO 8859-1')
  if (value.length > longestList)
    throw wrong(at, `${value.length} characters`, `at most ${longestList}`)
  return Uint8Array.from(Buffer.from(value, 'latin1'))
}

function decodeItem(attribute: IdnAttribute, view: DataView, at: number): number | bigint | string {
  const { itemBytes, format } = attribute
  const kind = itemKind(attribute)
  if (kind === 'float')
    return itemBytes === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true)
  if (kind === 'idn')
    return formatIdn(itemBytes === 4 ? view.getUint32(at, true) : view.getUint16(at, true))
  if (kind === 'bigint')
    return format === 'signed' ? view.getBigInt64(at, true) : view.getBigUint64(at, true)
  return scaled(attribute, readWhole(view, at, itemBytes, format === 'signed'))
}

function encodeItem(
  attribute: IdnAttribute,
  view: DataView,
  at: number,
  item: number | bigint | string,
  where: string,
): void {
  const { itemBytes } = attribute
  switch (itemKind(attribute)) {
    case 'float': {
      const value = numberOf(item)
      if (value === undefined) throw wrong(where, item, 'a number')
      if (itemBytes === 4) view.setFloat32(at, value, true)
      else view.setFloat64(at, value, true)
      return
    }
    case 'idn': {
      const id = typeof item === 'string' ? tryParseIdn(item) : undefined
      if (id === undefined || id >= 2 ** (8 * itemBytes))
        throw wrong(where, item, `an IDN such as ${itemBytes === 4 ? 'S-0-1050.2.3' : 'S-0-0051'}`)
      if (itemBytes === 4) view.setUint32(at, id, true)
      else view.setUint16(at, id, true)
      return
    }
    case 'bigint': {
      const [low, high] = rangeOf(attribute)
      const value = bigintOf(item)
      if (value === undefined || value < low || value > high)
        throw wrong(where, String(item), `a whole number from ${low} to ${high}`)
      view.setBigUint64(at, BigInt.asUintN(64, value), true)
      return
    }
    case 'number':
      encodeWhole(attribute, view, at, item, where)
  }
}

function encodeWhole(
  attribute: IdnAttribute,
  view: DataView,
  at: number,
  item: number | bigint | string,
  where: string,
): void {
  const [low, high] = rangeOf(attribute)
  const value = numberOf(item)
  const raw = value === undefined ? Number.NaN : unscaled(attribute, value)
  if (!(raw >= Number(low) && raw <= Number(high))) {
    const kind = isScaled(attribute) ? 'a number' : 'a whole number'
    const from = scaled(attribute, Number(low))
    throw wrong(where, value ?? item, `${kind} from ${from} to ${scaled(attribute, Number(high))}`)
  }
  if (attribute.itemBytes === 1) view.setInt8(at, raw)
  else if (attribute.itemBytes === 2) view.setInt16(at, raw, true)
  else view.setInt32(at, raw, true)
}

/** Raw numbers that fit. Words of bits may be given as negative numbers, too. */
function rangeOf({ itemBytes, format }: IdnAttribute): readonly [bigint, bigint] {
  const bits = BigInt(8 * itemBytes)
  const half = 1n << (bits - 1n)
  if (format === 'signed') return [-half, half - 1n]
  return [format === 'unsigned' ? 0n : -half, (1n << bits) - 1n]
}

function readWhole(view: DataView, at: number, bytes: number, signed: boolean): number {
  if (bytes === 1) return signed ? view.getInt8(at) : view.getUint8(at)
  if (bytes === 2) return signed ? view.getInt16(at, true) : view.getUint16(at, true)
  return signed ? view.getInt32(at, true) : view.getUint32(at, true)
}

/** Whether decimals and conversion factor apply. */
export function isScaled({ format, decimals, conversionFactor }: IdnAttribute): boolean {
  return (format === 'unsigned' || format === 'signed') && (decimals > 0 || conversionFactor !== 1)
}

function scaled(attribute: IdnAttribute, raw: number): number {
  if (!isScaled(attribute)) return raw
  return (raw * attribute.conversionFactor) / 10 ** attribute.decimals
}

/** Not a number where an IDN without decimals is given a fraction. */
function unscaled(attribute: IdnAttribute, value: number): number {
  if (!isScaled(attribute)) return Number.isInteger(value) ? value : Number.NaN
  return Math.round((value * 10 ** attribute.decimals) / attribute.conversionFactor)
}

function numberOf(item: number | bigint | string): number | undefined {
  if (typeof item === 'number') return item
  if (typeof item === 'bigint') return Number(item)
  const isNumber = item === 'NaN' || (item.trim() !== '' && !Number.isNaN(Number(item)))
  return isNumber ? Number(item) : undefined
}

function bigintOf(item: number | bigint | string): bigint | undefined {
  if (typeof item === 'bigint') return item
  if (typeof item === 'number') return Number.isSafeInteger(item) ? BigInt(item) : undefined
  return /^-?\d+$|^0x[\da-f]+$|^0b[01]+$/i.test(item) ? BigInt(item) : undefined
}

function wrong(at: string, value: IdnValue, expected: string): DualportError {
  return new DualportError('DP_SERCOS3_VALUE', { at, actual: shown(value), expected })
}

/** For messages: JSON knows no bigints, and a list may be long. */
function shown(value: IdnValue): number | string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object') return value
  const more = value.length > mostShown ? ', ...' : ''
  return `[${value.slice(0, mostShown).map(String).join(', ')}${more}]`
}

const mostShown = 8
