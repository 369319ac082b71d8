/**
 * The engineer sees how the cables lie, is told when one comes out and when the ring is whole again, and finds every
 * drive in motion all the while: two lines bring what the ring brought, and a cable put back is taken up by itself.
 */
import { describe, expect, test } from 'vitest'
import { cardRequest, cycleState } from '../../../cards/card.ts'
import { topology } from '../../../cards/sercos3/driver/chip/cable-topology.ts'
import type { ParameterStore } from '../../../cards/sercos3/emulator/slaves/parameter-store.ts'
import { idn } from '../../../cards/sercos3/index.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'
import type { RingOptions } from '../in-process-ring.ts'
import { parameterOf, tampered } from '../tampered-device.ts'

function operational(options: RingOptions = {}): InProcessRing {
  const ring = new InProcessRing(options)
  ring.runUp()
  ring.run(50)
  return ring
}

const texts = (ring: InProcessRing) => ring.news.map(({ text }) => text)

/** Every cycle, each drive gets a new position and answers the last one: what arrives shows what was lost. */
function stirred(ring: InProcessRing) {
  const missed = ring.master.drives.map(() => 0)
  const last = ring.master.drives.map(() => Number.NaN)
  const task = () => {
    ring.master.drives.forEach((drive, n) => {
      drive.writeControl(0xe000)
      drive.writePosition(ring.raised * 10)
      const status = drive.live ? ring.master.connections.lossesInARow(n) : 99
      missed[n] = Math.max(missed[n] as number, status)
      last[n] = drive.readPosition()
    })
  }
  return { missed, task }
}

describe('a ring', () => {
  test.each([0, 3, 5])('goes on when cable %i comes out, and is closed again', (after) => {
    const ring = operational()
    const { missed, task } = stirred(ring)
    ring.run(20, task)
    ring.inject({ kind: 'ringBreak', after })
    ring.run(50, task)
    expect(ring.state).toBe(cycleState.operational)
    expect(Math.max(...missed)).toBeLessThanOrEqual(1)
    const open =
      after === 0 ? topology.linePort2 : after === 5 ? topology.linePort1 : topology.brokenRing
    expect(ring.master.topology).toBe(open)
    expect(texts(ring)[0]).toMatch(/^a ring has become a (broken ring|line on port [12])/)
    ring.inject({ kind: 'ringClosed' })
    ring.until(() => ring.master.topology === topology.ring, 5, task)
    ring.until(() => !ring.master.needsAttention, 5, task)
    expect(Math.max(...missed)).toBeLessThanOrEqual(1)
    expect(texts(ring).at(-1)).toMatch(/has become a ring$/)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('names the devices between which it is open', () => {
    const ring = operational()
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(20)
    expect(texts(ring)[0]).toBe(
      'a ring has become a broken ring: open between y (address 2) and z (address 3)',
    )
  })

  test('tells the devices whether it is closed', () => {
    const ring = operational()
    const told = () => ring.slaves.map(({ ports }) => ports?.ringClosed)
    expect(told()).toEqual([true, true, true, true, true])
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(20)
    expect(told()).toEqual([false, false, false, false, false])
  })

  test('stays open until it is asked for, where it was configured so', () => {
    const ring = operational({ config: { healing: 'onRequest' } })
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(50)
    expect(() => ring.ask(cardRequest.recoverRing)).toThrow(/DP_SERCOS3_RING: CP4.*see each other/)
    ring.inject({ kind: 'ringClosed' })
    ring.run(1000)
    expect(ring.master.topology).toBe(topology.brokenRing)
    ring.ask(cardRequest.recoverRing)
    expect(ring.master.topology).toBe(topology.ring)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('is opened behind a device, and stays so until it is asked to close', () => {
    const ring = operational()
    ring.ask(cardRequest.openRing, 1)
    ring.run(1000)
    expect(ring.master.topology).toBe(topology.brokenRing)
    ring.ask(cardRequest.recoverRing)
    expect(ring.master.topology).toBe(topology.ring)
    expect(() => ring.ask(cardRequest.openRing, 9)).toThrow(/DP_SERCOS3_RING/)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('goes on where its cable comes and goes while it is being closed', () => {
    const ring = operational()
    const { missed, task } = stirred(ring)
    for (const cycles of [40, 90, 103, 108, 130, 220]) {
      ring.inject({ kind: 'ringBreak', after: 3 })
      ring.run(30, task)
      ring.inject({ kind: 'ringClosed' })
      ring.run(cycles, task)
    }
    ring.until(
      () => ring.master.topology === topology.ring && !ring.master.needsAttention,
      20,
      task,
    )
    expect(ring.state).toBe(cycleState.operational)
    expect(Math.max(...missed)).toBeLessThanOrEqual(1)
  })

  test('measures its delay anew when it is closed', () => {
    const stores: ParameterStore[] = []
    const ring = new InProcessRing({ create: tampered((store) => stores.push(store)) })
    const told = () => stores.slice(-5).map((store) => parameterOf(store, idn('S-0-1015')).get())
    ring.inject({ kind: 'ringBreak', after: 1 })
    ring.runUp()
    // one device on port 1, four on port 2: S-0-1015 grows as the way that was measured shrinks
    const [near, ...far] = told()
    expect(new Set(far).size).toBe(1)
    // each passage of a device takes 900 ns: one against seven
    expect((near ?? 0) - (far[0] ?? 0)).toBe(6 * 900)
    ring.inject({ kind: 'ringClosed' })
    ring.until(() => ring.master.topology === topology.ring && !ring.master.needsAttention)
    // five passages either way
    expect(told()).toEqual(ring.slaves.map(() => (near ?? 0) - 4 * 900))
  })
})

describe('a ring that is open from the start', () => {
  test.each([0, 1, 2])('comes up with a warning, cable %i out', (after) => {
    const ring = new InProcessRing()
    ring.inject({ kind: 'ringBreak', after })
    ring.runUp()
    expect(texts(ring)[0]).toMatch(/^the ring is not closed: a (broken ring|line on port [12])$/)
    ring.run(200)
    expect(ring.state).toBe(cycleState.operational)
    expect(ring.slaves.every(({ observation }) => observation.phase === 4)).toBe(true)
    expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
  })

  test('is closed when its cable comes', () => {
    const ring = new InProcessRing()
    ring.inject({ kind: 'ringBreak', after: 3 })
    ring.runUp()
    ring.inject({ kind: 'ringClosed' })
    ring.until(() => ring.master.topology === topology.ring && !ring.master.needsAttention)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('is refused where a whole one is required', () => {
    const ring = new InProcessRing({ config: { requireRing: true } })
    ring.inject({ kind: 'ringBreak', after: 3 })
    expect(() => ring.runUp()).toThrow(/DP_SERCOS3_TOPOLOGY.*is a broken ring, expected a ring/)
  })
})

describe('a line', () => {
  test.each(['line', 'linePort2'] as const)('runs as it is: %s', (wired) => {
    const ring = operational({ config: { topology: wired }, wired })
    expect(ring.master.topology).toBe(wired === 'line' ? topology.linePort1 : topology.linePort2)
    expect(ring.news).toEqual([])
    expect(ring.master.needsAttention).toBe(false)
  })

  test.each(['ring', 'line', 'linePort2'] as const)('or whatever else is taken: %s', (wired) => {
    const ring = operational({ config: { topology: 'any' }, wired })
    expect(ring.news).toEqual([])
    expect(ring.slaves.every(({ observation }) => observation.phase === 4)).toBe(true)
  })
})

test('a device may take 9 ms for a topology command, however short the cycle', () => {
  const cycleNs = 250_000
  const ring = operational({ config: { cycleNs, devices: ringConfig.devices.slice(0, 2) } })
  for (const { ports } of ring.slaves) {
    if (ports === undefined) throw new Error('no ports')
    const command = ports.command.bind(ports)
    const words: number[] = []
    // what was commanded is carried out so many cycles later
    ports.command = (word: number) => {
      words.push(word)
      if (words.length > 9_000_000 / cycleNs) command(words.shift() as number)
    }
  }
  ring.run(100)
  ring.ask(cardRequest.openRing, 0)
  ring.run(10)
  expect(ring.master.topology).toBe(topology.brokenRing)
  ring.ask(cardRequest.recoverRing)
  expect(ring.master.topology).toBe(topology.ring)
})
