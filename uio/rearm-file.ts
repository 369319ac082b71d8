/** Opening the file through which an interrupt is re-armed: while this process still has the rights, for all threads. */
import { join } from 'node:path'
import { chooseRearmWay } from './choose-rearmer.ts'
import type { MappedMap, RearmFile } from './device.ts'
import type { KernelDriver } from './kernel-drivers.ts'
import { closeFile, openFile, pread } from './system/file.ts'
import { lastErrno } from './system/libc.ts'

/** The PCI command register in configuration space, and its Interrupt Disable bit. */
const command = { offset: 4, bytes: 2, interruptDisable: 1 << 10 } as const

/**
 * Undefined where the way (choose-rearmer.ts) takes no file. `folder` is the PCI device's in sysfs. The caller closes `fd`.
 */
export function openRearmFile(
  driver: KernelDriver | undefined,
  maps: readonly MappedMap[],
  folder: string,
): RearmFile | { readonly errno: number } | undefined {
  const way = chooseRearmWay(driver, maps)
  if (way.by === 'config') {
    const { offset, bytes, interruptDisable } = command
    return openRegister(join(folder, 'config'), offset, bytes, (value) => value & ~interruptDisable)
  }
  if (way.by !== 'ports') return undefined
  const { offset, set } = way.register
  return openRegister(join(folder, `resource${way.bar}`), offset, 1, (value) => value | set)
}

function openRegister(
  path: string,
  offset: number,
  bytes: 1 | 2,
  arm: (value: number) => number,
): RearmFile | { readonly errno: number } {
  const fd = openFile(path, 'readWrite')
  if (fd < 0) return { errno: -fd }
  const read = new Uint8Array(2)
  if (pread(fd, read, bytes, offset) !== bytes) {
    const errno = lastErrno()
    closeFile(fd)
    return { errno }
  }
  return { fd, offset, bytes, value: arm(new DataView(read.buffer).getUint16(0, true)) }
}
