/** What the card tells of cables and devices, as events. */
import type { CardNews } from '../cards/card.ts'
import { topology } from '../cards/sercos3/driver/chip/cable-topology.ts'
import type { EventLog } from './event-log.ts'
import type { MachineFile } from './machine-file/schema.ts'

type Wiring = MachineFile['card']['topology']

export function tellNews(
  log: EventLog,
  { news, timeNs }: { readonly news: CardNews; readonly timeNs: number },
  wiring: Wiring,
): void {
  const { text, device } = news
  const severity = isGood(news, wiring) ? 'info' : 'warning'
  log.emit(device === undefined ? 'topology' : 'device', text, { timeNs, severity, device })
}

/** A device that came, or cables that lie as the machine file says. */
function isGood({ kind, topology: code }: CardNews, wiring: Wiring): boolean {
  if (kind !== 'topology') return kind === 'deviceCame'
  if (code === topology.ring) return true
  return wiring === 'line' && code === topology.linePort1
}
