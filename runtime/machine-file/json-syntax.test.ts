import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonErrorLine } from './json-syntax.ts'

test.each([
  ['{\n "a": 1,\n}', 3],
  ['{\n "a" 1\n}', 2],
  ['{\n "a": 01\n}', 2],
  ['{\n "a": "line\nbreak"\n}', 2],
  ["{\n 'a': 1\n}", 2],
  ['[\n1\n2]', 3],
  ['{}\n\nmore', 3],
  ['{"name": \n\n', 3],
  ['', 1],
])('%j ends to be JSON in line %i', (text, line) => {
  expect(jsonErrorLine(text)).toBe(line)
})

test('a line is named exactly for what JSON.parse refuses, however a text was spoilt', () => {
  const spoilt = fc
    .tuple(fc.json(), fc.nat(), fc.nat(3), fc.constantFrom('', ',', '"', '}', ']', '\\', '\n', '0'))
    .map(([text, where, cut, put]) => {
      const at = where % (text.length + 1)
      return text.slice(0, at) + put + text.slice(at + cut)
    })
  fc.assert(
    fc.property(spoilt, (text) => {
      expect(jsonErrorLine(text) === undefined).toBe(parses(text))
    }),
    { numRuns: 2000 },
  )
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
