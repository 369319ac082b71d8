/** `after-dropping.ts NODE USER`: opens the card as root, becomes the user, and tells what it then can and cannot do. */
import { waitResult } from '../../../uio/device.ts'
import { dropPrivileges } from '../../../uio/drop-privileges.ts'
import { openUioDevice } from '../../../uio/open-device.ts'
import { setFifo } from '../../../uio/system/scheduler.ts'
import { startClock, startTelegrams } from './card-clock.ts'

const [path = '', user = ''] = process.argv.slice(2)
const device = openUioDevice({ by: 'path', path })
dropPrivileges(user)

startTelegrams(device)
startClock(device, 20_000_000)
const isInterrupted = device.interrupt.wait(5000) === waitResult.interrupt
console.log(`interrupt: ${isInterrupted ? 'yes' : 'no'}`)
console.log(`SCHED_FIFO: ${setFifo(10) === 0 ? 'yes' : 'no'}`)
attempt('user 0 again', () => process.setuid?.(0))
attempt('group 0 again', () => process.setgid?.(0))
attempt('another group', () => process.setgroups?.([0]))
attempt('the card again', () => openUioDevice({ by: 'path', path }).close())
device.close()

function attempt(what: string, act: () => void): void {
  try {
    act()
    console.log(`${what}: yes`)
  } catch (error) {
    console.log(`${what}: ${(error as NodeJS.ErrnoException).code}`)
  }
}
