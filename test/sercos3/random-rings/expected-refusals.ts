/** Which errors a ring may end with although all its devices are in order. */
import type { RandomRing } from './random-ring.ts'

/** Whether this error is the configuration's own. */
export function isRefused(random: RandomRing, code: string): boolean {
  const { topology, wired, ucMtu } = random.card
  switch (code.replace('DP_SERCOS3_', '')) {
    case 'TOPOLOGY':
      return topology !== 'any' && topology !== wired
    case 'CONFIG':
      return longestProductionUs(random) > longestCycleUs
    case 'CYCLE_TOO_SHORT':
      return random.card.cycleUs < 4 * shortestCycleUs(random)
    case 'UC_WINDOW':
    case 'UC_RAM':
      return ucMtu !== undefined
    case 'LAYOUT':
    case 'RAM':
      return random.devices.length > 12
    default:
      return false
  }
}

const longestCycleUs = 65_000

function longestProductionUs({ card, devices }: RandomRing): number {
  const cycles = devices.flatMap(({ connections }) =>
    typeof connections === 'string'
      ? []
      : [connections.mdt.producerCycles ?? 1, connections.at.producerCycles ?? 1],
  )
  return card.cycleUs * Math.max(1, ...cycles)
}

/** Roughly: overhead, what two telegrams carry of each device, and its passage there and back. */
function shortestCycleUs({ devices }: RandomRing): number {
  return 20 + 15 * devices.length
}
