/**
 * `ride-driver.ts NODE KIND COUNT`: takes so many events of a card through the kernel's own UIO driver, clears each at the
 * card and re-arms; after some it leaves re-arming out for a while. Prints what it saw as JSON.
 */
import { openUioDevice } from '../../../uio/open-device.ts'
import { waitResult } from '../../../uio/device.ts'
import { setFifo } from '../../../uio/system/scheduler.ts'
import { cardSource } from './card-sources.ts'

const [path = '/dev/uio0', kind = '', wanted = '500'] = process.argv.slice(2)
const count = Number(wanted)
/** So often the next event is left waiting, so long. */
const heldTimes = 10
const heldMs = 50
/** The card's next event comes well within this. */
const lateMs = 3000

const source = cardSource(kind)
const device = openUioDevice({ by: 'path', path })
const { interrupt } = device
const before = interrupt.total
const seen = {
  /** Events that stood at the card when an interrupt came. */
  taken: 0,
  /** Times that an event was left waiting, and interrupts that came although nobody had re-armed. */
  held: 0,
  leaked: 0,
  /** Times that no interrupt came. */
  late: 0,
}
// asking for a region is what fails where its map could not be mapped
const maps = device.maps.map(({ index }) => device.map(index).byteLength)

setFifo(50)
source.enable(device)
interrupt.rearm()
console.log('ready')
while (seen.taken < count && seen.late === 0) takeOne()
// what nobody raised does not come either
interrupt.wait(300)
console.log(JSON.stringify({ ...seen, counted: (interrupt.total - before) | 0, maps }))
device.close()

function takeOne(): void {
  if (interrupt.wait(lateMs) !== waitResult.interrupt) {
    seen.late++
    return
  }
  if (source.acknowledge(device)) seen.taken++
  // the event that follows stands at the card, and must stay there
  if (seen.held < heldTimes && seen.taken < count) {
    seen.held++
    if (interrupt.wait(heldMs) === waitResult.interrupt) seen.leaked++
  }
  interrupt.rearm()
}
