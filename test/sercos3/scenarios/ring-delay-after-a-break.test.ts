/** The cables are other ones after a break, and so is the way of the telegrams: the devices are told how long it is now. */
import { describe, expect, test } from 'vitest'
import { cycleState } from '../../../cards/card.ts'
import { topology } from '../../../cards/sercos3/driver/chip/cable-topology.ts'
import { idn } from '../../../cards/sercos3/index.ts'
import { registers } from '../../../cards/sercos3/registers.ts'
import { DeviceStores } from '../device-stores.ts'
import { InProcessRing } from '../in-process-ring.ts'

const names = ['x', 'y', 'z', 'w', 'io'] as const

function operational() {
  const stores = new DeviceStores()
  const ring = new InProcessRing({ create: stores.create() })
  ring.runUp()
  ring.run(50)
  const delays = () => names.map((name) => stores.number(name, 'S-0-1015'))
  return { ring, delays }
}

describe('after a break in CP4', () => {
  test('each side is told its own ring delay, the process data going on', () => {
    const { ring, delays } = operational()
    const before = delays()
    let missed = 0
    const task = () => {
      missed = Math.max(missed, ...names.map((_, n) => ring.master.connections.lossesInARow(n)))
    }
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.until(() => !ring.master.needsAttention && delays()[0] !== before[0], 5, task)
    ring.run(100, task)
    expect(ring.state).toBe(cycleState.operational)
    expect(missed).toBeLessThanOrEqual(1)
    const measured = { p1Ns: readDelay(ring, 1), p2Ns: readDelay(ring, 2) }
    const told = delays()
    expect(new Set(told.slice(0, 2)).size).toBe(1)
    expect(new Set(told.slice(2)).size).toBe(1)
    // 2 TSref less the delay of the own side: the longer way has the smaller value
    expect((told[0] as number) - (told[2] as number)).toBe(measured.p2Ns - measured.p1Ns)
    ring.inject({ kind: 'ringClosed' })
    ring.until(() => ring.master.topology === topology.ring)
    ring.until(() => !ring.master.needsAttention)
    expect(delays()).toEqual(before)
  })

  test('a cable that is put back at once is not kept waiting by it', () => {
    const { ring, delays } = operational()
    const before = delays()
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(20)
    ring.inject({ kind: 'ringClosed' })
    expect(ring.until(() => ring.master.topology === topology.ring)).toBeLessThan(0.2)
    ring.until(() => !ring.master.needsAttention)
    expect(delays()).toEqual(before)
  })

  test('a refusal keeps nobody from closing the ring again', () => {
    const { ring } = operational()
    const refused = { does: 'serviceError', idn: idn('S-0-1015'), code: 0x7004 } as const
    ring.inject({ kind: 'device', device: 1, ...refused })
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(1000)
    ring.inject({ kind: 'ringClosed' })
    expect(ring.until(() => ring.master.topology === topology.ring)).toBeLessThan(0.5)
  })

  test('a device that refuses it is told of once', () => {
    const { ring } = operational()
    const refused = { does: 'serviceError', idn: idn('S-0-1015'), code: 0x7004 } as const
    ring.inject({ kind: 'device', device: 1, ...refused })
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(1000)
    const told = ring.news.filter(({ text }) => text.includes('y (address 2), CP4, S-0-1015'))
    expect(told).toHaveLength(1)
    expect(ring.master.needsAttention).toBe(false)
  })
})

function readDelay(ring: InProcessRing, port: 1 | 2): number {
  const { offset } = port === 1 ? registers.rdly1 : registers.rdly2
  return new DataView(ring.memory).getUint32(offset, true)
}
