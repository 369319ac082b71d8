/**
 * `hold-card.ts NODE [look]`: opens the card, lets it send and interrupt, and tells how its wait ended. With `look` it
 * only opens the node beside another holder.
 */
import { openUioDevice } from '../../../uio/open-device.ts'
import { waitResult } from '../../../uio/device.ts'
import { openFile } from '../../../uio/system/file.ts'
import { startClock, startTelegrams } from './card-clock.ts'

const [path = '/dev/uio0', manner] = process.argv.slice(2)
const resultNames = new Map<number, string>(
  Object.entries(waitResult).map(([name, value]) => [value, name]),
)

if (manner === 'look') {
  if (openFile(path, 'readWrite') < 0) throw new Error(`${path} cannot be opened twice`)
  console.log('holding')
  setInterval(() => {}, 60_000)
} else {
  const device = openUioDevice({ by: 'path', path })
  startTelegrams(device)
  startClock(device, 20_000_000)
  for (let cycles = 0; ; cycles++) {
    const result = device.interrupt.wait(2000)
    if (cycles === 3) console.log('holding')
    if (result === waitResult.interrupt) continue
    console.log(`wait ended: ${resultNames.get(result) ?? result}`)
    break
  }
  device.close()
}
