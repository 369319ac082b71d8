/** Errors on the card's ports as events: one for all that rose, at most once per second. */
import type { Observable } from 'rxjs'
import type { PortCounter } from '../cards/card.ts'
import type { PortStatus } from './ring-types.ts'

const atMostEveryMs = 1000

const words = {
  fcsErrors: 'FCS errors',
  alignmentErrors: 'alignment errors',
  violations: 'channel violations',
  sercosErrors: 'Sercos frame errors',
  mstMisses: 'MSTs missed',
} as const satisfies { readonly [counter in PortCounter]?: string }

const names = Object.keys(words) as (keyof typeof words)[]

/** Whether the port has had any of the errors that are told. */
export function portErrors(port: PortStatus): string[] {
  return names.filter((name) => port[name] > 0).map((name) => `${port[name]} ${words[name]}`)
}

/** Ends with the stream. */
export function tellPortErrors(
  ports$: Observable<readonly PortStatus[]>,
  tell: (message: string) => void,
): void {
  let said: readonly PortStatus[] = []
  let saidAt = -Infinity
  ports$.subscribe((ports) => {
    if (performance.now() - saidAt < atMostEveryMs) return
    const risen = ports.flatMap((port, n) => {
      const before = said[n]
      const more = portErrors(before === undefined ? port : since(port, before))
      return more.length === 0 ? [] : [`port ${port.port}: ${more.join(', ')}`]
    })
    said = ports
    if (risen.length === 0) return
    saidAt = performance.now()
    tell(risen.join('; '))
  })
}

/** What rose; counts that were reset meanwhile are all new. */
function since(port: PortStatus, before: PortStatus): PortStatus {
  const rise = names.map((name) => {
    const more = port[name] - before[name]
    return [name, more >= 0 ? more : port[name]] as const
  })
  return { ...port, ...Object.fromEntries(rise) }
}
