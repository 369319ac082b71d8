/** The record that the cyclic worker leaves of each cycle, for a machine without axes. */
import { cycleState } from '../../../../cards/card.ts'
import { ControlBlock } from '../../../../runtime/shared/control-block.ts'
import { allocateEventRing } from '../../../../runtime/shared/event-ring.ts'
import { recordLayout } from '../../../../runtime/shared/record-layout.ts'
import { allocateRecordRing } from '../../../../runtime/shared/record-ring.ts'
import { at, CycleRecorder } from '../../../../runtime/worker/cycle-recorder.ts'
import { MonotonicClock } from '../../../../uio/clock.ts'
import type { EventsReader } from '../../../../uio/events-page.ts'

const records = 1024
const layout = recordLayout(0, 0)
const control = new ControlBlock(ControlBlock.allocate(0))
const ring = allocateRecordRing(layout.fields, records)
const recorder = new CycleRecorder(control, [], [], layout, ring, allocateEventRing())
const clock = new MonotonicClock()

/** Cyclic. The interrupt's time comes from the events page where there is one. */
export function record(events: EventsReader | undefined): void {
  const times = recorder.times
  clock.sample()
  const nowNs = clock.ns
  times[at.woken] = nowNs
  times[at.interrupt] = nowNs
  if (events !== undefined && events.read(events.count)) times[at.interrupt] = events.timeNs
  times[at.latency] = nowNs - (times[at.interrupt] as number)
  recorder.cycle++
  recorder.state = cycleState.operational
  recorder.record()
}
