/**
 * The ring delay: how long telegrams need to come back, per port, and what of it the devices are told as S-0-1015, so that
 * all of them take the same moment for the start of their cycle. CoSeMa CSMD_CALC.c (with a stable TSref).
 */
import { DualportError } from '../../../../errors.ts'
import type { Nanoseconds } from '../../../../units.ts'
import { topology } from './cable-topology.ts'
import type { MasterChip } from './master-chip.ts'

/** Mean network delays, ns; 0 where a port received nothing. */
export type RingDelays = { readonly p1Ns: Nanoseconds; readonly p2Ns: Nanoseconds }

/** Sums up what the chip measures, a cycle at a time. */
export class RingDelayMeter {
  #sum1 = 0
  #sum2 = 0
  #cycles = 0

  /** In a cycle with fresh telegrams. */
  add(chip: MasterChip): void {
    this.#sum1 += chip.ringDelayNs(1)
    this.#sum2 += chip.ringDelayNs(2)
    this.#cycles++
  }

  get mean(): RingDelays {
    const over = (sum: number) => (this.#cycles === 0 ? 0 : Math.round(sum / this.#cycles))
    return { p1Ns: over(this.#sum1), p2Ns: over(this.#sum2) }
  }
}

/**
 * S-0-1015 of a device that is read from `port`. In a ring it holds for both directions: the lower delay gives the greater
 * value. `referenceNs`: TSref. Throws DP_SERCOS3_RING_DELAY.
 */
export function ringDelayNs(
  delays: RingDelays,
  wiring: number,
  port: number,
  referenceNs: Nanoseconds,
): Nanoseconds {
  const longest = Math.max(delays.p1Ns, delays.p2Ns)
  if (longest > referenceNs)
    throw new DualportError('DP_SERCOS3_RING_DELAY', {
      at: 'ring delay',
      actual: `${longest} ns`,
      expected: `at most ${referenceNs} ns with these devices`,
    })
  const own = port === 1 ? delays.p1Ns : delays.p2Ns
  const measured = wiring === topology.ring ? Math.min(delays.p1Ns, delays.p2Ns) : own
  return 2 * referenceNs - measured
}
