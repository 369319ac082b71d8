/** The base address registers of a PCI device, as its `resource` file in sysfs tells them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type PciBar = {
  readonly index: number
  /** Physical addresses, or I/O ports; the last one included. */
  readonly start: bigint
  readonly end: bigint
  readonly kind: 'memory' | 'ports'
}

/** IORESOURCE_IO of linux/ioport.h. */
const portsFlag = 0x100n

/** The BARs in use, of the first six lines (the others are the ROM and bridge windows); none for other devices. */
export function readBars(folder: string): PciBar[] {
  return readLines(join(folder, 'resource'))
    .slice(0, 6)
    .flatMap((line, index) => {
      const [start, end, flags] = line.split(' ')
      if (start === undefined || end === undefined || BigInt(end) === 0n) return []
      const kind = (BigInt(flags ?? '0') & portsFlag) === 0n ? 'memory' : 'ports'
      return [{ index, start: BigInt(start), end: BigInt(end), kind }]
    })
}

/** The BAR that holds these addresses. */
export function findBar(bars: readonly PciBar[], start: bigint, bytes = 1): PciBar | undefined {
  const last = start + BigInt(bytes) - 1n
  return bars.find((bar) => bar.kind === 'memory' && bar.start <= start && last <= bar.end)
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n')
  } catch {
    // not a PCI device
    return []
  }
}
