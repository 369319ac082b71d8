import { Subject } from 'rxjs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { portCounters } from '../cards/card.ts'
import type { PortCounter } from '../cards/card.ts'
import { tellPortErrors } from './port-events.ts'
import type { PortStatus } from './ring-types.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const none = Object.fromEntries(portCounters.map((name) => [name, 0])) as Record<
  PortCounter,
  number
>

function ports(first: Partial<PortStatus>, second: Partial<PortStatus> = {}): PortStatus[] {
  return [
    { ...none, port: 1, link: true, ...first },
    { ...none, port: 2, link: true, ...second },
  ]
}

test('errors that rise are told once per second with all that came, frames and old errors are not', () => {
  const ports$ = new Subject<PortStatus[]>()
  const told: string[] = []
  tellPortErrors(ports$, (message) => told.push(message))
  const sample = (...status: Parameters<typeof ports>) => {
    ports$.next(ports(...status))
    vi.advanceTimersByTime(500)
  }
  sample({ framesSent: 7 })
  expect(told).toEqual([])
  sample({ framesSent: 9, fcsErrors: 2, sercosErrors: 2 }, { mstMisses: 1 })
  // within the second
  sample({ fcsErrors: 3, sercosErrors: 2 }, { mstMisses: 1 })
  sample({ fcsErrors: 5, sercosErrors: 2 }, { mstMisses: 1 })
  sample({ fcsErrors: 5, sercosErrors: 2 }, { mstMisses: 1 })
  vi.advanceTimersByTime(1000)
  sample({ fcsErrors: 5, sercosErrors: 2, framesSent: 99 }, { mstMisses: 1 })
  expect(told).toEqual([
    'port 1: 2 FCS errors, 2 Sercos frame errors; port 2: 1 MSTs missed',
    'port 1: 3 FCS errors',
  ])
})

test('errors after a reset of the counters are new ones', () => {
  const ports$ = new Subject<PortStatus[]>()
  const told: string[] = []
  tellPortErrors(ports$, (message) => told.push(message))
  ports$.next(ports({ violations: 5 }))
  vi.advanceTimersByTime(1000)
  ports$.next(ports({ violations: 2 }))
  expect(told).toEqual(['port 1: 5 channel violations', 'port 1: 2 channel violations'])
})
