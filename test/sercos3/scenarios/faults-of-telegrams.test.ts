/**
 * A cable passes disturbances: the engineer sees counters rise and, where it gets worse, what stopped and why; a ring bears on
 * one side what a line would not. Once the cable is good again, a restart is enough.
 */
import { expect, test } from 'vitest'
import { cardRequest, connectionState, cycleState } from '../../../cards/card.ts'
import { topology } from '../../../cards/sercos3/driver/chip/cable-topology.ts'
import type { ChipFault } from '../../../cards/sercos3/emulator/faults.ts'
import { InProcessRing } from '../in-process-ring.ts'

function operational(wired: 'ring' | 'line' = 'ring'): InProcessRing {
  const ring = new InProcessRing({ config: { topology: wired } })
  ring.runUp()
  ring.run(20)
  return ring
}

/** The states of the card in the cycles after a fault. */
function statesAfter(ring: InProcessRing, fault: ChipFault, cycles: number): number[] {
  ring.inject(fault)
  return Array.from({ length: cycles }, () => {
    ring.step()
    return ring.state
  })
}

const stale = (states: readonly number[]) =>
  states.filter((state) => state === cycleState.stale).length

test.each(['at', 'mdt', 'mst'] as const)(
  'a lost %s is counted, the data are those of the cycle before, and nothing stops',
  (what) => {
    const ring = operational()
    const states = statesAfter(ring, { kind: 'lostTelegram', what, cycles: 1 }, 30)
    expect(stale(states)).toBe(1)
    expect(ring.state).toBe(cycleState.operational)
    expect(ring.master.counters.lostTelegrams).toBe(1)
    const { connections } = ring.master
    for (const device of ring.slaves.keys()) {
      expect(connections.connectionState(device)).toBe(connectionState.consuming)
      expect(connections.losses(device)).toBe(1)
      expect(connections.lossesInARow(device)).toBe(0)
    }
    expect(ring.slaves.every(({ observation }) => !observation.error)).toBe(true)
  },
)

test.each(['at', 'mdt', 'mst'] as const)(
  'more lost %ss in a row than are borne stop the ring with an error; a restart brings it back',
  (what) => {
    const ring = operational()
    statesAfter(ring, { kind: 'lostTelegram', what, cycles: 12 }, 100)
    expect(ring.state).toBe(cycleState.faulted)
    expect(ring.master.fault?.message).toMatch(/TELEGRAMS_LOST: CP4: .*at most 3 lost cycles/)
    // the devices have noticed, too
    expect(ring.slaves.every(({ observation }) => observation.error)).toBe(true)
    ring.ask(cardRequest.restart)
    ring.run(20)
    expect(ring.state).toBe(cycleState.operational)
    expect(ring.slaves.every(({ observation }) => observation.phase === 4)).toBe(true)
  },
)

test('wrong check sums on one port of a ring lose nothing: the other port brings the same', () => {
  const ring = operational()
  const states = statesAfter(ring, { kind: 'crcError', port: 1, cycles: 200 }, 200)
  expect(stale(states)).toBe(0)
  expect(ring.master.counters.lostTelegrams).toBe(0)
  ring.run(50)
  expect(ring.news.map(({ text }) => text)).toEqual([
    'a ring has become a ring that passes telegrams in one direction only',
    'a ring that passes telegrams in one direction only has become a ring',
  ])
})

test('wrong check sums in a line are lost telegrams', () => {
  const ring = operational('line')
  expect(stale(statesAfter(ring, { kind: 'crcError', port: 1, cycles: 3 }, 20))).toBe(3)
  expect(ring.state).toBe(cycleState.operational)
  statesAfter(ring, { kind: 'crcError', port: 1, cycles: 1000 }, 20)
  expect(ring.master.fault?.message).toMatch(/TELEGRAMS_LOST: CP4/)
})

test('a ring whose telegrams have just stopped is restarted all the same', () => {
  const devices = [{ name: 'x', address: 1, profile: 'drive' as const, parameters: [] }]
  const ring = new InProcessRing({ config: { devices, cycleNs: 4_000_000 } })
  ring.runUp()
  ring.run(400)
  ring.inject({ kind: 'powerCycle', device: 0 })
  ring.run(1)
  ring.ask(cardRequest.restart)
  expect(ring.state).toBe(cycleState.operational)
})

test.each([0, 2, 5])(
  'a ring whose cable %i was loose for a moment while it came up is closed',
  (after) => {
    const ring = new InProcessRing()
    ring.until(() => ring.phases.at(-1) === 'CP1')
    ring.run(2)
    ring.inject({ kind: 'ringBreak', after })
    ring.run(1)
    ring.inject({ kind: 'ringClosed' })
    ring.runUp()
    ring.until(() => ring.master.topology === topology.ring && !ring.master.needsAttention)
    expect(ring.state).toBe(cycleState.operational)
  },
)
