import { expect, test } from 'vitest'
import { ForeignCard, foreignRegisters } from './foreign-card.ts'

const plan = { seed: 7, meanUs: 1000, holdUs: 500, count: 50 }

/** Runs the card to the end of its plan; the times at which the level rose and fell. */
function timesOf(card: ForeignCard, onRise: () => void = () => {}): number[] {
  const times: number[] = []
  let level = false
  for (let nowNs = 0; nowNs < Infinity; nowNs = card.tick(nowNs)) {
    if (card.interrupt !== level) times.push(nowNs)
    if (card.interrupt && !level) onRise()
    level = card.interrupt
  }
  return times
}

function begun(seed: number): ForeignCard {
  const card = new ForeignCard()
  card.begin({ ...plan, seed })
  card.tick(0)
  return card
}

test('the same seed gives the same times, another seed others', () => {
  expect(timesOf(begun(7))).toEqual(timesOf(begun(7)))
  expect(timesOf(begun(7))).not.toEqual(timesOf(begun(8)))
})

test('the level falls by itself, and in the end the card is silent', () => {
  const card = begun(7)
  const times = timesOf(card)
  expect(card).toMatchObject({ events: 50, left: 0, cleared: 0, interrupt: false })
  expect(times.length).toBeGreaterThan(50)
})

test('events come at about the rate that was asked for', () => {
  const times = timesOf(begun(7))
  const meanUs = (times.at(-1) ?? 0) / 1000 / plan.count
  expect(meanUs).toBeGreaterThan(500)
  expect(meanUs).toBeLessThan(2000)
})

test('its owner clears it by writing 1 to the status, and by nothing else', () => {
  const card = begun(7)
  timesOf(card, () => {
    card.write(foreignRegisters.bar, foreignRegisters.status, 32, 2)
    card.write(foreignRegisters.bar, foreignRegisters.events, 32, 1)
    expect(card.read(foreignRegisters.bar, foreignRegisters.status, 32)).toBe(1)
    card.write(foreignRegisters.bar, foreignRegisters.status, 32, 1)
    expect(card.interrupt).toBe(false)
  })
  expect(card.cleared).toBe(50)
})

test('it is silent before it is told to begin', () => {
  expect(new ForeignCard().tick(0)).toBe(Infinity)
})
