/**
 * `count-paced.ts NODE COUNT`: takes interrupts that the host orders, without a clock, until COUNT have come or no more
 * come. Prints what it saw as JSON.
 */
import { registers } from '../../../cards/sercos3/registers.ts'
import { waitResult } from '../../../uio/device.ts'
import { openUioDevice } from '../../../uio/open-device.ts'
import { eventsPage } from '../../../uio/events-page.ts'
import { setFifo } from '../../../uio/system/scheduler.ts'
import { cycleBit } from './card-clock.ts'

const [path = '/dev/uio0', wanted = '500'] = process.argv.slice(2)
const device = openUioDevice({ by: 'path', path })
const { interrupt } = device
const chip = device.map('registers')
const page = device.map('events')
const before = { uio: interrupt.total, page: page.read32(eventsPage.count) }
const seen = { waits: 0, missed: 0 }

setFifo(50)
chip.write(registers.irr0, 0xffffffff)
chip.write(registers.ier0, cycleBit)
console.log('ready')
while (counted() < Number(wanted) && takeOne(3000));
// what nobody raised does not come either
while (takeOne(300));
console.log(
  JSON.stringify({
    ...seen,
    counted: counted(),
    inPage: (page.read32(eventsPage.count) - before.page) | 0,
    masked: page.read32(eventsPage.masked),
  }),
)
device.close()

function counted(): number {
  return (interrupt.total - before.uio) | 0
}

function takeOne(timeoutMs: number): boolean {
  if (interrupt.wait(timeoutMs) !== waitResult.interrupt) return false
  seen.waits++
  seen.missed += interrupt.missed
  return true
}
