/**
 * Opening a real card: find it, open its node, lock it, map its windows.
 *
 * The lock is advisory (flock), because the kernel lets any number of processes open a UIO device: two that drive one
 * card is what this prevents, a tool that only looks may ignore it.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DualportError } from '../errors.ts'
import type { Holdings, MapInfo, MappedMap, OpenDevice } from './device.ts'
import { dropUser, oneUser } from './holdings.ts'
import { findKernelDriver, isOurStub, type KernelDriver } from './kernel-drivers.ts'
import { lockHolder } from './lock-holder.ts'
import { OpenedDevice } from './opened-device.ts'
import { mapPciResource, type MappedWindow } from './pci-resource.ts'
import { openRefusal } from './open-refusal.ts'
import { openRearmFile } from './rearm-file.ts'
import { createEvent } from './system/event.ts'
import { openFile, read, tryLock } from './system/file.ts'
import { lastErrno } from './system/libc.ts'
import { mapDevice, pageSize, pagesOf } from './system/memory.ts'
import { errnoName, errnoNumber } from './system/system-error.ts'
import { listUioDevices, systemRoots, type SystemRoots, type UioDevice } from './uio-devices.ts'

/** Ids are four lower-case hex digits; `index` counts cards of the same ids from 0 in the order of their numbers. */
export type DeviceSelector =
  | { readonly by: 'path'; readonly path: string }
  | { readonly by: 'name'; readonly name: string }
  | {
      readonly by: 'pci'
      readonly vendor: string
      readonly device: string
      readonly index?: number
    }

/**
 * Opens a card exclusively and maps all its maps. A map that cannot be mapped fails only when it is asked for.
 * Throws DP_UIO_NOT_FOUND, DP_UIO_AMBIGUOUS, DP_UIO_ACCESS, DP_UIO_OPEN, DP_UIO_BUSY, DP_SYSTEM_CALL. Not cyclic.
 */
export function openUioDevice(
  selector: DeviceSelector,
  roots: SystemRoots = systemRoots,
): OpenDevice {
  const found = findDevice(selector, roots)
  const driver = findKernelDriver(found.name, found.maps)
  const folder = join(found.sysfs, 'device')
  const fd = openNode(found, driver)
  const mappings: { pointer: bigint; bytes: number }[] = []
  const descriptors = [fd]
  const holdings: Holdings = { mappings, descriptors }
  const held = { name: found.name, users: oneUser(), holdings }
  try {
    lockNode(fd, found)
    const maps = found.maps.map((published): MappedMap => {
      const map = { ...published, size: windowSize(published) }
      const window = mapWindow(fd, found, published, map, roots)
      if (typeof window === 'string') return { ...map, pointer: undefined, refused: window }
      mappings.push({ pointer: window.base, bytes: window.bytes })
      return { ...map, pointer: window.pointer }
    })
    const stopFd = createEvent()
    descriptors.push(stopFd)
    const rearmFile = openRearmFile(driver, maps, folder)
    if (rearmFile !== undefined && 'fd' in rearmFile) descriptors.push(rearmFile.fd)
    const opened = new OpenedDevice({
      ...held,
      kind: 'uio',
      path: found.path,
      driver,
      interruptFd: fd,
      stopFd,
      maps,
      eventCountPath: join(found.sysfs, 'event'),
      hasInterrupt: hasInterrupt(fd),
      rearmFile,
      dmaAddress: readDmaAddress(folder),
    })
    if (isOurStub(driver)) touchMaps(opened)
    return opened
  } catch (error) {
    dropUser(held)
    throw error
  }
}

/** The device that a selector means. Throws DP_UIO_NOT_FOUND, DP_UIO_AMBIGUOUS. */
export function findDevice(selector: DeviceSelector, roots: SystemRoots = systemRoots): UioDevice {
  const devices = listUioDevices(roots)
  const matches = devices.filter((device) => isMeant(device, selector))
  const index = selector.by === 'pci' ? (selector.index ?? 0) : 0
  const found = matches[index]
  if (found === undefined) {
    throw new DualportError('DP_UIO_NOT_FOUND', {
      at: wording(selector),
      actual: devices.map((device) => `${device.path} '${device.name}'`).join(', ') || 'no device',
      expected: 'it among the UIO devices of this machine',
    })
  }
  if (selector.by === 'name' && matches.length > 1) {
    throw new DualportError('DP_UIO_AMBIGUOUS', {
      at: wording(selector),
      actual: matches.map((device) => device.path).join(', '),
      expected: 'one device',
    })
  }
  return found
}

function isMeant(device: UioDevice, selector: DeviceSelector): boolean {
  if (selector.by === 'name') return device.name === selector.name
  if (selector.by === 'pci') {
    return device.pci?.vendor === selector.vendor && device.pci.device === selector.device
  }
  return device.path === selector.path || nodeName(selector.path) === `uio${device.number}`
}

/** udev rules make symbolic links to nodes: /dev/sercos -> uio0. */
function nodeName(path: string): string {
  try {
    return basename(realpathSync(path))
  } catch {
    return basename(path)
  }
}

function wording(selector: DeviceSelector): string {
  if (selector.by === 'name') return `name '${selector.name}'`
  if (selector.by === 'path') return selector.path
  return `PCI ${selector.vendor}:${selector.device}, card ${selector.index ?? 0}`
}

function openNode(device: UioDevice, driver: KernelDriver | undefined): number {
  const fd = openFile(device.path, 'readWrite')
  if (fd >= 0) return fd
  throw openRefusal(device, driver, -fd)
}

function lockNode(fd: number, device: UioDevice): void {
  if (tryLock(fd)) return
  throw new DualportError('DP_UIO_BUSY', {
    at: `flock(${device.path})`,
    actual: `held by ${lockHolder(fd) ?? 'a process that cannot be told'}`,
  })
}

/**
 * Bytes of the window that a map is for. A driver that publishes a window inside a page rounds the size up to whole
 * pages from the page's start on (uio_mf624, uio_pci_generic): what of them is the card's, its BAR tells.
 */
function windowSize(map: MapInfo): number {
  const toTheEnd = Math.min(map.size, pagesOf(map.size) - map.offset)
  return map.barBytes === undefined ? toTheEnd : Math.min(toTheEnd, map.barBytes)
}

/**
 * Brings every page of every map in, which our stub's fault handler does at the first touch (kmod/maps.c), so that no
 * cycle waits for it. Harmless there: the registers begin with the identification, all other maps are memory. On a
 * foreign card a read may act, and the pages are there already.
 */
function touchMaps(device: OpenDevice): void {
  for (const { index, pointer } of device.handle.maps) {
    if (pointer !== undefined) device.map(index).read32(0)
  }
}

/**
 * Map M lies at offset M pages of the node, whatever its size. A string says why it cannot be mapped. uio.c allows no
 * more pages than the published size takes; `map` is the window of it that is wanted.
 */
function mapWindow(
  fd: number,
  device: UioDevice,
  published: MapInfo,
  map: MapInfo,
  roots: SystemRoots,
): MappedWindow | string {
  const bytes = pagesOf(published.size)
  const access = map.name === 'events' ? 'read' : 'readWrite'
  const base = mapDevice(fd, bytes, map.index * pageSize, access)
  if (typeof base !== 'number') return { pointer: base + BigInt(map.offset), base, bytes }
  const refused = `mmap(${device.path}): ${errnoName(-base)}`
  if (-base !== errnoNumber.EINVAL && -base !== errnoNumber.ENODEV) return refused
  const window = mapPciResource(join(device.sysfs, 'device'), map, roots.lockdown)
  return typeof window === 'string' ? `${refused}; ${window}` : window
}

/** Our stub's attribute, hex. Undefined for every other driver. */
function readDmaAddress(folder: string): bigint | undefined {
  try {
    return BigInt(readFileSync(join(folder, 'dma_address'), 'utf8').trim())
  } catch {
    return undefined
  }
}

/** A device without an interrupt line answers every read with EIO; one without news answers EAGAIN. */
function hasInterrupt(fd: number): boolean {
  return read(fd, new Int32Array(1), 4) >= 0 || lastErrno() !== errnoNumber.EIO
}
