/** BARs and command register of a card, past its driver: through the PCI core's files, as root. */
import { closeSync, openSync, readSync } from 'node:fs'
import { Region } from '../../../uio/region.ts'
import { closeFile, openFile } from '../../../uio/system/file.ts'
import { viewMemory } from '../../../uio/system/libc.ts'
import { mapOrThrow } from '../../../uio/system/memory.ts'

const commandOffset = 4
const busMasterBit = 4

/** 'uio0' of '/dev/uio0', in sysfs. */
export function sysfsOf(path: string): string {
  return `/sys/class/uio/${path.slice(path.lastIndexOf('/') + 1)}`
}

/** A BAR that no driver has claimed. It stays mapped until the program ends, whatever becomes of the driver. */
export function mapBar(folder: string, bar: number, bytes: number): Region {
  const fd = openFile(`${folder}/resource${bar}`, 'readWrite')
  if (fd < 0) throw new Error(`resource${bar} cannot be opened: errno ${-fd}`)
  const memory = viewMemory(mapOrThrow(fd, bytes, 0, 'readWrite'), bytes)
  closeFile(fd)
  return new Region(`bar${bar}`, memory)
}

export function isBusMaster(folder: string): boolean {
  const command = Buffer.alloc(2)
  const fd = openSync(`${folder}/config`, 'r')
  readSync(fd, command, 0, 2, commandOffset)
  closeSync(fd)
  return (command.readUInt16LE() & busMasterBit) !== 0
}
