/**
 * A device trips, falls silent or loses its supply while the others run: the engineer sees which one it was, the others go on,
 * and it takes part again after a reset, by itself where it may come and go, or by a restart.
 */
import { describe, expect, test } from 'vitest'
import { cardRequest, connectionState, cycleState } from '../../../cards/card.ts'
import { topology } from '../../../cards/sercos3/driver/chip/cable-topology.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'

const enable = 0xe000
const errorBit = 1 << 13

function enabled(): { ring: InProcessRing; task: () => void; powered: () => boolean[] } {
  const ring = new InProcessRing()
  ring.runUp()
  const task = () => ring.master.drives.forEach((drive) => drive.writeControl(enable))
  const powered = () => ring.slaves.slice(0, 4).map(({ observation }) => observation.operating)
  ring.until(() => powered().every(Boolean), 5, task)
  return { ring, task, powered }
}

const stateOf = (ring: InProcessRing, device: number) =>
  ring.master.connections.connectionState(device)

test('a drive that trips drops its power and says so; the others keep theirs, and a reset clears it', () => {
  const { ring, task, powered } = enabled()
  ring.inject({ kind: 'driveFault', device: 1 })
  ring.run(1000, task)
  expect(ring.state).toBe(cycleState.operational)
  expect(powered()).toEqual([true, false, true, true])
  const trips = () => ring.master.drives.map((drive) => (drive.readStatus() & errorBit) !== 0)
  expect(trips()).toEqual([false, true, false, false])
  const off = () =>
    ring.master.drives.forEach((drive, n) => drive.writeControl(n === 1 ? 0 : enable))
  ring.run(20, off)
  ring.master.resetDrive(1)
  ring.until(() => ring.master.resetState(1) === 2, 5, off)
  ring.run(20, off)
  expect(trips()).toEqual([false, false, false, false])
  ring.until(() => powered().every(Boolean), 5, task)
})

test('a drive whose supply goes takes only itself along, and a restart takes it in again', () => {
  const { ring, task, powered } = enabled()
  ring.inject({ kind: 'powerCycle', device: 1 })
  ring.run(300, task)
  expect(ring.state).toBe(cycleState.operational)
  expect(powered()).toEqual([true, false, true, true])
  expect(ring.master.drives.map(({ live }) => live)).toEqual([true, false, true, true])
  expect(ring.news.map(({ text }) => text)).toContain(
    'a ring has become a broken ring: open between x (address 1) and z (address 3)',
  )
  ring.run(100)
  ring.ask(cardRequest.restart)
  ring.run(20)
  expect(ring.master.drives.map(({ live }) => live)).toEqual([true, true, true, true])
  expect(ring.slaves.every(({ observation }) => observation.phase === 4)).toBe(true)
})

test('a device that loses its supply while the ring comes up is named', () => {
  const ring = new InProcessRing()
  const up = () =>
    ring.until(() => {
      if (ring.phases.at(-1) === 'CP2' && ring.slaves[2]?.observation.phase === 2)
        ring.inject({ kind: 'powerCycle', device: 2 })
      return ring.state !== cycleState.starting
    }, 30)
  expect(up).toThrow(/DP_SERCOS3_\w+: z \(address 3\), CP2/)
})

describe('a device that is silent for a while', () => {
  const silence = { kind: 'device', device: 3, does: 'silent', cycles: 20 } as const

  test('and must be there stays lost until the restart', () => {
    const ring = new InProcessRing()
    ring.runUp()
    ring.run(20)
    ring.inject(silence)
    ring.run(300)
    expect(stateOf(ring, 3)).toBe(connectionState.error)
    ring.ask(cardRequest.restart)
    expect(stateOf(ring, 3)).toBe(connectionState.consuming)
  })

  test('and may come and go takes part again by itself', () => {
    const devices = ringConfig.devices.map((one, n) => ({ ...one, optional: n === 3 }))
    const ring = new InProcessRing({ config: { devices } })
    ring.runUp()
    ring.run(20)
    ring.inject(silence)
    ring.run(15)
    expect(stateOf(ring, 3)).toBe(connectionState.absent)
    ring.run(100)
    expect(stateOf(ring, 3)).toBe(connectionState.consuming)
    expect(ring.news.map(({ text }) => text)).toEqual([
      'w (address 4) has gone',
      'w (address 4) takes part again',
    ])
  })
})

test('devices that were lost together behind a cable join again one after the other when it is back', () => {
  const devices = ringConfig.devices.map((one, n) => ({ ...one, optional: n >= 2 }))
  const ring = new InProcessRing({ config: { devices, topology: 'line' } })
  ring.runUp()
  ring.inject({ kind: 'ringBreak', after: 2 })
  ring.run(600)
  expect([2, 3, 4].map((device) => stateOf(ring, device))).toEqual([8, 8, 8])
  ring.inject({ kind: 'ringClosed' })
  ring.until(
    () => [2, 3, 4].every((device) => stateOf(ring, device) === connectionState.consuming),
    30,
  )
  expect(ring.slaves.every(({ observation }) => observation.phase === 4)).toBe(true)
  expect(ring.state).toBe(cycleState.operational)
})

test.each([120, 200, 230, 309, 340])(
  'a device that loses its supply again while it joins, %i cycles after the first time, joins later',
  (cycles) => {
    const devices = ringConfig.devices.map((one, n) => ({ ...one, optional: n === 4 }))
    const ring = new InProcessRing({ config: { devices, topology: 'line' } })
    ring.runUp()
    ring.inject({ kind: 'powerCycle', device: 4 })
    ring.run(cycles)
    ring.inject({ kind: 'powerCycle', device: 4 })
    ring.until(() => stateOf(ring, 4) === connectionState.consuming, 30)
    expect(ring.state).toBe(cycleState.operational)
  },
)

test('a device whose neighbour fails while it joins joins once the neighbour is back, and the ring closes', () => {
  const devices = ringConfig.devices.map((one, n) => ({ ...one, optional: n >= 3 }))
  const ring = new InProcessRing({ config: { devices } })
  ring.runUp()
  ring.inject({ kind: 'powerCycle', device: 4 })
  ring.run(500)
  ring.inject({ kind: 'powerCycle', device: 3 })
  ring.until(() => [3, 4].every((device) => stateOf(ring, device) === connectionState.absent), 30)
  const closed = () => ring.master.topology === topology.ring && !ring.master.needsAttention
  ring.until(closed, 60)
  expect([3, 4].map((device) => stateOf(ring, device))).toEqual([3, 3])
})
