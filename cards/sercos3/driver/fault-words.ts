/** What a fault in CP4 is called. Worded when it is asked for: the cycle itself notes numbers only. */
import { DualportError } from '../../../errors.ts'
import { cycleState } from '../../card.ts'
import type { CycleState } from '../../card.ts'
import { topologyText } from './chip/cable-topology.ts'
import { toleratedLosses } from './cycle/cyclic-exchange.ts'
import type { RunUpContext } from './script/run-up-context.ts'

export type FaultFacts = {
  readonly state: CycleState
  readonly watchdogAlarmed: boolean
  readonly silenced: boolean
}

export function wordFault(context: RunUpContext, facts: FaultFacts): Error {
  if (facts.state === cycleState.gone) return new DualportError('DP_SERCOS3_GONE')
  if (facts.watchdogAlarmed) return new DualportError('DP_SERCOS3_WATCHDOG', { at: 'WDCSR' })
  if (facts.silenced) return new DualportError('DP_SERCOS3_SILENCED')
  const { exchange, config } = context
  return new DualportError('DP_SERCOS3_TELEGRAMS_LOST', {
    at: 'CP4',
    actual: `wiring: ${topologyText(exchange.topology)}`,
    expected: `at most ${toleratedLosses} lost cycles in a row, ${config.watchdogCycles} stale ones`,
  })
}
