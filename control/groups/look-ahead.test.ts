import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LookAhead } from './look-ahead.ts'
import { SCurve } from './s-curve.ts'

const size = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const block = fc.record({
  length: size(0.01, 100),
  velocity: size(1, 500),
  feed: size(1, 500),
  acceleration: size(100, 5000),
  jerk: size(1e3, 1e5),
  stop: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
})

function fill(
  blocks: readonly { [key in keyof typeof sample]: (typeof sample)[key] }[],
  joining: boolean,
) {
  const ahead = new LookAhead(64)
  ahead.blockEnd = 0
  ahead.clear()
  for (const one of blocks) {
    ahead.blockEnd += one.length
    ahead.velocity = one.velocity
    ahead.feed = one.feed
    ahead.acceleration = one.acceleration
    ahead.jerk = one.jerk
    ahead.entry = one.stop ? 0 : Infinity
    ahead.push()
    if (joining) ahead.join()
  }
  ahead.solve()
  return ahead
}
const sample = { length: 1, velocity: 1, feed: 1, acceleration: 1, jerk: 1, stop: false }

test('from every exit the next one, or rest, can be reached within the block, and the path ends at rest', () => {
  const curve = new SCurve()
  fc.assert(
    fc.property(
      fc.array(block, { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      (blocks, joining) => {
        const ahead = fill(blocks, joining)
        expect(ahead.exits[ahead.last - 1]).toBe(0)
        for (let at = ahead.first + 1; at < ahead.last; at++) {
          curve.acceleration = ahead.accelerations[at] as number
          curve.jerk = ahead.jerks[at] as number
          curve.speed = ahead.exits[at - 1] as number
          curve.other = Math.min(curve.speed, ahead.exits[at] as number)
          curve.findWay()
          const toNext = curve.way
          curve.other = 0
          curve.findWay()
          const length = (ahead.ends[at] as number) - (ahead.ends[at - 1] as number)
          expect(Math.min(toNext, curve.way)).toBeLessThanOrEqual(length)
          expect(curve.speed).toBeLessThanOrEqual(
            Math.min(ahead.velocities[at] as number, ahead.velocities[at - 1] as number),
          )
          expect(ahead.fedExits[at - 1]).toBeLessThanOrEqual(ahead.exits[at - 1] as number)
        }
      },
    ),
  )
})

test('a longer path never lowers what was allowed before', () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 2, maxLength: 20 }), (blocks) => {
      const short = fill(blocks.slice(0, -1), false)
      const long = fill(blocks, false)
      for (let at = short.first; at < short.last; at++)
        expect(long.exits[at]).toBeGreaterThanOrEqual(short.exits[at] as number)
    }),
  )
})

test('joined blocks have the lowest limits of those that they replace, and keep a stop', () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 2, maxLength: 30 }), (blocks) => {
      const ahead = fill(blocks, true)
      let begin = 0
      let at: number = ahead.first
      for (const [n, one] of blocks.entries()) {
        const middle = begin + one.length / 2
        while ((ahead.ends[at] as number) < middle) at += 1
        expect(ahead.velocities[at]).toBeLessThanOrEqual(one.velocity)
        expect(ahead.feeds[at]).toBeLessThanOrEqual(one.feed)
        expect(ahead.accelerations[at]).toBeLessThanOrEqual(one.acceleration)
        expect(ahead.jerks[at]).toBeLessThanOrEqual(one.jerk)
        if (one.stop && n > 0) {
          expect(Math.abs((ahead.ends[at - 1] as number) - begin)).toBeLessThan(1e-9)
          expect(ahead.exits[at - 1]).toBe(0)
        }
        begin += one.length
      }
    }),
  )
})

test('short blocks of the same kind become one: acceleration goes on over their ends', () => {
  const short = { ...sample, length: 0.1, velocity: 100, feed: 100, acceleration: 1000, jerk: 1e5 }
  const ahead = fill(
    Array.from({ length: 40 }, () => short),
    true,
  )
  // the one under way is never joined
  expect(ahead.last - ahead.first).toBe(2)
})

test('a slow stretch between long lines stays what it is', () => {
  const line = { ...sample, length: 100, velocity: 100, feed: 100, acceleration: 1000, jerk: 1e5 }
  const slow = { ...line, length: 1, velocity: 10, acceleration: 300 }
  const ahead = fill([line, slow, line], true)
  expect([...ahead.velocities.subarray(ahead.first, ahead.last)]).toEqual([100, 10, 100])
  expect(ahead.exits[ahead.first]).toBe(10)
})

test('passed blocks make room at the end', () => {
  const ahead = new LookAhead(4)
  expect(ahead.hasRoom(3)).toBe(true)
  for (const end of [1, 2, 3]) {
    ahead.blockEnd = end
    ahead.push()
  }
  expect(ahead.hasRoom(2)).toBe(false)
  ahead.first = 3
  expect(ahead.hasRoom(2)).toBe(true)
  expect(ahead.ends[ahead.first - 1]).toBe(2)
  expect(ahead.ends[ahead.first]).toBe(3)
})
