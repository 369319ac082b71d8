/** `irqcontrol.ts NODE`: turns the card's interrupts off and on through write(), prints what came meanwhile as JSON. */
import { openUioDevice } from '../../../uio/open-device.ts'
import { waitResult } from '../../../uio/device.ts'
import { startClock, stopClock } from './card-clock.ts'

const [path = '/dev/uio0'] = process.argv.slice(2)
const device = openUioDevice({ by: 'path', path })
const { interrupt } = device

startClock(device, 20_000_000)
const first = countFor(300)
interrupt.control(false)
// the one that was under way
interrupt.wait(0)
const whileOff = countFor(300)
interrupt.control(true)
const afterwards = countFor(300)
stopClock(device)
console.log(JSON.stringify({ first, whileOff, afterwards }))
device.close()

/** Interrupts that come within `ms`. */
function countFor(ms: number): number {
  const before = interrupt.total
  const endMs = performance.now() + ms
  for (;;) {
    const leftMs = Math.ceil(endMs - performance.now())
    if (leftMs <= 0 || interrupt.wait(leftMs) !== waitResult.interrupt)
      return interrupt.total - before
  }
}
