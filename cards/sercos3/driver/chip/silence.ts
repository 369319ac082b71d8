/** The silent state, reached from any thread that has the registers mapped. */
import type { Region } from '../../../../uio/region.ts'
import { registers, watchdogTrigger } from '../../registers.ts'

/**
 * Stops transmission, the interrupt and the timers, and disarms the watchdog. Whole words, no reads: right in any state
 * of the chip, whoever else drives it. The devices lose the MST and run down by themselves.
 *
 * uio_sercos3 may set the interrupt's enable again when it is re-armed at this very moment. With the timers stopped
 * before it, nothing raises it.
 */
export function silenceCard(card: Region): void {
  card.write(registers.dfcsr, 0)
  card.write(registers.tcsr, 0)
  card.write(registers.ier0, 0)
  card.write(registers.wdcsr, watchdogTrigger.disarm)
}
