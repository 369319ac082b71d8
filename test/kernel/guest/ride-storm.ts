/** `ride-storm.ts NODE`: lets the line be stuck, waits until the stub masked it, and starts it again when told so. */
import { openUioDevice } from '../../../uio/open-device.ts'
import { waitResult } from '../../../uio/device.ts'
import { eventsPage } from '../../../uio/events-page.ts'
import { startClock, stopClock } from './card-clock.ts'

const [path = '/dev/uio0'] = process.argv.slice(2)
const device = openUioDevice({ by: 'path', path })
const { interrupt } = device
const page = device.map('events')
const maskedBefore = page.read32(eventsPage.masked)

startClock(device, 20_000_000)
console.log('running')
const before = interrupt.total
while (page.read32(eventsPage.masked) === maskedBefore) interrupt.wait(100)
// the page tells of it before the kernel has counted it
while (interrupt.wait(50) === waitResult.interrupt);
console.log(`masked after ${interrupt.total - before}`)
// the host takes the fault away within this time
const quiet = interrupt.wait(3000)
console.log(`while masked: ${quiet === waitResult.timeout ? 'no interrupt' : 'an interrupt'}`)
interrupt.control(true)
const again = interrupt.wait(1000)
console.log(`after irqcontrol: ${again === waitResult.interrupt ? 'an interrupt' : 'no interrupt'}`)
stopClock(device)
device.close()
