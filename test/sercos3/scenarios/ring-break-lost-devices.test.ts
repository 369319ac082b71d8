/**
 * The engineer sees which devices a second break, or their own silence, has cut off: these alone are told as lost, a drive
 * in its image, an I/O device as the card's, and what is no more than tolerated goes by unseen but for a counter.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectionState, cycleState } from '../../../cards/card.ts'
import type { Sercos3DeviceConfig } from '../../../cards/sercos3/driver/config/config.ts'
import { profileConnections } from '../../../cards/sercos3/driver/config/profile-connections.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'

function operational(devices: readonly Sercos3DeviceConfig[] = ringConfig.devices): InProcessRing {
  const ring = new InProcessRing({ config: { devices } })
  ring.runUp()
  ring.run(20)
  return ring
}

const live = ({ master }: InProcessRing) => master.drives.map((drive) => drive.live)

/** Drives whose connections are configured like the profile's but for these settings. */
function drives(
  count: number,
  at: { readonly producerCycles?: number; readonly toleratedLosses?: number },
): Sercos3DeviceConfig[] {
  const { mdt, at: words } = profileConnections.drive
  const idns = (connection: typeof mdt) => connection.words.map((word) => word.idn)
  return Array.from({ length: count }, (_, n) => ({
    name: `d${n + 1}`,
    address: n + 1,
    profile: 'drive',
    parameters: [],
    connections: { mdt: { idns: idns(mdt), ...at }, at: { idns: idns(words), ...at } },
  }))
}

describe('devices that go away', () => {
  test('a second cable out takes the drives between the two, the others go on', () => {
    const ring = operational()
    ring.inject({ kind: 'ringBreak', after: 1 })
    ring.run(10)
    expect(live(ring)).toEqual([true, true, true, true])
    for (const device of [1, 2]) ring.slaves[device]?.withholdInsertion(1000)
    ring.run(10)
    expect(live(ring)).toEqual([true, false, false, true])
    expect(ring.state).toBe(cycleState.operational)
    expect(ring.master.lostDevice).toBe(-1)
  })

  test('a lost I/O device is told as the one that the bus cannot do without', () => {
    const ring = operational()
    ring.slaves[4]?.withholdInsertion(1000)
    ring.run(3)
    expect(ring.master.lostDevice).toBe(-1)
    ring.run(2)
    expect(ring.master.lostDevice).toBe(4)
    expect(ring.master.ios[0]?.live).toBe(false)
    expect(live(ring)).toEqual([true, true, true, true])
  })

  test('the last drive that goes is told as lost, since none is left', () => {
    const ring = operational(drives(2, {}))
    ring.slaves[0]?.withholdInsertion(1000)
    ring.run(10)
    expect(ring.master.lostDevice).toBe(-1)
    ring.slaves[1]?.withholdInsertion(1000)
    ring.run(10)
    expect(ring.master.lostDevice).toBeGreaterThanOrEqual(0)
  })

  test('a drive that comes back stays lost, and its last values stand', () => {
    const ring = operational()
    const drive = ring.master.drives[1]
    const status = drive?.readStatus()
    ring.slaves[1]?.withholdInsertion(6)
    ring.run(20)
    expect(ring.master.connections.connectionState(1)).toBe(connectionState.error)
    expect(drive?.live).toBe(false)
    expect(drive?.readStatus()).toBe(status)
  })
})

describe('losses', () => {
  test('are counted in all and in a row, and a warning goes when data come again', () => {
    const ring = operational()
    const { connections } = ring.master
    const seen = () => [
      connections.connectionState(2),
      connections.lossesInARow(2),
      connections.losses(2),
    ]
    ring.slaves[2]?.withholdInsertion(2)
    ring.run(2)
    expect(seen()).toEqual([connectionState.warning, 2, 2])
    expect(ring.master.drives[2]?.live).toBe(true)
    ring.run(2)
    expect(seen()).toEqual([connectionState.consuming, 0, 2])
    ring.slaves[2]?.withholdInsertion(1)
    ring.run(4)
    expect(seen()).toEqual([connectionState.consuming, 0, 3])
  })

  test('are borne as often as the connection says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 8 }), (most, lost) => {
        const ring = operational(drives(2, { toleratedLosses: most }))
        ring.slaves[1]?.withholdInsertion(lost)
        ring.run(lost + 5)
        expect(live(ring)).toEqual([true, lost <= most])
        expect(ring.master.connections.losses(1)).toBe(Math.min(lost, most + 1))
      }),
      { numRuns: 6 },
    )
  })

  test('are productions, not cycles, where a connection is produced in every fourth cycle', () => {
    const ring = operational(drives(2, { producerCycles: 4, toleratedLosses: 1 }))
    const { connections, drives: images } = ring.master
    ring.run(100)
    expect(connections.losses(1)).toBe(0)
    expect(ring.slaves.map(({ observation }) => observation.error)).toEqual([false, false])
    ring.slaves[1]?.withholdInsertion(8)
    ring.run(12)
    expect(connections.losses(1)).toBeLessThanOrEqual(2)
    expect(images[0]?.live).toBe(true)
    ring.slaves[1]?.withholdInsertion(1000)
    ring.run(12)
    expect(live(ring)).toEqual([true, false])
  })

  test('are also data that do not change hands: a new-data bit that stands still', () => {
    const ring = operational()
    ring.inject({ kind: 'device', device: 0, does: 'stuckToggle', stuck: true })
    ring.run(10)
    expect(live(ring)).toEqual([false, true, true, true])
    expect(ring.state).toBe(cycleState.operational)
  })
})
