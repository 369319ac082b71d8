/**
 * Interrupts as a ring raises them, for the clock that follows it: on the stage of the rehearsal they come as fast as the
 * machine can turn, which says nothing of a real ring's. Here are all the kinds: on time, late, missed, and a new phase.
 */
import { RingClock } from '../../cards/sercos3/driver/timing/ring-clock.ts'

const interrupts = 30_000
const lateEvery = 37
const missedEvery = 101
const newPhaseEvery = 2003

/** Not cyclic; some milliseconds. */
export function rehearseClock(cycleNs: number): void {
  const clock = new RingClock(cycleNs)
  let dueNs = 1e9 + 0.5
  for (let n = 0; n < interrupts; n++) {
    const cycles = n % missedEvery === 0 ? 2 : 1
    dueNs += cycles * cycleNs
    if (n % newPhaseEvery === 0) dueNs += 0.6 * cycleNs
    clock.interruptNs = dueNs + (n % lateEvery === 0 ? 0.3 * cycleNs : (n % 7) * 100)
    clock.note(cycles)
  }
}
