import { expect, test } from 'vitest'
import { plxCard, SysfsTree, type PlantedDevice } from '../test/uio/sysfs-tree.ts'
import { accessAdvice } from './access-advice.ts'
import { findKernelDriver } from './kernel-drivers.ts'
import { listUioDevices } from './uio-devices.ts'

function advice(planted: PlantedDevice): string {
  const tree = new SysfsTree()
  tree.plant(0, planted)
  const [device] = listUioDevices(tree)
  tree.remove()
  if (device === undefined) throw new Error('nothing was planted')
  return accessAdvice(device, findKernelDriver(device.name, device.maps))
}

test('our stub has its rule in kmod/', () => {
  expect(advice({ name: 'dualport_sercos3' })).toMatch(/kmod\/60-dualport\.rules/)
})

test('any other card is given a rule for itself: by its name, and a PCI card by its place', () => {
  expect(advice({ name: 'mf624' })).toMatch(
    /rules: SUBSYSTEM=="uio", ATTR\{name\}=="mf624", GROUP="dualport", MODE="0660"$/,
  )
  expect(advice({ name: 'mf624', pci: plxCard })).toContain(
    'SUBSYSTEM=="uio", KERNELS=="0000:05:00.0", ATTR{name}=="mf624", GROUP="dualport"',
  )
})

test('with the PCI files that a small BAR or the re-arming needs', () => {
  const maps = [
    { addr: '0xfebd0000', size: '0x80' },
    { addr: '0xfea00000', size: '0x10000' },
  ]
  const text = advice({ name: 'CIF_Profibus', maps, pci: plxCard })
  const given = [...text.matchAll(/chgrp dualport (\S+)"/g)].map(([, file]) => file)
  expect(given).toEqual(['/sys%p/device/resource0'])
  expect(text).toContain('with resource1 for resource0 where that is closed')
  expect(text).not.toContain('bus master')
})

test('who is given the configuration file is told what it opens', () => {
  const text = advice({ name: 'uio_pci_generic', pci: plxCard })
  expect(text).toContain('RUN+="/bin/chmod 0660 /sys%p/device/config"')
  expect(text).toMatch(/write `config` can switch bus mastering on/)
})

test('a card whose registers its node maps needs no resource file to be re-armed', () => {
  const maps = [{ addr: '0xfebd0000', size: '0x1000' }]
  expect(advice({ name: 'CIF_Profibus', maps, pci: plxCard })).not.toContain('resource')
})
