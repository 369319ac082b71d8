/**
 * The way round a map that the kernel refuses: a driver that publishes a BAR smaller than a page (128 bytes of a PLX
 * bridge) makes it unmappable through /dev/uioN, but the PCI core's resourceN files can be mapped in whole pages.
 * They need CAP_SYS_RAWIO or root, and Secure Boot's lockdown closes them.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MapInfo } from './device.ts'
import { closeFile, openFile } from './system/file.ts'
import { mapFile, pageSize, pagesOf } from './system/memory.ts'
import { errnoName } from './system/system-error.ts'

/** `pointer` is the window's first byte, `base` and `bytes` what is to be unmapped. */
export type MappedWindow = {
  readonly pointer: bigint
  readonly base: bigint
  readonly bytes: number
}

/** Maps the BAR that holds this map's addresses; a string says why that cannot be done. */
export function mapPciResource(sysfs: string, map: MapInfo): MappedWindow | string {
  const start = map.address + BigInt(map.offset)
  const bar = findBar(sysfs, start, BigInt(map.size))
  if (bar === undefined) return 'no PCI resource holds its addresses'
  const file = join(sysfs, 'device', `resource${bar.index}`)
  const fd = openFile(file, 'readWrite')
  if (fd < 0) return `open(${file}): ${errnoName(-fd)}`
  // a BAR below a page may start inside one: the mapping starts at that page
  const page = BigInt(pageSize)
  const first = (bar.start / page) * page
  const skipped = ((start - first) / page) * page
  const inside = Number(start - first - skipped)
  const bytes = pagesOf(inside + map.size)
  const base = mapFile(fd, bytes, Number(skipped), 'readWrite')
  closeFile(fd)
  if (typeof base === 'number') return `mmap(${file}): ${errnoName(-base)}`
  return { pointer: base + BigInt(inside), base, bytes }
}

/** The `resource` file has one line per resource: start, end and flags in hex; BARs are the first six. */
function findBar(
  sysfs: string,
  start: bigint,
  size: bigint,
): { index: number; start: bigint } | undefined {
  const lines = readLines(join(sysfs, 'device', 'resource')).slice(0, 6)
  for (const [index, line] of lines.entries()) {
    const [from, to] = line.split(' ')
    if (from === undefined || to === undefined) continue
    if (BigInt(from) <= start && start + size - 1n <= BigInt(to)) {
      return { index, start: BigInt(from) }
    }
  }
  return undefined
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n')
  } catch {
    // not a PCI device
    return []
  }
}
