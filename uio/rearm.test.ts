/**
 * Re-arming on a planted card: what lands in which file at which width. The ways themselves are proved on real drivers
 * in a real kernel; here, that the rows of kernel-drivers.ts are carried out.
 */
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plxCard, SysfsTree, type PlantedDevice } from '../test/uio/sysfs-tree.ts'
import { attachDevice } from './attach-device.ts'
import { waitResult, type OpenDevice } from './device.ts'
import { openUioDevice } from './open-device.ts'
import { waitError } from './wait-error.ts'

let tree: SysfsTree
const opened: OpenDevice[] = []
beforeEach(() => {
  tree = new SysfsTree()
})
afterEach(() => {
  for (const device of opened.splice(0)) device.close()
  tree.remove()
})

function open(planted: PlantedDevice): OpenDevice {
  tree.plant(0, planted)
  if (planted.nodeBytes === 0) refuseToMap()
  const device = openUioDevice({ by: 'name', name: planted.name }, tree)
  opened.push(device)
  return device
}

/** A node that opens and answers like an unbound device (EIO), and cannot be mapped. */
function refuseToMap(): void {
  rmSync(join(tree.dev, 'uio0'))
  symlinkSync('/proc/self/mem', join(tree.dev, 'uio0'))
}

const card = 'sys/devices/0000:05:00.0'
const cif: PlantedDevice = {
  name: 'CIF_Profibus',
  nodeBytes: 0,
  maps: [{ addr: '0xfebd0000', size: '0x80' }],
  pci: plxCard,
}

test('uio_cif: bit 0 of INTCSR through resource0, one byte, the other bits as they are', () => {
  const resource = tree.file(`${card}/resource0`, 0x1000)
  const bytes = Buffer.alloc(0x1000)
  bytes.writeUInt32LE(0xaabbcc42, 0x4c)
  writeFileSync(resource, bytes)
  const device = open(cif)
  expect(device.driver?.module).toBe('uio_cif')
  expect(device.interrupt.rearm()).toBe(true)
  expect(readFileSync(resource).readUInt32LE(0x4c)).toBe(0xaabbcc43)
  device.map('plx').write8(0x4c, 0x42)
  const other = attachDevice(device.handle)
  expect(other.interrupt.rearm()).toBe(true)
  other.detach()
  expect(readFileSync(resource).readUInt32LE(0x4c)).toBe(0xaabbcc43)
})

test('uio_cif where resource0 is closed: the same byte through the ports of BAR1', () => {
  const ports = tree.file(`${card}/resource1`, 0x80)
  const bytes = Buffer.alloc(0x80)
  bytes.writeUInt32LE(0xaabbcc42, 0x4c)
  writeFileSync(ports, bytes)
  const device = open(cif)
  expect(device.interrupt.rearm()).toBe(true)
  expect(readFileSync(ports).readUInt32LE(0x4c)).toBe(0xaabbcc43)
})

test('uio_pci_generic: the command register without bit 10, with the rest as it was', () => {
  const config = tree.file(`${card}/config`, 256)
  const bytes = Buffer.alloc(256)
  bytes.writeUInt32LE(0x0298_0507, 4)
  writeFileSync(config, bytes)
  const device = open({ ...cif, name: 'uio_pci_generic' })
  expect(device.interrupt.rearm()).toBe(true)
  expect(readFileSync(config).readUInt32LE(4)).toBe(0x0298_0107)
})

test.each([
  { named: '', size: 0x20000, at: 0xfff0 },
  { named: 'dpm', size: 0x20000, at: 0x1fff0 },
])('netX with a map named "$named": bit 31 of IRQEnable_0 at $at', ({ named, size, at }) => {
  const device = open({
    name: 'netx',
    nodeBytes: size,
    maps: [{ name: named, addr: '0xfea00000', size: `0x${size.toString(16)}` }],
  })
  device.map('dpm').write32(at, 0x0000_0003)
  expect(device.interrupt.rearm()).toBe(true)
  expect(device.map('dpm').read32(at)).toBe(0x8000_0003)
})

test('uio_mf624: the window is its BAR, not the page that the driver publishes', () => {
  const page = { size: '0x1000' }
  const device = open({
    name: 'mf624',
    nodeBytes: 0x3000,
    maps: [
      { ...page, name: 'PCI chipset', addr: '0xfebd0000', offset: '0x0' },
      { ...page, name: 'ADC, DAC, DIO', addr: '0xfebd0000', offset: '0x80' },
      { ...page, name: 'Counter/timer chip', addr: '0xfebd0000', offset: '0x100' },
    ],
    pci: {
      ...plxCard,
      resources: [
        '0x00000000febd0000 0x00000000febd001f 0x0000000000040200',
        '0x0000000000000000 0x0000000000000000 0x0000000000000000',
        '0x00000000febd0080 0x00000000febd00ff 0x0000000000040200',
        '0x0000000000000000 0x0000000000000000 0x0000000000000000',
        '0x00000000febd0100 0x00000000febd017f 0x0000000000040200',
      ],
    },
  })
  device.map('io').write16(0x10, 0xabcd)
  expect(readFileSync(join(tree.dev, 'uio0')).readUInt16LE(0x1090)).toBe(0xabcd)
  expect(device.map('io').byteLength).toBe(0x80)
  expect(device.map('bar4')).toBe(device.map(2))
  expect(device.map('chipset').byteLength).toBe(0x20)
})

test('names inside the nameless maps of uio_sercos3', () => {
  const page = { addr: '0xfebd0000', size: '0x1000' }
  const device = open({
    name: 'Sercos_III_PCI',
    nodeBytes: 0x20000,
    maps: [page, page, page, { addr: '0xfea00000', size: '0x10000' }, page],
  })
  device.map('rx').write32(0x10, 0xfeed)
  expect(device.map(3).read32(0xc010)).toBe(0xfeed)
  expect(device.map('registers').byteLength).toBe(0x400)
  device.detach()
  expect(device.map('rx').read32(0x10)).toBe(0)
})

test('a map too small for its windows has none of those that do not fit', () => {
  const page = { addr: '0xfebd0000', size: '0x1000' }
  const device = open({
    name: 'Sercos_III_PCI',
    nodeBytes: 0x8000,
    maps: [page, page, page, page, page],
  })
  expect(device.map('registers').byteLength).toBe(0x400)
  expect(() => device.map('tx')).toThrow(
    expect.objectContaining({
      code: 'DP_UIO_NO_MAP',
      expected: expect.stringContaining("'tx' (map3 at 0x8000)") as string,
    }),
  )
})

test('a refused re-arming ends the next wait as failed, once, and says why', () => {
  const device = open({ ...cif, name: 'uio_pci_generic' })
  expect(device.interrupt.rearm()).toBe(false)
  const waited = device.interrupt.wait(-1)
  expect(waited).toBe(waitResult.failed)
  expect(waitError(waited, device, device.path)).toMatchObject({
    code: 'DP_UIO_REARM',
    at: expect.stringContaining('uio_pci_generic (re-armed in the PCI command register') as string,
    actual: 'ENOENT',
  })
})

test('a register that the card is too small to have cannot be re-armed', () => {
  const device = open({
    name: 'netx',
    nodeBytes: 0x8000,
    maps: [{ addr: '0xfea00000', size: '0x8000' }],
  })
  expect(device.interrupt.rearm()).toBe(false)
  expect(device.interrupt.rearmErrno).toBe(6)
})

test('a device whose driver is not known has nothing to re-arm', () => {
  const device = open({ name: 'my_fpga', nodeBytes: 0x1000, maps: [] })
  expect(device.driver).toBeUndefined()
  expect(device.interrupt.rearm()).toBe(true)
})

test('the bus address of a DMA buffer is told to every thread', () => {
  const device = open({
    name: 'dualport_sercos3',
    nodeBytes: 0x2000,
    maps: [
      { name: 'registers', addr: '0xfea00000', size: '0x1000' },
      { name: 'dma', addr: '0x12340000', size: '0x1000' },
    ],
    pci: { ...plxCard, dmaAddress: '0x0000000123450000' },
  })
  device.map('dma').write32(0xffc, 0xfeed)
  expect(readFileSync(join(tree.dev, 'uio0')).readUInt32LE(0x1ffc)).toBe(0xfeed)
  // outside its bounds there is nothing
  device.map('dma').write32(0x1000, 0xfeed)
  expect(device.map('dma').read32(0x1000)).toBe(0)
  const other = attachDevice(device.handle)
  expect(other.dmaAddress).toBe(0x1_2345_0000n)
  other.detach()
  opened.splice(0).forEach((one) => {
    one.close()
  })
  tree.remove()
  tree = new SysfsTree()
  expect(open({ name: 'dualport_sercos3', nodeBytes: 0x1000, maps: [] }).dmaAddress).toBeUndefined()
})
