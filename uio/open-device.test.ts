/**
 * Opening against a sysfs tree of plain files. A plain file serves as the node where it behaves as uio.c does: map M at
 * offset M pages, flock, refusals of open. Interrupts are tested in uio-interrupt.test.ts and on a real kernel.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SysfsTree } from '../test/uio/sysfs-tree.ts'
import type { OpenDevice } from './device.ts'
import { startEventsPage, eventsPage } from './events-page.ts'
import { findDevice, openUioDevice, type DeviceSelector } from './open-device.ts'
import { pageSize } from './system/memory.ts'

const holding = fileURLToPath(new URL('../test/uio/hold-device.ts', import.meta.url))

let tree: SysfsTree
const opened: OpenDevice[] = []
beforeEach(() => {
  tree = new SysfsTree()
})
afterEach(() => {
  for (const device of opened.splice(0)) device.close()
  tree.remove()
})

function open(selector: DeviceSelector): OpenDevice {
  const device = openUioDevice(selector, tree)
  opened.push(device)
  return device
}

function errorOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

const page = { addr: '0xfebd0000', size: `0x${pageSize.toString(16)}` }

describe('finding', () => {
  beforeEach(() => {
    const pci = { vendor: '10b5', device: '9030' }
    tree.plant(0, { name: 'sercos3', pci: { ...pci, address: '0000:03:00.0' } })
    tree.plant(1, { name: 'netx' })
    tree.plant(2, { name: 'sercos3', pci: { ...pci, address: '0000:04:00.0' } })
  })

  test('by path, by a symbolic link to the node, by name, by PCI ids and index', () => {
    symlinkSync(join(tree.dev, 'uio1'), join(tree.dev, 'fieldbus'))
    tree.file('dev/uio1', 0)
    const found = (selector: DeviceSelector): number => findDevice(selector, tree).number
    expect(found({ by: 'path', path: join(tree.dev, 'uio2') })).toBe(2)
    expect(found({ by: 'path', path: join(tree.dev, 'fieldbus') })).toBe(1)
    expect(found({ by: 'name', name: 'netx' })).toBe(1)
    expect(found({ by: 'pci', vendor: '10b5', device: '9030' })).toBe(0)
    expect(found({ by: 'pci', vendor: '10b5', device: '9030', index: 1 })).toBe(2)
  })

  test('what is not there is answered with what is', () => {
    expect(errorOf(() => findDevice({ by: 'name', name: 'cif' }, tree))).toMatchObject({
      code: 'DP_UIO_NOT_FOUND',
      at: "name 'cif'",
      actual: expect.stringContaining(`${tree.dev}/uio1 'netx'`) as string,
    })
    expect(
      errorOf(() => findDevice({ by: 'pci', vendor: '10b5', device: '9030', index: 2 }, tree)),
    ).toMatchObject({ code: 'DP_UIO_NOT_FOUND', at: 'PCI 10b5:9030, card 2' })
  })

  test('a name that two devices have is ambiguous', () => {
    expect(errorOf(() => findDevice({ by: 'name', name: 'sercos3' }, tree))).toMatchObject({
      code: 'DP_UIO_AMBIGUOUS',
      actual: `${tree.dev}/uio0, ${tree.dev}/uio2`,
    })
  })
})

describe('mapping', () => {
  test('map M is at page M of the node, its window at the offset that sysfs tells', () => {
    tree.plant(0, {
      name: 'card',
      nodeBytes: 3 * pageSize,
      maps: [
        { name: 'registers', ...page, size: '0x400', offset: '0x100' },
        { name: 'tx', ...page },
        { name: 'events', ...page },
      ],
    })
    const events = new ArrayBuffer(eventsPage.bytes)
    startEventsPage(events)
    const node = openSync(join(tree.dev, 'uio0'), 'r+')
    writeSync(node, new Uint8Array(events), 0, eventsPage.bytes, 2 * pageSize)
    closeSync(node)

    const device = open({ by: 'name', name: 'card' })
    device.map('registers').write32(0, 0x11223344)
    device.map('tx').write16(2, 0xabcd)
    const bytes = readFileSync(join(tree.dev, 'uio0'))
    expect(bytes.readUInt32LE(0x100)).toBe(0x11223344)
    expect(bytes.readUInt16LE(pageSize + 2)).toBe(0xabcd)
    expect(device.map('registers').byteLength).toBe(0x400)
    expect(device.events?.read(0)).toBe(true)
    expect(device.events?.count).toBe(0)
  })

  test('a device without the page has no events', () => {
    tree.plant(0, { name: 'card', nodeBytes: pageSize, maps: [page] })
    expect(open({ by: 'name', name: 'card' }).events).toBeUndefined()
  })

  test('a BAR below a page, which uio refuses, is mapped through its PCI resource', () => {
    const bar = { addr: '0xfebd0000', size: '0x80' }
    tree.plant(0, {
      name: 'plx',
      nodeBytes: pageSize,
      maps: [bar],
      pci: {
        address: '0000:05:00.0',
        vendor: '10b5',
        device: '9030',
        resources: [
          '0x0000000000000000 0x0000000000000000 0x0000000000000000',
          '0x00000000febd0000 0x00000000febd007f 0x0000000000040200',
        ],
      },
    })
    const resource = tree.file('sys/devices/0000:05:00.0/resource1', pageSize)
    refuseToMap(join(tree.dev, 'uio0'))
    const device = open({ by: 'name', name: 'plx' })
    device.map(0).write32(0x7c, 0xfeed)
    expect(readFileSync(resource).readUInt32LE(0x7c)).toBe(0xfeed)
    expect(device.map(0).byteLength).toBe(0x80)
  })

  test('a window inside a BAR is found there, below page alignment too', () => {
    tree.plant(0, {
      name: 'plx',
      nodeBytes: pageSize,
      maps: [{ addr: '0xfebd3000', size: '0x40', offset: '0x180' }],
      pci: {
        address: '0000:05:00.0',
        vendor: '10b5',
        device: '9030',
        resources: ['0x00000000febd1100 0x00000000febd4fff 0x0000000000040200'],
      },
    })
    const resource = tree.file('sys/devices/0000:05:00.0/resource0', 4 * pageSize)
    refuseToMap(join(tree.dev, 'uio0'))
    open({ by: 'name', name: 'plx' }).map(0).write32(0, 0xfeed)
    expect(readFileSync(resource).readUInt32LE(0x2180)).toBe(0xfeed)
  })

  test('a map that cannot be mapped at all fails only when it is asked for, and says why', () => {
    tree.plant(0, { name: 'odd', nodeBytes: pageSize, maps: [{ addr: '0x0', size: '0x80' }] })
    refuseToMap(join(tree.dev, 'uio0'))
    const device = open({ by: 'name', name: 'odd' })
    expect(errorOf(() => device.map(0))).toMatchObject({
      code: 'DP_UIO_MAP',
      at: `${tree.dev}/uio0 map0 ''`,
      actual: `mmap(${tree.dev}/uio0): ENODEV; no PCI resource holds its addresses`,
    })
  })
})

describe('touching', () => {
  // a map of an empty node has no pages: whoever touches it dies of SIGBUS, as nothing else shows a single read
  test.each([
    { name: 'dualport_sercos3', whose: 'our stub is touched when it is opened', signal: 'SIGBUS' },
    { name: 'my_fpga', whose: 'a foreign card is not', signal: null },
  ])('a map of $whose', async ({ name, signal }) => {
    tree.plant(0, { name, nodeBytes: 0, maps: [{ name: 'tx', ...page }] })
    const holder = spawn(process.execPath, ['--no-warnings', holding, tree.sysfs, tree.dev, name])
    holder.stdin.end()
    expect((await once(holder, 'exit'))[1]).toBe(signal)
  })
})

describe('refusals', () => {
  test('a second opener is told who holds the device, and may open it once that has closed', async () => {
    tree.plant(0, { name: 'card', nodeBytes: pageSize, maps: [page] })
    const path = join(tree.dev, 'uio0')
    const holder = spawn(
      process.execPath,
      ['--no-warnings', holding, tree.sysfs, tree.dev, 'card'],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    await once(holder.stdout, 'data')
    const busy = errorOf(() => open({ by: 'path', path }))
    const descriptors = readdirSync('/proc/self/fd').length
    expect(errorOf(() => open({ by: 'path', path }))).toMatchObject({ code: 'DP_UIO_BUSY' })
    expect(readdirSync('/proc/self/fd').length).toBe(descriptors)
    holder.stdin.end()
    await once(holder, 'exit')
    expect(busy).toMatchObject({
      code: 'DP_UIO_BUSY',
      at: `flock(${path})`,
      actual: expect.stringMatching(`^held by process ${holder.pid} \\(.+\\)$`) as string,
    })
    const device = open({ by: 'path', path })
    expect(errorOf(() => open({ by: 'path', path }))).toMatchObject({ code: 'DP_UIO_BUSY' })
    device.close()
    open({ by: 'path', path })
  })

  test('a missing node is told apart from a missing device', () => {
    tree.plant(0, { name: 'card' })
    expect(errorOf(() => open({ by: 'name', name: 'card' }))).toMatchObject({
      code: 'DP_UIO_OPEN',
      at: `open(${tree.dev}/uio0)`,
      actual: 'ENOENT',
      todo: expect.stringContaining('udev') as string,
    })
  })

  test.skipIf(process.getuid?.() === 0)('a node without rights points to the udev rule', () => {
    tree.plant(0, { name: 'card', nodeBytes: pageSize })
    chmodSync(join(tree.dev, 'uio0'), 0o000)
    expect(errorOf(() => open({ by: 'name', name: 'card' }))).toMatchObject({
      code: 'DP_UIO_ACCESS',
      actual: 'EACCES',
      todo: expect.stringContaining('udev rule') as string,
    })
  })
})

/** Puts something in the node's place that opens, reads EIO and cannot be mapped (ENODEV), as an unmappable map. */
function refuseToMap(node: string): void {
  rmSync(node)
  symlinkSync('/proc/self/mem', node)
}
