import { expect, test } from 'vitest'
import { MaskedInterrupts } from './masked-interrupts.ts'

const allOnes = 0xffff_ffff

test('what the stub masked before the machine was opened is not counted', () => {
  const page = { masked: 5 }
  const masked = new MaskedInterrupts(page)
  expect(masked.count).toBe(0)
  page.masked = 7
  expect(masked.count).toBe(2)
})

test.each([
  ['ones', allOnes],
  ['zeros', 0],
])('a page that has gone, and reads as %s, leaves the count as it was', (_, word) => {
  for (const before of [0, 3]) {
    const page = { masked: before }
    const masked = new MaskedInterrupts(page)
    page.masked = before + 1
    expect(masked.count).toBe(1)
    page.masked = word
    expect(masked.count).toBe(1)
  }
})

test('the count goes on where the word in the page wraps', () => {
  const page = { masked: allOnes - 1 }
  const masked = new MaskedInterrupts(page)
  page.masked = 1
  expect(masked.count).toBe(3)
})

test('a device without the page counts nothing', () => {
  expect(new MaskedInterrupts(undefined).count).toBe(0)
})
