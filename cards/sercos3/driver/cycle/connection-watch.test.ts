import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectionState } from '../../../card.ts'
import { ConnectionWatch } from './connection-watch.ts'

const ready = 1
const newData = 2
const flowControl = 0x10

/** A watch of one connection in CP4. */
function started(period = 1, tolerated = 3): ConnectionWatch {
  const watch = new ConnectionWatch(1)
  watch.configure(0, period, tolerated)
  watch.start(Uint8Array.of(1))
  watch.monitor()
  return watch
}

/** C-CON of the n-th production. */
const production = (n: number, counts = false) =>
  ready | ((n & 1) * newData) | (counts ? (n & 15) << 12 : 0)

describe('a connection', () => {
  test('waits until its producer is ready, then is consumed', () => {
    const watch = started()
    expect(watch.states[0]).toBe(connectionState.waiting)
    expect(watch.judge(0, true, 0, 0, true)).toBe(false)
    expect(watch.states[0]).toBe(connectionState.waiting)
    expect(watch.judge(0, true, 0, production(1), true)).toBe(true)
    expect(watch.states[0]).toBe(connectionState.consuming)
  })

  test('begins with a production of either toggle where a counter tells it from a producer that is only ready', () => {
    const watch = started()
    expect(watch.judge(0, true, 0, ready, true)).toBe(false)
    expect(watch.judge(0, true, 0, ready | (1 << 12), true)).toBe(true)
  })

  test('that is waited for in vain is in error again', () => {
    const watch = started(1, 0)
    watch.judge(0, true, 0, production(1), true)
    watch.judge(0, false, production(1), 0, true)
    watch.takeUp(0)
    watch.giveUp(0)
    expect([watch.states[0], watch.errors]).toEqual([connectionState.error, 1])
    watch.giveUp(0)
    expect(watch.errors).toBe(1)
  })

  test('a device that has none is never waited for', () => {
    const watch = started(0)
    expect(watch.states[0]).toBe(connectionState.init)
    expect(watch.judge(0, true, 0, production(1), true)).toBe(false)
    expect(watch.losses[0]).toBe(0)
  })

  test('stops by flow control without a loss, and goes on without it', () => {
    const watch = started()
    watch.judge(0, true, 0, production(1), true)
    const stopped = production(1) | flowControl
    for (let n = 0; n < 9; n++) expect(watch.judge(0, true, stopped, stopped, true)).toBe(false)
    expect([watch.states[0], watch.losses[0]]).toEqual([connectionState.stopped, 0])
    expect(watch.judge(0, true, stopped, production(2), true)).toBe(true)
    expect(watch.states[0]).toBe(connectionState.consuming)
  })

  test('in error stays so until it is taken up anew', () => {
    const watch = started(1, 0)
    watch.judge(0, true, 0, production(1), true)
    watch.judge(0, false, production(1), 0, true)
    expect([watch.states[0], watch.errors]).toEqual([connectionState.error, 1])
    expect(watch.judge(0, true, 0, production(3), true)).toBe(false)
    watch.takeUp(0)
    expect([watch.states[0], watch.errors]).toEqual([connectionState.waiting, 0])
    // what stands there since is no newer for that
    expect(watch.judge(0, true, production(3), production(3), true)).toBe(false)
    expect(watch.judge(0, true, production(3), production(4), true)).toBe(true)
  })

  test('after a cycle that was not seen the counter tells old data from new, if there is one', () => {
    const counting = started()
    for (let n = 1; n < 4; n++)
      counting.judge(0, true, production(n - 1, true), production(n, true), true)
    expect(counting.judge(0, true, production(3, true), production(3, true), false)).toBe(false)
    expect(counting.judge(0, true, production(3, true), production(5, true), false)).toBe(true)
    const silent = started()
    for (let n = 1; n < 4; n++) silent.judge(0, true, production(n - 1), production(n), true)
    expect(silent.judge(0, true, production(3), production(3), false)).toBe(true)
  })

  test('counts productions that the counter has leapt over', () => {
    const watch = started()
    for (let n = 1; n < 4; n++)
      watch.judge(0, true, production(n - 1, true), production(n, true), true)
    expect(watch.judge(0, true, production(3, true), production(6, true), true)).toBe(true)
    expect([watch.losses[0], watch.lossesInARow[0]]).toEqual([2, 0])
  })
})

test('whatever comes and does not come: more losses in a row than tolerated are an error, fewer never', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 60 }),
      (period, tolerated, comes) => {
        const watch = started(period, tolerated)
        let last = production(0)
        let productions = 1
        watch.judge(0, true, 0, (last = production(1)), true)
        let total = 0
        let inARow = 0
        let worst = 0
        for (const arrives of comes) {
          // one period, at the end of which a production is due
          for (let n = 1; n < period; n++) watch.judge(0, true, last, last, true)
          if (watch.states[0] === connectionState.error) break
          if (arrives) productions++
          const control = production(productions)
          watch.judge(0, true, last, control, true)
          last = control
          total += arrives ? 0 : 1
          inARow = arrives ? 0 : inARow + 1
          worst = Math.max(worst, inARow)
        }
        expect(watch.losses[0]).toBe(total)
        expect(watch.states[0] === connectionState.error).toBe(worst > tolerated)
      },
    ),
    { numRuns: 200 },
  )
})
