/**
 * `count-late.ts NODE COUNT`: takes interrupts that the host orders until COUNT have come or no more come, and sleeps after
 * every fiftieth wait while they go on. Prints what it saw as JSON.
 */
import { registers } from '../../../cards/sercos3/registers.ts'
import { waitResult } from '../../../uio/device.ts'
import { openUioDevice } from '../../../uio/open-device.ts'
import { eventsPage } from '../../../uio/events-page.ts'
import { cycleBit } from './card-clock.ts'

const [path = '/dev/uio0', wanted = '500'] = process.argv.slice(2)
const sleepEvery = 50
const sleepMs = 100

const device = openUioDevice({ by: 'path', path })
const { interrupt } = device
const chip = device.map('registers')
const page = device.map('events')
/** The counts of the wait, of the stub's page, and of this source there: the same. */
const before = { uio: interrupt.total, page: inPage(), source: ofSource() }
const seen = { waits: 0, missed: 0, mostMissed: 0 }
const still = new Int32Array(new SharedArrayBuffer(4))

chip.write(registers.irr0, 0xffffffff)
chip.write(registers.ier0, cycleBit)
console.log('ready')
while (counted() < Number(wanted) && takeOne(3000))
  if (seen.waits % sleepEvery === 0) Atomics.wait(still, 0, 0, sleepMs)
// what nobody raised does not come either
while (takeOne(300));
console.log(
  JSON.stringify({
    ...seen,
    counted: counted(),
    inPage: (inPage() - before.page) | 0,
    ofSource: (ofSource() - before.source) | 0,
  }),
)
device.close()

function counted(): number {
  return (interrupt.total - before.uio) | 0
}

function inPage(): number {
  return page.read32(eventsPage.count)
}

function ofSource(): number {
  return page.read32(eventsPage.sourceCounts)
}

function takeOne(timeoutMs: number): boolean {
  if (interrupt.wait(timeoutMs) !== waitResult.interrupt) return false
  seen.waits++
  seen.missed += interrupt.missed
  seen.mostMissed = Math.max(seen.mostMissed, interrupt.missed)
  return true
}
