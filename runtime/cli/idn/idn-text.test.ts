import { expect, test } from 'vitest'
import { decodeAttribute } from '../../../cards/sercos3/idn-data.ts'
import type { IdnAttribute, IdnValue } from '../../../cards/sercos3/idn-data.ts'
import { svcFormat } from '../../../cards/sercos3/telegram.ts'
import { describeLine, infoJson, listLine, valueFromText, valueText } from './idn-text.ts'

function attribute(
  code: number,
  format: keyof typeof svcFormat,
  more: { decimals?: number; protection?: number; command?: boolean } = {},
): IdnAttribute {
  const { decimals = 0, protection = 0, command = false } = more
  return decodeAttribute(
    1 |
      (code << 16) |
      (command ? 1 << 19 : 0) |
      (svcFormat[format] << 20) |
      (decimals << 24) |
      (protection << 28),
  )
}

test.each<[IdnAttribute, IdnValue, string]>([
  [attribute(2, 'signed', { decimals: 4 }), -1.5, '-1.5000'],
  [attribute(1, 'binary'), 5, '0b0000000000000101'],
  [attribute(2, 'hex'), 0xbeef, '0x0000BEEF'],
  [attribute(3, 'hex'), 0xffn, '0x00000000000000FF'],
  [attribute(3, 'unsigned'), 2n ** 63n, '9223372036854775808'],
  [attribute(4, 'text'), 'press 4', 'press 4'],
  [attribute(5, 'unsigned'), [1, 2], '1, 2'],
  [attribute(6, 'idn'), ['S-0-0051', 'P-0-0001'], 'S-0-0051, P-0-0001'],
  [attribute(2, 'float', { decimals: 2 }), 0.25, '0.25'],
])('%o %s is shown as %s', (one, value, text) => {
  expect(valueText(one, value)).toBe(text)
})

test('a list is what stands between commas, a text is the text', () => {
  expect(valueFromText(attribute(5, 'unsigned'), '1, 0x2')).toEqual(['1', '0x2'])
  expect(valueFromText(attribute(5, 'unsigned'), '')).toEqual([])
  expect(valueFromText(attribute(4, 'text'), 'a, b')).toBe('a, b')
  expect(valueFromText(attribute(1, 'unsigned'), '-1')).toBe('-1')
})

test('a line tells name, data and unit, or why there are none', () => {
  const info = { idn: 'S-0-0092', name: 'Torque limit' } as const
  const one = attribute(1, 'unsigned', { decimals: 1 })
  expect(describeLine({ ...info, attribute: one, unit: '%', value: 99.5 })).toBe(
    'S-0-0092  Torque limit = 99.5 %',
  )
  expect(describeLine({ ...info, attribute: one, unit: '%', refused: 'locked (7009)' })).toBe(
    'S-0-0092  Torque limit = (locked (7009))',
  )
})

test.each<[IdnAttribute, RegExp]>([
  [attribute(1, 'unsigned', { protection: 7 }), /unsigned 16 +read only/],
  [attribute(1, 'unsigned', { protection: 4 }), /unsigned 16 +in CP2,3/],
  [attribute(6, 'idn'), /idn 32\[\] +writable/],
  [attribute(1, 'binary', { command: true }), /command/],
  [attribute(4, 'text'), /text/],
])('a list shows the form of %o', (one, text) => {
  expect(listLine({ idn: 'S-0-0001', name: 'Name', attribute: one })).toMatch(text)
})

test('JSON holds bigints as text', () => {
  const info = { idn: 'P-0-0001', name: 'Mark', attribute: attribute(3, 'unsigned') } as const
  expect(JSON.parse(JSON.stringify(infoJson('x', { ...info, value: 7n })))).toMatchObject({
    device: 'x',
    value: '7',
  })
})
