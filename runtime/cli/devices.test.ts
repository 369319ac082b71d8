import { afterEach, beforeEach, expect, test } from 'vitest'
import { plxCard, SysfsTree } from '../../test/uio/sysfs-tree.ts'
import { devices } from './devices.ts'

let tree: SysfsTree
beforeEach(() => {
  tree = new SysfsTree()
  tree.plant(0, {
    name: 'CIF_Profibus',
    event: 7,
    maps: [
      { addr: '0xfebd0000', size: '0x80' },
      { addr: '0xfea00000', size: '0x10000' },
    ],
    pci: plxCard,
  })
  tree.plant(1, { name: 'my_fpga' })
})
afterEach(() => {
  tree.remove()
})

test('a device is listed with what its kernel driver leaves to its user', () => {
  expect(devices({}, tree).split('\n')).toEqual([
    `${tree.dev}/uio0  CIF_Profibus 1.0   7 interrupts   PCI 0000:05:00.0 10b5:9030`,
    '  uio_cif: leaves the acknowledge to its user, re-armed in map0 at 0x4c, 8 bit, 0x1 set; needs of its PCI folder: resource0, or resource1 where that is closed',
    '  map0              0xfebd0000  128 bytes  offset 0  only by resource0',
    '  map1              0xfea00000  65536 bytes  offset 0',
    '  name plx          map0 at 0x0',
    '  name dpm          map1 at 0x0',
    `${tree.dev}/uio1  my_fpga 1.0   0 interrupts`,
    '  kernel driver not known: its interrupt is not re-armed',
  ])
})

test('as JSON the row of its driver stands with the device', () => {
  const [cif, fpga] = JSON.parse(devices({ json: true }, tree)) as Record<string, unknown>[]
  expect(cif).toMatchObject({
    driver: { module: 'uio_cif', acknowledges: 'user', rearm: { by: 'register', offset: 0x4c } },
    maps: [
      { bar: 0, onlyByResourceFile: true },
      { bar: 2, onlyByResourceFile: false },
    ],
  })
  expect(fpga).toMatchObject({ name: 'my_fpga', driver: null })
})
