/** A process for tests: opens the device of a planted sysfs tree, says so, and holds it until its input ends. */
import { openUioDevice } from '../../uio/open-device.ts'

const [sysfs = '', dev = '', name = ''] = process.argv.slice(2)
const device = openUioDevice({ by: 'name', name }, { sysfs, dev })
process.stdout.write('held\n')
process.stdin.on('end', () => {
  device.close()
})
process.stdin.resume()
