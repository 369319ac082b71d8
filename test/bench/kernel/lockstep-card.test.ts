import { expect, test } from 'vitest'
import { pci, registers, windows } from '../../../cards/sercos3/registers.ts'
import { LockstepCard } from './lockstep-card.ts'

const bar = pci.registerBar
const bellBar = 2
const image = 8
const { irr0, ier0 } = registers

/** A card that interrupts, with `waitsForBell` or without, at a time that only grows. */
function startedCard(waitsForBell: boolean) {
  const card = new LockstepCard(waitsForBell)
  let nowNs = 0
  const pass = () => {
    // a tick takes the bell, a later one is past every pause
    card.tick((nowNs += 1e6))
    card.tick((nowNs += 1e6))
  }
  const work = (change: number) => {
    card.write(bar, irr0.offset, 32, 1)
    for (let at = 0; at < image; at += 4) {
      const input = card.read(bar, windows.rx.offset + at, 32)
      card.write(bar, windows.tx.offset + at, 32, (input + change) >>> 0)
    }
  }
  card.begin(image)
  card.write(bar, ier0.offset, 32, 1)
  return { card, pass, work }
}

test('it interrupts once for each answer, and not before the bell', () => {
  const { card, pass, work } = startedCard(true)
  pass()
  expect(card.interrupt).toBe(false)
  card.write(bellBar, 0, 32, 1)
  pass()
  expect([card.interrupt, card.raised]).toEqual([true, 1])
  card.write(bar, irr0.offset, 32, 1)
  card.write(bellBar, 0, 32, 1)
  pass()
  expect([card.interrupt, card.raised]).toEqual([false, 1])
  work(1)
  pass()
  expect(card.raised).toBe(1)
  card.write(bellBar, 0, 32, 1)
  pass()
  expect(card.raised).toBe(2)
})

test('each interrupt brings other inputs, and wrong outputs are counted', () => {
  const { card, pass, work } = startedCard(false)
  pass()
  const first = card.read(bar, windows.rx.offset, 32)
  work(1)
  pass()
  expect(card.read(bar, windows.rx.offset, 32)).not.toBe(first)
  expect(card.wrong).toBe(0)
  work(2)
  pass()
  expect([card.raised, card.wrong]).toEqual([3, 1])
})

test('a new task owes no answer for the one before', () => {
  const { card, pass } = startedCard(false)
  pass()
  card.write(bar, irr0.offset, 32, 1)
  card.begin(image)
  pass()
  expect([card.raised, card.wrong]).toEqual([2, 0])
})
