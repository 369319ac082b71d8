import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatPath } from './finding.ts'
import type { PathKey } from './finding.ts'
import { jsonPlaces, lineOf } from './json-lines.ts'

test('every field of any JSON text has the line it stands on', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // indented by 1, JSON.stringify puts each field on a line of its own, in the order of a walk
      const plain = JSON.parse(JSON.stringify(value)) as unknown
      const { lines, duplicates } = jsonPlaces(JSON.stringify(plain, null, 1))
      expect(duplicates).toEqual([])
      let line = 1
      walk(plain, [])

      function walk(node: unknown, keys: PathKey[]): void {
        expect(lines.get(formatPath(keys))).toBe(line)
        if (typeof node !== 'object' || node === null) return
        const entries: [PathKey, unknown][] = Array.isArray(node)
          ? node.map((item, index) => [index, item])
          : Object.entries(node)
        for (const [key, item] of entries) {
          line++
          walk(item, [...keys, key])
        }
        if (entries.length > 0) line++
      }
    }),
  )
})

test('a field that is not there has the line of what is around it', () => {
  const { lines } = jsonPlaces('{\n"a": [\n{"b\\"]": {\n"c": 1}}]}')
  expect(lineOf(lines, 'a[0]["b\\"]"].c')).toBe(4)
  expect(lineOf(lines, 'a[0]["b\\"]"].d')).toBe(3)
  expect(lineOf(lines, 'a[7].x["odd key"]')).toBe(2)
  expect(lineOf(lines, 'z')).toBe(1)
  expect(lineOf(lines, '')).toBe(1)
})

test('a key that stands twice in one object is found, with its lines and what the second says', () => {
  const text = '{\n"a": [\n{"b": 1,\n"c": {"b": 1}, "b":\n [2, 3]}],\n"\\u0061": 4}'
  expect(jsonPlaces(text).duplicates).toEqual([
    {
      path: 'a[0].b',
      value: [2, 3],
      expected: 'this key once only; it stands in line 3 already',
      line: 4,
    },
    { path: 'a', value: 4, expected: 'this key once only; it stands in line 2 already', line: 6 },
  ])
})
