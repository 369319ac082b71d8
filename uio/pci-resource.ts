/**
 * The way round a map that the kernel refuses: a driver that publishes a BAR smaller than a page (128 bytes of a PLX
 * bridge) makes it unmappable through /dev/uioN, but the PCI core's resourceN files can be mapped in whole pages.
 *
 * They belong to root, and two things close them to root as well: lockdown (EPERM), and a kernel built with
 * IO_STRICT_DEVMEM, as distributions' are, whose driver has claimed the BAR (EINVAL; drivers/uio's own all do, except
 * uio_pci_generic). linux drivers/pci/pci-sysfs.c, kernel/resource.c iomem_is_exclusive.
 */
import { join } from 'node:path'
import type { MapInfo } from './device.ts'
import { lockdownNote } from './lockdown.ts'
import { findBar, readBars } from './pci-bars.ts'
import { closeFile, openFile } from './system/file.ts'
import { mapDevice, pageSize, pagesOf } from './system/memory.ts'
import { errnoName, errnoNumber } from './system/system-error.ts'

/** `pointer` is the window's first byte, `base` and `bytes` what is to be unmapped. */
export type MappedWindow = {
  readonly pointer: bigint
  readonly base: bigint
  readonly bytes: number
}

/** Maps the BAR that holds this map's addresses; a string says why that cannot be done. */
export function mapPciResource(
  folder: string,
  map: MapInfo,
  lockdown?: string,
): MappedWindow | string {
  const start = map.address + BigInt(map.offset)
  const bar = findBar(readBars(folder), start, map.size)
  if (bar === undefined) return 'no PCI resource holds its addresses'
  const file = join(folder, `resource${bar.index}`)
  const fd = openFile(file, 'readWrite')
  if (fd < 0) return `open(${file}): ${errnoName(-fd)}`
  // a BAR below a page may start inside one: the mapping starts at that page
  const page = BigInt(pageSize)
  const first = (bar.start / page) * page
  const skipped = ((start - first) / page) * page
  const inside = Number(start - first - skipped)
  const bytes = pagesOf(inside + map.size)
  const base = mapDevice(fd, bytes, Number(skipped), 'readWrite')
  closeFile(fd)
  if (typeof base === 'number') return `mmap(${file}): ${errnoName(-base)}${why(-base, lockdown)}`
  return { pointer: base + BigInt(inside), base, bytes }
}

function why(errno: number, lockdown: string | undefined): string {
  if (errno === errnoNumber.EPERM) return lockdownNote(lockdown)
  if (errno === errnoNumber.EINVAL)
    return ' (IO_STRICT_DEVMEM closes a BAR that a driver has claimed: boot with iomem=relaxed)'
  return ''
}
