/**
 * Data of a device are live only while it produces: not what stands still in the buffers, not after the ring was left or
 * failed. A device that does not come back stays lost.
 */
import { describe, expect, test } from 'vitest'
import {
  cardRequest,
  connectionState,
  cycleState,
  driveService,
  driveServiceState,
} from '../../../cards/card.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'

const lost = { waiting: connectionState.waiting, error: connectionState.error }

function operational(): InProcessRing {
  const ring = new InProcessRing()
  ring.runUp()
  ring.run(50)
  return ring
}

/** Begins the reset of drive x; answers the states of its connection and whether its image was live until it ended. */
function resetDrive(ring: InProcessRing) {
  const { services, connections, drives } = ring.master
  const states = new Set<number>()
  let live = 0
  services.begin(0, driveService.reset, 0)
  const ended = () => services.state(0, driveService.reset) !== driveServiceState.underWay
  ring.until(ended, 2, () => {
    states.add(connections.connectionState(0))
    if (drives[0]?.live === true) live++
  })
  return { states, live }
}

describe('the reset of a drive', () => {
  test('whose new-data bit stands still fails without a cycle of live data, and the drive stays lost', () => {
    const ring = operational()
    ring.inject({ kind: 'device', device: 0, does: 'stuckToggle', stuck: true })
    ring.run(10)
    const { states, live } = resetDrive(ring)
    expect(live).toBe(0)
    expect(states).toEqual(new Set([lost.waiting, lost.error]))
    const { services, connections } = ring.master
    expect(services.state(0, driveService.reset)).toBe(driveServiceState.failed)
    expect(services.error(0, driveService.reset)?.message).toMatch(/DEVICE_LOST: x \(address 1\)/)
    expect(connections.connectionState(0)).toBe(connectionState.error)
  })

  test('takes it up again as soon as it produces', () => {
    const ring = operational()
    ring.inject({ kind: 'device', device: 0, does: 'stuckToggle', stuck: true })
    ring.run(10)
    resetDrive(ring)
    ring.inject({ kind: 'device', device: 0, does: 'stuckToggle', stuck: false })
    resetDrive(ring)
    expect(ring.master.services.state(0, driveService.reset)).toBe(driveServiceState.done)
    expect(ring.master.drives[0]?.live).toBe(true)
  })
})

test('one cycle without SlaveValid makes old data no newer', () => {
  const ring = operational()
  const slave = ring.slaves[0]
  if (slave === undefined) throw new Error('no slave')
  // its producer pauses for two cycles, in the first of which it does not show itself: the same C-CON again
  const { producers } = Reflect.get(slave, 'connections') as { producers: { countdown: number }[] }
  for (const producer of producers) producer.countdown = 2
  ring.inject({ kind: 'device', device: 0, does: 'silent', cycles: 1 })
  const { connections } = ring.master
  ring.run(1)
  expect(connections.lossesInARow(0)).toBe(1)
  ring.run(1)
  expect(connections.lossesInARow(0)).toBe(2)
  expect(connections.connectionState(0)).toBe(connectionState.warning)
  ring.run(1)
  expect(connections.connectionState(0)).toBe(connectionState.consuming)
})

/** What is live, and the states of the connections. */
function inUse(ring: InProcessRing): { live: boolean[]; states: number[] } {
  const { drives, ios, connections } = ring.master
  return {
    live: [...drives, ...ios].map(({ live }) => live),
    states: ring.slaves.map((_, n) => connections.connectionState(n)),
  }
}

const nothing = {
  live: [false, false, false, false, false],
  states: ringConfig.devices.map(() => connectionState.init),
}

describe('nothing is live, and no connection in use,', () => {
  test.each([-1, 0, 1, 2])('in phase %i', (phase) => {
    const ring = operational()
    ring.ask(cardRequest.goToPhase, phase)
    ring.run(5)
    expect(inUse(ring)).toEqual(nothing)
  })

  test('after a fault', () => {
    const ring = operational()
    ring.chip.losses.at = 100
    ring.run(50)
    expect(ring.state).toBe(cycleState.faulted)
    expect(inUse(ring)).toEqual(nothing)
  })

  test('after silence', () => {
    const ring = operational()
    ring.master.silence()
    expect(inUse(ring)).toEqual(nothing)
  })

  test('when the card is gone', () => {
    const ring = operational()
    ring.inject({ kind: 'deadCard' })
    ring.run(30)
    ring.driverCycle()
    expect(ring.state).toBe(cycleState.gone)
    expect(inUse(ring)).toEqual(nothing)
  })
})
