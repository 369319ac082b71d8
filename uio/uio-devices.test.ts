import { afterEach, beforeEach, expect, test } from 'vitest'
import { rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { SysfsTree } from '../test/uio/sysfs-tree.ts'
import { listUioDevices } from './uio-devices.ts'

let tree: SysfsTree
beforeEach(() => {
  tree = new SysfsTree()
})
afterEach(() => {
  tree.remove()
})

test('a device is described with its maps, ports and PCI identity', () => {
  tree.plant(0, {
    name: 'sercos3',
    event: -5,
    maps: [
      { name: 'registers', addr: '0xfebd0000', size: '0x1000', offset: '0x400' },
      { addr: '0xffffffffc0000000', size: '0x2000' },
    ],
    ports: [{ name: 'io', start: '0x3f8', size: '0x8', porttype: 'port_x86' }],
    pci: { address: '0000:03:00.0', vendor: '10b5', device: '9030' },
  })
  expect(listUioDevices(tree)).toEqual([
    {
      number: 0,
      path: join(tree.dev, 'uio0'),
      sysfs: join(tree.sysfs, 'uio0'),
      name: 'sercos3',
      version: '1.0',
      eventCount: -5,
      maps: [
        { index: 0, name: 'registers', address: 0xfebd0000n, size: 0x1000, offset: 0x400 },
        { index: 1, name: '', address: 0xffffffffc0000000n, size: 0x2000, offset: 0 },
      ],
      ports: [{ index: 0, name: 'io', start: 0x3f8n, size: 8, type: 'port_x86' }],
      pci: {
        address: '0000:03:00.0',
        vendor: '10b5',
        device: '9030',
        subsystemVendor: '1971',
        subsystemDevice: '3530',
      },
    },
  ])
})

test('devices come in the order of their numbers, maps in that of their indexes', () => {
  const plain = { addr: '0x0', size: '0x1000' }
  for (const number of [10, 2, 0]) {
    tree.plant(number, { name: 'x', maps: [plain, plain, plain] })
  }
  const devices = listUioDevices(tree)
  expect(devices.map(({ number }) => number)).toEqual([0, 2, 10])
  expect(devices[2]?.maps.map(({ index }) => index)).toEqual([0, 1, 2])
})

test('without the uio module there are no devices', () => {
  expect(listUioDevices({ sysfs: join(tree.root, 'absent'), dev: tree.dev })).toEqual([])
})

test('a device that goes away while it is read is left out; other entries are none', () => {
  tree.plant(0, { name: 'going' })
  tree.plant(1, { name: 'staying' })
  rmSync(join(tree.sysfs, 'uio0/event'))
  mkdirSync(join(tree.sysfs, 'uiomux'))
  writeFileSync(join(tree.sysfs, 'README'), '')
  expect(listUioDevices(tree).map(({ name }) => name)).toEqual(['staying'])
})
