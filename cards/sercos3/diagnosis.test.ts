import { expect, test } from 'vitest'
import { class1, classTexts, describeDiagnosis } from './diagnosis.ts'

const nothing = { class1: 0, class2: 0, number: undefined, text: '' }

test('every named bit of class 1 has its own words', () => {
  const words = Object.values(class1).map((bit) => classTexts(1, bit).join())
  expect(new Set(words).size).toBe(words.length)
  expect(words).not.toContain('')
})

test('bits without words are told by their number', () => {
  expect(classTexts(1, 1 << 14)).toEqual(['bit 14 of S-0-0011'])
  expect(classTexts(3, 0x8002)).toEqual(['standstill', 'bit 15 of S-0-0013'])
})

test.each([
  [nothing, 'no error in S-0-0011'],
  [{ ...nothing, class1: class1.overtravel }, 'position limit passed (S-0-0011)'],
  [{ ...nothing, number: 0xf4002 }, 'diagnosis 000F4002'],
  [{ ...nothing, text: 'F28' }, '"F28"'],
  [
    { class1: class1.cooling | class1.overload, class2: 1, number: 0xf0001, text: 'hot' },
    '"hot" (diagnosis 000F0001); drive overload, cooling failed (S-0-0011); overload warning (S-0-0012)',
  ],
])('%o reads %s', (diagnosis, words) => {
  expect(describeDiagnosis(diagnosis)).toBe(words)
})
