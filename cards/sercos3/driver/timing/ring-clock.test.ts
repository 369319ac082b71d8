import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RingClock } from './ring-clock.ts'

const cycleNs = 1_000_000

/** Interrupts of a ring whose oscillator is `ppm` off, `lateNs` late each; `missed`: cycles without one before it. */
function run(
  clock: RingClock,
  ppm: number,
  interrupts: readonly { lateNs: number; missed: number }[],
): { dueNs: number } {
  let trueNs = 5e12
  for (const { lateNs, missed } of interrupts) {
    trueNs += (missed + 1) * cycleNs * (1 + ppm / 1e6)
    note(clock, trueNs + lateNs, missed + 1)
  }
  return { dueNs: trueNs }
}

function note(clock: RingClock, interruptNs: number, cycles: number): void {
  clock.interruptNs = interruptNs
  clock.note(cycles)
}

/** Late by up to `spreadNs`, one in thirty by up to 400 us more; before one in thirty up to nine are missing. */
function jittered(seed: number, spreadNs: number, count: number) {
  let state = seed
  // Lehmer's generator, 0..1
  const random = () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff
  return Array.from({ length: count }, () => ({
    lateNs: random() * spreadNs + (random() < 1 / 30 ? random() * 400_000 : 0),
    missed: random() < 1 / 30 ? Math.ceil(random() * 9) : 0,
  }))
}

const punctual = Array.from({ length: 400 }, () => ({ lateNs: 0, missed: 0 }))

describe('a ring clock', () => {
  test.each([0, 50, -120, 200])('finds an oscillator that is %i ppm off', (ppm) => {
    const clock = new RingClock(cycleNs)
    run(clock, ppm, punctual)
    expect(clock.driftPpb).toBeCloseTo(ppm * 1000, -2)
    expect(clock.jitterNs).toBeLessThan(50)
    expect(clock.locked).toBe(true)
  })

  test('locks whatever the jitter of the interrupts is, and though some are missed', () => {
    fc.assert(
      fc.property(
        // Lehmer's generator stays at 0 from its modulus on
        fc.integer({ min: 1, max: 2 ** 31 - 2 }),
        fc.integer({ min: -200, max: 200 }),
        fc.integer({ min: 0, max: 20_000 }),
        (seed, ppm, spreadNs) => {
          const clock = new RingClock(cycleNs, 700_000)
          const { dueNs } = run(clock, ppm, jittered(seed, spreadNs, 1500))
          expect(clock.locked).toBe(true)
          expect(Math.abs(clock.driftPpb - ppm * 1000)).toBeLessThan(5000)
          // the clock lies in the middle of what it saw, at the mean latency
          expect(Math.abs(clock.dueNs - dueNs - spreadNs / 2)).toBeLessThan(2000)
          expect(clock.jitterNs).toBeLessThan(spreadNs + 1000)
          expect(clock.deadlineNs).toBe(clock.dueNs + 700_000 - clock.jitterNs)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('one interrupt that is half a cycle late moves the deadline by less than a thousandth of that', () => {
    const clock = new RingClock(cycleNs)
    const { dueNs } = run(clock, 0, punctual)
    note(clock, dueNs + cycleNs + 450_000, 1)
    expect(clock.dueNs - (dueNs + cycleNs)).toBeLessThan(450)
  })

  test('a ring that was stopped and began anew at another phase is found again', () => {
    const clock = new RingClock(cycleNs)
    const { dueNs } = run(clock, 80, punctual)
    const later = dueNs + 3e9 + 470_000
    for (let n = 1; n <= 100; n++) note(clock, later + n * cycleNs * 1.00008, 1)
    expect(clock.dueNs).toBeCloseTo(later + 100 * cycleNs * 1.00008, -2)
    expect(clock.locked).toBe(true)
  })

  test('restarts with other times', () => {
    const clock = new RingClock(cycleNs)
    run(clock, 80, punctual)
    clock.restart(250_000, 100_000)
    expect(clock.locked).toBe(false)
    note(clock, 7e12, 1)
    expect(clock.deadlineNs).toBe(7e12 + 100_000)
  })
})
