/**
 * `outlive-card.ts NODE FILE`: keeps every map of the card while its driver lets it go, and goes on reading and writing
 * them when FILE is there. Prints what the maps showed as JSON.
 */
import { existsSync } from 'node:fs'
import { waitResult } from '../../../uio/device.ts'
import { openUioDevice } from '../../../uio/open-device.ts'
import { startClock } from './card-clock.ts'

const [path = '/dev/uio0', file = '/tmp/bound-again'] = process.argv.slice(2)
const identification = 0
const mark = 0x12345678

const device = openUioDevice({ by: 'path', path })
const registers = device.map('registers')
const memory = device.map('dma')
const before = registers.read32(identification)
memory.write32(0, mark)
startClock(device, 20_000_000)
console.log('holding')
while (device.interrupt.wait(5000) === waitResult.interrupt);
console.log('gone')
while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20))
const shown = device.maps.map(({ index }) => device.map(index).read32(0))
// if these reached the card, it would send; if the memory, the next user would find it
registers.write32(0x20, 0xffffffff)
memory.write32(4, mark)
console.log(JSON.stringify({ before, shown }))
device.close()
