import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { place } from '../../../uio/bit-field.ts'
import { counterCommand, counterWrites } from '../registers.ts'
import { Counter } from './counter.ts'

const bits = counterWrites.mode.bits
/** 1 MHz. */
const clock = place(2, bits.clock)
const usNs = 1000

function started(mode: number, loadA: number, loadB = 0): Counter {
  const counter = new Counter()
  counter.mode = mode
  counter.loadA = loadA
  counter.loadB = loadB
  counter.command(counterCommand.load)
  counter.command(counterCommand.start)
  counter.tick(0)
  return counter
}

test('one period is the load value and one tick more', () => {
  const counter = started(clock, 9)
  expect(counter.tick(0)).toBe(20 * usNs)
  counter.tick(9 * usNs)
  expect({ ended: counter.ended, count: counter.count }).toEqual({ ended: false, count: 0 })
  counter.tick(10 * usNs)
  expect({ ended: counter.ended, running: counter.running }).toEqual({
    ended: true,
    running: false,
  })
})

test('the state does not depend on how often it is looked at', () => {
  const looks = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 })
  const pwm =
    clock | place(1, bits.repeat) | place(1, bits.loadToggle) | place(1, bits.outputToggle)
  const square = clock | place(1, bits.repeat) | place(1, bits.outputToggle)
  fc.assert(
    fc.property(
      fc.constantFrom(pwm, square),
      fc.nat(30),
      fc.nat(30),
      looks,
      (mode, loadA, loadB, us) => {
        const often = started(mode, loadA, loadB)
        let nowUs = 0
        for (const step of us) {
          nowUs += step
          often.tick(nowUs * usNs)
        }
        const once = started(mode, loadA, loadB)
        once.tick(nowUs * usNs)
        expect([once.count, once.output]).toEqual([often.count, often.output])
      },
    ),
  )
})

test('a pulse width is as the load values say', () => {
  const mode =
    clock | place(1, bits.repeat) | place(1, bits.loadToggle) | place(1, bits.outputToggle)
  const counter = started(mode, 29, 69)
  let high = 0
  for (let us = 1; us <= 10_000; us++) {
    counter.tick(us * usNs)
    if (counter.output) high++
  }
  expect(high).toBe(7000)
})

test('ten seconds of the fastest clock are caught up with at once', () => {
  const counter = started(place(0, bits.clock) | place(1, bits.repeat), 0)
  counter.tick(10e9)
  expect(counter.running).toBe(true)
})

test('a counter on a clock from outside stands still', () => {
  const counter = started(place(5, bits.clock), 9)
  expect(counter.tick(1e9)).toBe(Infinity)
  expect(counter.count).toBe(9)
})
