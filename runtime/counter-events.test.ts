import { expect, test } from 'vitest'
import { CounterEvents } from './counter-events.ts'
import { EventLog } from './event-log.ts'

const none = { missedInterrupts: 0, maskedInterrupts: 0, overruns: 0, refusedSetpoints: 0 }

test('a counter that grows all the time is told at once, then once per second with all that came', () => {
  const told: string[] = []
  const events = new CounterEvents((kind, message) => told.push(`${kind}: ${message}`))
  for (let ms = 0; ms <= 2000; ms += 10)
    events.note({ ...none, missedInterrupts: ms / 10 + 1 }, ms * 1e6)
  expect(told).toEqual([
    'missed: 1 interrupts missed',
    'missed: 100 interrupts missed',
    'missed: 100 interrupts missed',
  ])
})

test('each counter has its own second', () => {
  const told: string[] = []
  const events = new CounterEvents((kind) => told.push(kind))
  events.note({ ...none, missedInterrupts: 1 }, 0)
  events.note({ missedInterrupts: 2, maskedInterrupts: 1, overruns: 1, refusedSetpoints: 1 }, 10e6)
  expect(told).toEqual(['missed', 'masked', 'overrun', 'refused'])
})

test('counts reach a subscriber but drive nothing out of the replay', () => {
  const log = new EventLog()
  log.emit('phase', 'CP0')
  const live: string[] = []
  log.events$.subscribe(({ kind }) => live.push(kind))
  for (let k = 0; k < 200; k++) log.emitCount('missed', '1 interrupts missed')
  log.emit('safe', 'safe state')
  expect(live).toHaveLength(202)
  expect(live.at(-1)).toBe('safe')
  const replayed: string[] = []
  let completed = false
  log.complete()
  log.events$.subscribe({
    next: ({ kind }) => replayed.push(kind),
    complete: () => (completed = true),
  })
  expect(replayed).toEqual(['phase', 'safe'])
  expect(completed).toBe(true)
})
