/**
 * `outlive-unplug.ts NODE`: has the card send and interrupt until it is gone, and goes on reading and writing every one of
 * its maps for more than a second. Prints what they showed as JSON.
 */
import { waitResult } from '../../../uio/device.ts'
import { openUioDevice } from '../../../uio/open-device.ts'
import { startClock, startTelegrams } from './card-clock.ts'

const [path = '/dev/uio0'] = process.argv.slice(2)
const goOnMs = 1200
const device = openUioDevice({ by: 'path', path })
const { interrupt } = device
const maps = device.maps.map(({ index }) => device.map(index))

startTelegrams(device)
startClock(device, 20_000_000)
let taken = 0
let result: number = waitResult.interrupt
while (result === waitResult.interrupt) {
  result = interrupt.wait(5000)
  device.map('registers').write32(0x18, 1)
  interrupt.rearm()
  taken++
  if (taken === 3) console.log('holding')
}
const goneMs = performance.now()
console.log(`wait ended: ${result === waitResult.gone ? 'gone' : result}`)
const shown = maps.map((map) => map.read32(0))
let accesses = 0
while (performance.now() - goneMs < goOnMs)
  for (const map of maps)
    for (let offset = 0; offset < map.byteLength; offset += 0x400) {
      map.read32(offset)
      // the events page may not be written: that is no matter of the card
      if (map.name !== 'events') map.write32(offset, offset)
      accesses++
    }
// what was written into the others must not show here
const eventsAfterWrites = maps.find(({ name }) => name === 'events')?.read32(0x400)
const waitsAgain = interrupt.wait(100) === waitResult.gone
device.detach()
const detached = maps.map((map) => map.read32(0))
device.close()
console.log(JSON.stringify({ shown, eventsAfterWrites, detached, accesses, waitsAgain }))
