/** A worker for tests: writes interrupts into an events page as fast as it can, until the word behind the page is set. */
import { workerData } from 'node:worker_threads'
import { eventsPage, EventsWriter } from '../../uio/events-page.ts'
import { bitsOf, timeOf } from './telling-events.ts'

const shared = workerData as SharedArrayBuffer
const words = new Int32Array(shared)
const writer = new EventsWriter(shared)
const time = { ns: 0.5 }
let count = 0
while (Atomics.load(words, eventsPage.bytes / 4) === 0) {
  count = (count + 1) | 0
  time.ns = timeOf(count)
  writer.record(bitsOf(count), time)
}
