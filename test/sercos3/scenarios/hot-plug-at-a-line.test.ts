/**
 * The engineer plugs an optional device in at the end of a running line, takes it off and plugs it in again: the others
 * move on undisturbed, and each coming and going is told by name.
 */
import { describe, expect, test } from 'vitest'
import { cycleState } from '../../../cards/card.ts'
import { topology } from '../../../cards/sercos3/driver/chip/cable-topology.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'
import type { RingOptions } from '../in-process-ring.ts'

const last = ringConfig.devices.length - 1
/** The I/O device at the end of the line may be absent. */
const devices = ringConfig.devices.map((device, n) =>
  n === last ? { ...device, optional: true } : device,
)
const without = devices.map((device, n) => ({ ...device, absent: n === last }))
const line: RingOptions = { config: { devices, topology: 'line' }, present: without }

function operational(options: RingOptions = line): InProcessRing {
  const ring = new InProcessRing(options)
  ring.runUp()
  ring.run(50)
  return ring
}

/** Losses in a row of the devices that stay, the worst seen in any cycle. */
function worst(ring: InProcessRing, stay: readonly number[]) {
  const seen = { losses: 0 }
  const task = () => {
    for (const drive of ring.master.drives) drive.writePosition(ring.raised)
    for (const n of stay)
      seen.losses = Math.max(seen.losses, ring.master.connections.lossesInARow(n))
  }
  return { seen, task }
}

const came = (ring: InProcessRing) => () => ring.news.some(({ kind }) => kind === 'deviceCame')

describe('an optional device', () => {
  test('may be absent in the run-up, and joins when it is plugged in', () => {
    const ring = operational()
    expect(ring.news.map(({ text }) => text)).toEqual(['io (address 5) is not there'])
    const { seen, task } = worst(ring, [0, 1, 2, 3])
    ring.inject({ kind: 'plug', device: last })
    const seconds = ring.until(came(ring), 20, task)
    expect(ring.news.at(-1)).toMatchObject({
      kind: 'deviceCame',
      device: 'io',
      text: 'io (address 5) has joined behind w (address 4)',
    })
    expect(seconds).toBeLessThan(3)
    ring.master.ios[0]?.writeDigital(0x00ff)
    ring.run(50, task)
    expect(ring.slaves[last]?.observation).toMatchObject({ phase: 4, digitalOutputs: 0x00ff })
    expect(ring.master.ios[0]?.readDigital()).toBe(0x00ff)
    expect(seen.losses).toBe(0)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('goes and comes again', () => {
    const ring = operational()
    const { seen, task } = worst(ring, [0, 1, 2, 3])
    for (let round = 0; round < 2; round++) {
      ring.news.length = 0
      ring.inject({ kind: 'plug', device: last })
      ring.until(came(ring), 20, task)
      ring.inject({ kind: 'pull', device: last })
      ring.run(20, task)
      expect(ring.news.at(-1)).toMatchObject({ kind: 'deviceGone', device: 'io' })
      expect(ring.master.lostDevice).toBe(-1)
      expect(ring.state).toBe(cycleState.operational)
    }
    expect(seen.losses).toBeLessThanOrEqual(1)
  })

  test('joins a line on port 2 at its far end', () => {
    const list = ringConfig.devices.map((device, n) => ({ ...device, optional: n === 0 }))
    const ring = operational({
      config: { devices: list, topology: 'linePort2' },
      present: list.map((device, n) => ({ ...device, absent: n === 0 })),
    })
    ring.inject({ kind: 'plug', device: 0 })
    ring.until(came(ring), 20)
    expect(ring.news.at(-1)?.text).toBe('x (address 1) has joined behind y (address 2)')
    expect(ring.slaves[0]?.observation.phase).toBe(4)
  })

  test('joins at what a break left of a ring, on either side of it', () => {
    for (const absent of [2, 1]) {
      const list = ringConfig.devices.map((device, n) => ({ ...device, optional: n === absent }))
      const ring = operational({
        config: { devices: list, topology: 'ring' },
        present: list.map((device, n) => ({ ...device, absent: n === absent })),
      })
      const stay = [0, 1, 2, 3, 4].filter((n) => n !== absent)
      const { seen, task } = worst(ring, stay)
      ring.inject({ kind: 'plug', device: absent })
      ring.until(came(ring), 20, task)
      ring.run(1000, task)
      expect(ring.state).toBe(cycleState.operational)
      expect(seen.losses).toBeLessThanOrEqual(1)
      expect(ring.slaves[absent]?.observation.phase).toBe(4)
    }
  })

  test('of an address that is not expected is told and left out', () => {
    const ring = operational()
    ring.inject({ kind: 'device', device: last, does: 'address', address: 77 })
    ring.inject({ kind: 'plug', device: last })
    ring.until(() => ring.news.some(({ text }) => text.includes('DP_SERCOS3_HOT_PLUG')), 20)
    expect(ring.news.at(-1)?.text).toMatch(/address 77/)
    // it is told once
    ring.news.length = 0
    ring.run(6000)
    expect(ring.news).toEqual([])
    expect(ring.state).toBe(cycleState.operational)
    expect([0, 1, 2, 3].map((n) => ring.master.connections.lossesInARow(n))).toEqual([0, 0, 0, 0])
  })

  test('joins at the free port of the master, and a last one closes the ring', () => {
    const list = ringConfig.devices.map((device, n) => ({ ...device, optional: n >= 3 }))
    const ring = operational({
      config: { devices: list, topology: 'ring' },
      present: list.map((device, n) => ({ ...device, absent: n >= 3 })),
    })
    const { seen, task } = worst(ring, [0, 1, 2])
    expect(ring.master.topology).toBe(topology.linePort1)
    ring.news.length = 0
    ring.inject({ kind: 'plug', device: 4 })
    ring.until(came(ring), 20, task)
    expect(ring.news.at(-1)?.text).toBe('io (address 5) has joined behind port 2 of the master')
    ring.news.length = 0
    ring.inject({ kind: 'plug', device: 3 })
    ring.until(came(ring), 20, task)
    expect(ring.news.at(-1)?.text).toBe('w (address 4) has joined behind z (address 3)')
    ring.until(
      () => ring.master.topology === topology.ring && !ring.master.needsAttention,
      20,
      task,
    )
    expect(ring.slaves.map(({ observation }) => observation.phase)).toEqual([4, 4, 4, 4, 4])
    expect(seen.losses).toBeLessThanOrEqual(1)
  })

  test('joins where another cable leads to nothing of ours', () => {
    const list = ringConfig.devices.map((device, n) => ({
      ...device,
      optional: n === 2 || n === 3,
    }))
    const ring = operational({
      config: { devices: list, topology: 'ring' },
      present: list.map((device, n) => ({ ...device, absent: n === 2 || n === 3 })),
    })
    // a device that hears nothing of the ring, at the end of the line on port 1
    const mute = ring.slaves[2]
    if (mute !== undefined) mute.pass = () => undefined
    ring.inject({ kind: 'plug', device: 2 })
    ring.run(100)
    ring.inject({ kind: 'plug', device: 3 })
    ring.until(came(ring), 20)
    expect(ring.news.at(-1)?.text).toBe('w (address 4) has joined behind io (address 5)')
  })

  test('that is taken off in the middle of joining disturbs nobody', () => {
    const ring = operational()
    const { seen, task } = worst(ring, [0, 1, 2, 3])
    for (const cycles of [30, 70, 120, 200, 400]) {
      ring.inject({ kind: 'plug', device: last })
      ring.run(cycles, task)
      ring.inject({ kind: 'pull', device: last })
      ring.run(3000, task)
      expect(ring.state).toBe(cycleState.operational)
    }
    ring.news.length = 0
    ring.inject({ kind: 'plug', device: last })
    ring.until(came(ring), 30, task)
    expect(seen.losses).toBeLessThanOrEqual(1)
  })
})
