/**
 * A device has been exchanged and its address switch stands wrong, or as another one's: the engineer reads in the message which
 * address is missing, which are there and which is there twice, sets the switch, restarts, and the ring comes up.
 */
import { expect, test } from 'vitest'
import { cardRequest, cycleState } from '../../../cards/card.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'

function withAddress(device: number, address: number): InProcessRing {
  const ring = new InProcessRing()
  ring.inject({ kind: 'device', device, does: 'address', address })
  return ring
}

test.each([
  [
    77,
    /DEVICE_MISSING: y \(address 2\), CP0: .* is addresses 1, 77, 3, 4, 5\. .*check its address switch/,
  ],
  [
    3,
    /DOUBLE_ADDRESS: z \(address 3\), CP0: .* is address 3 at places 2 and 3\. Give each device an address of its own/,
  ],
  [5, /DOUBLE_ADDRESS: io \(address 5\), CP0: .* is address 5 at places 2 and 5\./],
])('y stands at %i instead of 2, and comes up once it is corrected', (address, message) => {
  const ring = withAddress(1, address)
  expect(() => ring.runUp()).toThrow(message)
  ring.inject({ kind: 'device', device: 1, does: 'address', address: 2 })
  ring.ask(cardRequest.restart)
  expect(ring.state).toBe(cycleState.operational)
})

test('two devices that were swapped are told by their order', () => {
  const ring = withAddress(1, 3)
  ring.inject({ kind: 'device', device: 2, does: 'address', address: 2 })
  expect(() => ring.runUp()).toThrow(
    /DEVICE_ORDER: CP0: .* is 1, 3, 2, 4, 5, expected 1, 2, 3, 4, 5/,
  )
})

test('a device that nobody configured is told by its address', () => {
  const present = [...ringConfig.devices, { name: 'new', address: 9, profile: 'drive' as const }]
  expect(() => new InProcessRing({ present }).runUp()).toThrow(/DEVICE_EXTRA: address 9, CP0: /)
})

test('an address that is set while the ring runs counts from the next start on', () => {
  const ring = new InProcessRing()
  ring.runUp()
  ring.inject({ kind: 'device', device: 1, does: 'address', address: 77 })
  ring.run(200)
  expect(ring.state).toBe(cycleState.operational)
  expect(() => ring.ask(cardRequest.restart)).toThrow(/DEVICE_MISSING: y \(address 2\), CP0/)
})

test('an address that is there twice and nobody was configured with is told by its places', () => {
  const ring = withAddress(1, 77)
  ring.inject({ kind: 'device', device: 3, does: 'address', address: 77 })
  expect(() => ring.runUp()).toThrow(/DOUBLE_ADDRESS: CP0: .* is address 77 at places 2 and 4\./)
})
