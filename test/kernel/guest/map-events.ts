/** `map-events.ts NODE`: tries to get the events page writable in every way that mmap and mprotect offer. */
import { constants } from 'node:os'
import { closeFile, openFile } from '../../../uio/system/file.ts'
import { bind } from '../../../uio/system/libc.ts'
import { mapFile, pageSize, unmap } from '../../../uio/system/memory.ts'

const cProtect: (pointer: bigint, bytes: number, protection: number) => number = bind(
  'int mprotect(void *pointer, size_t bytes, int protection)',
)
const readAndWrite = 3

const [path = '/dev/uio0'] = process.argv.slice(2)
const eventsMap = 3
const fd = openFile(path, 'readWrite')
const writable = mapFile(fd, pageSize, eventsMap * pageSize, 'readWrite')
console.log(`writable: ${writable === -constants.errno.EACCES ? 'EACCES' : String(writable)}`)
const long = mapFile(fd, 2 * pageSize, eventsMap * pageSize, 'read')
console.log(`longer than the page: ${long === -constants.errno.EINVAL ? 'EINVAL' : String(long)}`)
const readable = mapFile(fd, pageSize, eventsMap * pageSize, 'read')
if (typeof readable === 'number')
  throw new Error(`a read-only mapping is refused with errno ${-readable}`)
console.log(
  `made writable: ${cProtect(readable, pageSize, readAndWrite) === 0 ? 'yes' : 'refused'}`,
)
unmap(readable, pageSize)
closeFile(fd)
