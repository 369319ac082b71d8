/**
 * `ride-storms.ts NODE COUNT`: has a source that does not clear masked so many times, starting it again each time; then
 * leaves it masked, and starts it once more when the host has mended it. Prints what it saw as JSON.
 */
import { registers } from '../../../cards/sercos3/registers.ts'
import { waitResult } from '../../../uio/device.ts'
import { openUioDevice } from '../../../uio/open-device.ts'
import { eventsPage } from '../../../uio/events-page.ts'
import { cycleBit } from './card-clock.ts'

const [path = '/dev/uio0', wanted = '20'] = process.argv.slice(2)
const storms = Number(wanted)
const device = openUioDevice({ by: 'path', path })
const { interrupt } = device
const chip = device.map('registers')
const page = device.map('events')
const before = { masked: page.read32(eventsPage.masked), uio: interrupt.total }

chip.write(registers.irr0, 0xffffffff)
chip.write(registers.ier0, cycleBit)
console.log('running')
for (let n = 1; n <= storms; n++) {
  while (masked() < n) if (interrupt.wait(5000) !== waitResult.interrupt) break
  if (n < storms) interrupt.control(true)
}
const stormy = { masked: masked(), counted: counted(), enabled: chip.read(registers.ier0) }
console.log('masked')
// the host mends the source within this time
const whileMasked = interrupt.wait(1000) === waitResult.interrupt
interrupt.control(true)
const again = interrupt.wait(1000) === waitResult.interrupt
// it cleared, and that was all
const thenMore = interrupt.wait(200) === waitResult.interrupt
console.log(JSON.stringify({ ...stormy, whileMasked, again, thenMore, maskedThen: masked() }))
device.close()

function masked(): number {
  return (page.read32(eventsPage.masked) - before.masked) | 0
}

function counted(): number {
  return (interrupt.total - before.uio) | 0
}
