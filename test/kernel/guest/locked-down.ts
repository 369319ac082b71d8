/** `locked-down.ts NODE`: which ways to a card's memory and configuration the kernel leaves open. */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openUioDevice } from '../../../uio/open-device.ts'
import { openFile, write } from '../../../uio/system/file.ts'
import { lastErrno } from '../../../uio/system/libc.ts'
import { mapFile, pageSize } from '../../../uio/system/memory.ts'
import { errnoName } from '../../../uio/system/system-error.ts'

const [path = ''] = process.argv.slice(2)
const pci = join('/sys/class/uio', basename(path), 'device')

const device = openUioDevice({ by: 'path', path })
const refused = device.handle.maps.filter(({ pointer }) => pointer === undefined)
console.log(`maps: ${device.maps.length} seen, ${refused.length} refused`)
const on = write(device.handle.interruptFd, new Int32Array([1]), 4)
console.log(`irqcontrol: ${on === 4 ? 'written' : errnoName(lastErrno())}`)
device.close()

const resource = readdirSync(pci).find((name) => /^resource\d$/.test(name)) ?? ''
const mapped = mapFile(openFile(join(pci, resource), 'readWrite'), pageSize, 0, 'readWrite')
console.log(`resource file: ${typeof mapped === 'number' ? errnoName(-mapped) : 'mapped'}`)

const config = openFile(join(pci, 'config'), 'readWrite')
const written = write(config, new Uint8Array(2), 2)
console.log(`configuration: ${written < 0 ? errnoName(lastErrno()) : 'written'}`)
