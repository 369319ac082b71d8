/** A device that drops out while the ring is run up, or held in a phase, is named; a short absence is borne. */
import { describe, expect, test } from 'vitest'
import { cardRequest, cycleState } from '../../../cards/card.ts'
import { InProcessRing } from '../in-process-ring.ts'
import type { RingOptions } from '../in-process-ring.ts'

function held(phase: number, options: RingOptions = {}): InProcessRing {
  const ring = new InProcessRing(options)
  ring.ask(cardRequest.goToPhase, phase)
  ring.run(20)
  return ring
}

describe.each([1, 2, 3])('in CP%i', (phase) => {
  test('a device without SlaveValid for 10 cycles is borne', () => {
    const ring = held(phase)
    ring.inject({ kind: 'device', device: 2, does: 'silent', cycles: 10 })
    ring.run(30)
    expect(ring.master.phase).toBe(phase)
    ring.ask(cardRequest.goToPhase, 4)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('one that stays away is lost, by name', () => {
    const ring = held(phase)
    ring.inject({ kind: 'device', device: 2, does: 'silent', cycles: 1000 })
    ring.run(30)
    expect(ring.state).toBe(cycleState.faulted)
    expect(ring.master.fault?.message).toMatch(
      new RegExp(`DP_SERCOS3_DEVICE_LOST: z \\(address 3\\), CP${phase}: `),
    )
  })
})

test('in a short cycle 10 ms are borne, too', () => {
  const ring = held(3, { config: { cycleNs: 250_000 } })
  ring.inject({ kind: 'device', device: 2, does: 'silent', cycles: 38 })
  ring.run(60)
  expect(ring.master.fault).toBeUndefined()
  ring.inject({ kind: 'device', device: 2, does: 'silent', cycles: 48 })
  ring.run(60)
  expect(ring.master.fault?.message).toMatch(/DEVICE_LOST: z \(address 3\), CP3/)
})

test('the ring comes up again once the device is back', () => {
  const ring = held(2)
  ring.inject({ kind: 'device', device: 2, does: 'silent', cycles: 50 })
  ring.run(60)
  expect(ring.master.fault).toBeDefined()
  ring.ask(cardRequest.restart)
  expect(ring.state).toBe(cycleState.operational)
})
