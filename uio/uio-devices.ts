/** The UIO devices of this machine, as sysfs tells of them. Reads small files only; needs no rights. */
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { MapInfo } from './device.ts'
import { findBar, readBars, type PciBar } from './pci-bars.ts'

/** Where the kernel shows devices. Other roots serve containers and tests. */
export type SystemRoots = {
  readonly sysfs: string
  readonly dev: string
  /** The file that tells of kernel lockdown. */
  readonly lockdown?: string
}
export const systemRoots: SystemRoots = { sysfs: '/sys/class/uio', dev: '/dev' }

/** One portM of a device: I/O ports, which this library shows but does not access. */
export type PortInfo = {
  readonly index: number
  readonly name: string
  readonly start: bigint
  readonly size: number
  /** port_none, port_x86, port_gpio or port_other. */
  readonly type: string
}

/** Four hex digits each, lower case; the address as in 0000:03:00.0. */
export type PciIdentity = {
  readonly address: string
  readonly vendor: string
  readonly device: string
  readonly subsystemVendor: string
  readonly subsystemDevice: string
}

export type UioDevice = {
  /** The N of uioN. */
  readonly number: number
  /** Device node: /dev/uioN. */
  readonly path: string
  /** Its folder in sysfs. */
  readonly sysfs: string
  readonly name: string
  readonly version: string
  /** Interrupts since the driver was bound; wraps as a signed 32-bit number. */
  readonly eventCount: number
  readonly maps: readonly MapInfo[]
  readonly ports: readonly PortInfo[]
  /** Where the device is a PCI card. */
  readonly pci: PciIdentity | undefined
}

/** All UIO devices by their numbers; none where the uio module is not loaded. */
export function listUioDevices(roots: SystemRoots = systemRoots): UioDevice[] {
  return entries(roots.sysfs, /^uio(\d+)$/)
    .map((number) => describe(roots, number))
    .filter((device) => device !== undefined)
}

/** Undefined when the device went away while it was being read. */
function describe(roots: SystemRoots, number: number): UioDevice | undefined {
  const sysfs = join(roots.sysfs, `uio${number}`)
  const card = join(sysfs, 'device')
  try {
    const bars = readBars(card)
    return {
      number,
      path: join(roots.dev, `uio${number}`),
      sysfs,
      name: text(sysfs, 'name'),
      version: text(sysfs, 'version'),
      eventCount: Number(text(sysfs, 'event')),
      maps: entries(join(sysfs, 'maps'), /^map(\d+)$/).map((index) =>
        describeMap(sysfs, index, bars),
      ),
      ports: entries(join(sysfs, 'portio'), /^port(\d+)$/).map((index) =>
        describePort(sysfs, index),
      ),
      pci: describePci(card),
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function describeMap(sysfs: string, index: number, bars: readonly PciBar[]): MapInfo {
  const folder = join(sysfs, 'maps', `map${index}`)
  const address = BigInt(text(folder, 'addr'))
  const offset = Number(text(folder, 'offset'))
  const size = Number(text(folder, 'size'))
  const bar = findBar(bars, address + BigInt(offset))
  const barBytes = bar === undefined ? 0 : Number(bar.end - bar.start + 1n)
  const isWhole = bar?.start === address + BigInt(offset) && size >= barBytes
  return {
    index,
    name: text(folder, 'name'),
    address,
    size,
    offset,
    ...(isWhole && { bar: bar.index, barBytes }),
  }
}

function describePort(sysfs: string, index: number): PortInfo {
  const folder = join(sysfs, 'portio', `port${index}`)
  return {
    index,
    name: text(folder, 'name'),
    start: BigInt(text(folder, 'start')),
    size: Number(text(folder, 'size')),
    type: text(folder, 'porttype'),
  }
}

function describePci(folder: string): PciIdentity | undefined {
  try {
    return {
      address: basename(realpathSync(folder)),
      vendor: hexId(folder, 'vendor'),
      device: hexId(folder, 'device'),
      subsystemVendor: hexId(folder, 'subsystem_vendor'),
      subsystemDevice: hexId(folder, 'subsystem_device'),
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Numbers of the entries that match, ascending; none where the folder is missing. */
function entries(folder: string, pattern: RegExp): number[] {
  try {
    return readdirSync(folder)
      .map((entry) => pattern.exec(entry)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
      .toSorted((a, b) => a - b)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function text(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8').trim()
}

/** sysfs prints 0x10b5. */
function hexId(folder: string, file: string): string {
  return text(folder, file).replace(/^0x/, '').toLowerCase()
}

/** Attributes disappear at an unbind: ENOENT from the path, ENODEV from an open file. */
function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENODEV' || code === 'ENOTDIR'
}
