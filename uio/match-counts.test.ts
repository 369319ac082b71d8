import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchCounts } from './match-counts.ts'

/** A device that has counted `ahead` more than its page, and whose counts take the given steps, one before each read. */
function device(ahead: number, start: number, steps: readonly ('page' | 'rest')[]) {
  let noted = start
  let counted = start
  let next = 0
  const step = (): void => {
    // the device's own count follows the page's before the next interrupt comes
    if (counted !== noted) {
      if (steps[next++] !== 'rest') counted = noted
    } else if (steps[next++] === 'page') noted = (noted + 1) | 0
  }
  return {
    readTotal: (): number => {
      step()
      return (counted + ahead) | 0
    },
    readPage: (): number => {
      step()
      return noted
    },
    noted: (): number => noted,
  }
}

test('an interrupt that the page has and the device not yet is waited for', () => {
  // noted before the first look, counted before the second: the page alone stands still all the while
  const card = device(36, 4, ['page', 'rest', 'page', 'rest', 'rest', 'rest'])
  expect(matchCounts(card.readTotal, card.readPage)).toEqual({ total: 41, ahead: 36 })
})

test('without a count of the device the page alone counts', () => {
  expect(
    matchCounts(
      () => undefined,
      () => 7,
    ),
  ).toEqual({ total: 7, ahead: 0 })
})

test('whatever comes in between, the difference is never too large, and one too small at most', () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  const steps = fc.array(fc.constantFrom('page' as const, 'rest' as const), { maxLength: 30 })
  fc.assert(
    fc.property(word, word, steps, (ahead, start, taken) => {
      const card = device(ahead, start, taken)
      const matched = matchCounts(card.readTotal, card.readPage)
      expect([ahead, (ahead - 1) | 0]).toContain(matched.ahead)
      expect(matched.total).toBe((card.noted() + matched.ahead) | 0)
    }),
  )
})

test('a device at rest is matched exactly, across the wrap too', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (ahead, start) => {
      const card = device(ahead, start, [])
      expect(matchCounts(card.readTotal, card.readPage).ahead).toBe(ahead)
    }),
  )
})
