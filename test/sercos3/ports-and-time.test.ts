/** What the card counts on its ports, and the time of the ring. */
import { describe, expect, test } from 'vitest'
import { cardRequest, portCounters } from '../../cards/card.ts'
import type { PortCounter } from '../../cards/card.ts'
import { InProcessRing, onBus, onMemory } from './in-process-ring.ts'

const halfSecond = 500

function countsOf(ring: InProcessRing, port: 1 | 2): Record<PortCounter, number> {
  const counts = portCounters.map((name) => [name, ring.master.ports.count(port, name)])
  return Object.fromEntries(counts) as Record<PortCounter, number>
}

function sum(counts: Record<PortCounter, number>, names: readonly PortCounter[]): number {
  return names.reduce((total, name) => total + counts[name], 0)
}

function milliseconds({ master: { time } }: InProcessRing): number {
  return time.seconds * 1000 + time.ns / 1e6
}

const errors = portCounters.filter((name) => !name.startsWith('frames'))

describe('the ports', () => {
  test('of a healthy ring count its frames and no errors, from the run-up on', () => {
    const ring = new InProcessRing()
    ring.runUp()
    ring.run(halfSecond)
    const before = countsOf(ring, 1)
    // more frames than 16 bits count
    const cycles = 40_000
    ring.run(cycles)
    const after = countsOf(ring, 1)
    // an MDT and an AT out and in a cycle; what the last look has not seen yet is of a quarter second
    const sent = after.framesSent - before.framesSent
    expect(Math.abs(sent - 2 * cycles)).toBeLessThan(2 * 250)
    expect(Math.abs(after.framesReceived - before.framesReceived - 2 * cycles)).toBeLessThan(500)
    for (const port of [1, 2] as const) {
      expect(ring.master.ports.link(port)).toBe(true)
      expect(sum(countsOf(ring, port), errors)).toBe(0)
    }
  })

  test('show where frames are damaged or missing, until they are asked to count anew', () => {
    const ring = new InProcessRing()
    ring.runUp()
    ring.inject({ kind: 'crcError', port: 2, cycles: 2 })
    ring.run(halfSecond)
    expect(countsOf(ring, 2)).toMatchObject({ fcsErrors: 2, sercosErrors: 2, at0Misses: 2 })
    expect(sum(countsOf(ring, 1), errors)).toBe(0)
    ring.inject({ kind: 'lostTelegram', what: 'mst', cycles: 2 })
    ring.run(halfSecond)
    for (const port of [1, 2] as const)
      expect(countsOf(ring, port)).toMatchObject({ mstMisses: 2, mstDoubleMisses: 1 })
    ring.ask(cardRequest.resetPorts)
    expect(sum(countsOf(ring, 1), errors) + sum(countsOf(ring, 2), errors)).toBe(0)
    ring.run(halfSecond)
    expect(sum(countsOf(ring, 1), errors) + sum(countsOf(ring, 2), errors)).toBe(0)
    expect(countsOf(ring, 1).framesSent).toBeGreaterThan(halfSecond)
  })

  test('count on over a restart of the ring, whatever the reset of the chip makes of its registers', () => {
    const ring = new InProcessRing()
    ring.runUp()
    ring.run(halfSecond)
    const before = countsOf(ring, 1).framesSent
    ring.ask(cardRequest.restart)
    const risen = countsOf(ring, 1).framesSent - before
    expect(risen).toBeGreaterThan(0)
    expect(risen).toBeLessThan(10_000)
  })

  test('of a line: the free one has no link and misses nothing', () => {
    const ring = new InProcessRing({ config: { topology: 'line' } })
    ring.runUp()
    ring.run(halfSecond)
    expect(ring.master.ports.link(1)).toBe(true)
    expect(ring.master.ports.link(2)).toBe(false)
    expect(sum(countsOf(ring, 2), errors)).toBe(0)
  })
})

describe.each([
  ['in memory', onMemory],
  ['on a bus', onBus],
] as const)('the Sercos time of a card %s', (_, region) => {
  test('is that of the wall clock when CP4 begins, and goes on by the cycles of the ring', () => {
    const ring = new InProcessRing({ region })
    expect(ring.master.time.take()).toBe(false)
    const before = Date.now()
    ring.runUp()
    expect(ring.master.time.take()).toBe(true)
    const first = milliseconds(ring)
    // until all devices produced it was some cycles
    expect(first).toBeGreaterThanOrEqual(before)
    expect(first).toBeLessThan(Date.now() + 1000)
    ring.run(2500)
    expect(ring.master.time.take()).toBe(true)
    expect(milliseconds(ring) - first).toBeCloseTo(2500, 3)
    ring.run(1)
    ring.master.time.take()
    expect(milliseconds(ring) - first).toBeCloseTo(2501, 3)
  })

  test('ends with CP4, and begins anew with it', () => {
    const ring = new InProcessRing({ region })
    ring.runUp()
    ring.ask(cardRequest.goToPhase, 2)
    expect(ring.master.time.take()).toBe(false)
    const before = Date.now()
    ring.ask(cardRequest.goToPhase, 4)
    expect(ring.master.time.take()).toBe(true)
    expect(milliseconds(ring)).toBeGreaterThanOrEqual(before)
    expect(milliseconds(ring)).toBeLessThan(Date.now() + 1000)
  })
})
