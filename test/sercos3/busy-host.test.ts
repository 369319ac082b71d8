/** A host whose program does not get its CPU for a while, as on a desk without real-time rights. */
import { expect, test } from 'vitest'
import { cycleState } from '../../cards/card.ts'
import { nsPerMs } from '../../units.ts'
import { InProcessRing } from './in-process-ring.ts'

test('devices are not blamed for time in which the host stood still', () => {
  const ring = new InProcessRing()
  let phases = 0
  let cyclesInPhase = 0
  while (ring.state === cycleState.starting && ring.master.fault === undefined) {
    ring.step()
    if (ring.phases.length !== phases) cyclesInPhase = 0
    phases = ring.phases.length
    // time goes by at the start of each phase, the ring's cycles do not
    if (cyclesInPhase++ < 20) ring.nowNs += 300 * nsPerMs
  }
  expect(ring.master.fault).toBeUndefined()
  expect(ring.state).toBe(cycleState.operational)
})
