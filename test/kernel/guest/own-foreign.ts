/**
 * `own-foreign.ts NODE`: owns the foreign card (cards/emulation/foreign-card.ts) through uio_pci_generic: clears and
 * re-arms it until it has been silent for a second and a half. Prints how often it interrupted as JSON.
 */
import { foreignRegisters } from '../../../cards/emulation/foreign-card.ts'
import { waitResult } from '../../../uio/device.ts'
import { openUioDevice } from '../../../uio/open-device.ts'

const [path = '/dev/uio1'] = process.argv.slice(2)
const silentMs = 1500
const device = openUioDevice({ by: 'path', path })
const { interrupt } = device
const card = device.map(0)
const before = interrupt.total

serve()
console.log('ready')
// until the first one, the host takes its time
interrupt.wait(20_000)
do serve()
while (interrupt.wait(silentMs) === waitResult.interrupt)
console.log(JSON.stringify({ counted: (interrupt.total - before) | 0 }))
device.close()

function serve(): void {
  card.write32(foreignRegisters.status, 1)
  interrupt.rearm()
}
