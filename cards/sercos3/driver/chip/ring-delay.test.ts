import { expect, test } from 'vitest'
import { topology } from './cable-topology.ts'
import { ringDelayNs } from './ring-delay.ts'

/** TSref of three devices with a gap of 21 bytes. */
const referenceNs = 8040

test("a line is told what the vendors' master was seen to tell it", () => {
  const delays = { p1Ns: 2440, p2Ns: 0 }
  expect(ringDelayNs(delays, topology.linePort1, 1, referenceNs)).toBe(13_640)
})

test('in a ring both directions are told the greater of two values', () => {
  const delays = { p1Ns: 2920, p2Ns: 2880 }
  const told = [1, 2].map((port) => ringDelayNs(delays, topology.ring, port, referenceNs))
  expect(told).toEqual([13_200, 13_200])
})

test('each side of a broken ring is told its own', () => {
  const delays = { p1Ns: 1120, p2Ns: 2920 }
  const told = [1, 2].map((port) => ringDelayNs(delays, topology.brokenRing, port, referenceNs))
  expect(told).toEqual([14_960, 13_160])
})

test('a delay that these devices cannot have is refused', () => {
  const delays = { p1Ns: 8041, p2Ns: 0 }
  expect(() => ringDelayNs(delays, topology.linePort1, 1, referenceNs)).toThrow(
    /DP_SERCOS3_RING_DELAY: .*is 8041 ns, expected at most 8040 ns/,
  )
})
