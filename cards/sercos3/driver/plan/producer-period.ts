/** After how many cycles all connections have produced at once again: the period of TSref. CSMD_CALC.c. */
import { DualportError } from '../../../../errors.ts'
import type { TelegramLayout } from './telegram-layout.ts'

/** SCCMDT counts to 65 535. */
const longest = 0x10000

/** Least common multiple of the producer cycles of all connections. Throws DP_SERCOS3_PRODUCER_CYCLES. */
export function producerPeriod({ devices }: Pick<TelegramLayout, 'devices'>): number {
  const cycles = devices.flatMap((device) => [device.mdtProducerCycles, device.atProducerCycles])
  const period = cycles.reduce((multiple, each) => (multiple * each) / divisor(multiple, each), 1)
  if (period <= longest) return period
  throw new DualportError('DP_SERCOS3_PRODUCER_CYCLES', {
    at: 'connections.producerCycles',
    actual: [...new Set(cycles)].toSorted((a, b) => a - b).join(', '),
    expected: `a least common multiple of at most ${longest}`,
  })
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}
