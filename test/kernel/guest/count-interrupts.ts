/** `count-interrupts.ts NODE COUNT CYCLE-NS`: waits for so many interrupts of the card, after a hundred to warm up, and prints what it saw as JSON. */
import { openUioDevice } from '../../../uio/open-device.ts'
import { waitResult } from '../../../uio/device.ts'
import { eventsPage } from '../../../uio/events-page.ts'
import { setFifo } from '../../../uio/system/scheduler.ts'
import { cycleBit, startClock, stopClock } from './card-clock.ts'

const [path = '/dev/uio0', wanted = '1000', cycle = '20000000'] = process.argv.slice(2)
const cycleNs = Number(cycle)
const device = openUioDevice({ by: 'path', path })
const { interrupt, events } = device
if (events === undefined) throw new Error('the device has no events page')
const page = device.map('events')
events.read(0)
const before = { uio: interrupt.total, page: events.count }
/** Node compiles these lines while the first interrupts come, which takes long under an emulated processor. */
const warmUp = 100
const seen = {
  waits: 0,
  missedWarmingUp: 0,
  missed: 0,
  timeouts: 0,
  strangeBits: 0,
  timesThatFell: 0,
  stalls: 0,
}
let lastNs = 0

// this thread does nothing but wait, so it starves nobody; no other program of the guest delays it
setFifo(50)
startClock(device, cycleNs)
while (taken() < warmUp + Number(wanted) && seen.timeouts < 3) takeInterrupt(1000)
stopClock(device)
// what was under way when the clock stopped
while (takeInterrupt(100));
events.read(before.page)

console.log(
  JSON.stringify({
    ...seen,
    counted: taken(),
    inPage: (events.count - before.page) >>> 0,
  }),
)
device.close()

function taken(): number {
  return (interrupt.total - before.uio) | 0
}

function takeInterrupt(timeoutMs: number): boolean {
  const result = interrupt.wait(timeoutMs)
  if (result === waitResult.timeout) seen.timeouts++
  if (result !== waitResult.interrupt || events === undefined) return false
  seen.waits++
  if (taken() <= warmUp) seen.missedWarmingUp += interrupt.missed
  else seen.missed += interrupt.missed
  const known = events.count
  if (!events.read(known)) throw new Error('the events page is never whole')
  if (events.bits !== cycleBit || !events.complete) seen.strangeBits++
  for (let number = known + 1; number <= events.count; number++) follow(timeOf(number))
  return true
}

/** A stall: an interrupt that came half a cycle late or more, because the guest itself did not run. */
function follow(timeNs: number): void {
  if (timeNs <= lastNs) seen.timesThatFell++
  if (lastNs !== 0 && timeNs - lastNs > 1.5 * cycleNs) seen.stalls++
  lastNs = timeNs
}

function timeOf(number: number): number {
  const entry = eventsPage.ring + (number % eventsPage.entries) * eventsPage.entryBytes
  const { timeLow, timeHigh } = eventsPage.entry
  return page.read32(entry + timeHigh) * 2 ** 32 + page.read32(entry + timeLow)
}
