/**
 * Whatever ring the engineer builds and whatever happens to it on the way up and in CP4: it runs with telegrams in which all
 * agree, or an error names what is wrong; and once the cause is gone, a restart brings it back. It never hangs.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRing } from './any-ring.ts'
import type { RandomRing } from './random-ring.ts'
import { runRing } from './run-ring.ts'

/** runRing throws at what is wrong, with a dump; what it ended with is said here. */
function run(ring: RandomRing): void {
  expect(runRing(ring).last).toMatch(/^(?:CP4|DP_SERCOS3_[A-Z_]+)$/)
}

test('a small ring comes up, runs and comes back, whatever happens to it', () => {
  const rings = fc.property(anyRing({ minDevices: 1, maxDevices: 6 }, 4), run)
  fc.assert(rings, { numRuns: 12 })
})

test('a ring of 64 devices comes up, runs and comes back', () => {
  const rings = fc.property(anyRing({ minDevices: 64, maxDevices: 64 }, 2), run)
  fc.assert(rings, { numRuns: 1, endOnFailure: true })
})
