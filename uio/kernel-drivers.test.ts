import { expect, test } from 'vitest'
import { findKernelDriver, kernelDrivers, rearmText } from './kernel-drivers.ts'

const dpm = (size: number) => [{ name: 'dpm', size }]

test.each([
  ['dualport_sercos3', [], 'dualport_uio', 'nothing'],
  ['dualport_other', [], 'dualport_uio', 'nothing'],
  ['Sercos_III_PCI', [], 'uio_sercos3', 'irqcontrol'],
  ['CIF_Profibus', [], 'uio_cif', 'register'],
  ['CIF_Devicenet', [], 'uio_cif', 'register'],
  ['mf624', [], 'uio_mf624', 'irqcontrol'],
  ['uio_pci_generic', [], 'uio_pci_generic', 'config'],
  ['netx', [{ name: '', size: 0x10000 }], 'uio_netx', 'register'],
  ['netplc', [], 'uio_netx', 'register'],
  ['netx_plx', [], 'uio_netx', 'register'],
  ['netx', dpm(0x20000), 'uio_netx (vendor)', 'register'],
  ['netx', dpm(0x8000), 'uio_netx (vendor)', 'irqcontrol'],
])('%s with maps %j belongs to %s, re-armed by %s', (name, maps, module, by) => {
  expect(findKernelDriver(name, maps)).toMatchObject({ module, rearm: { by } })
})

test('a driver that nothing is known of has no row', () => {
  expect(findKernelDriver('dualport', [])).toBeUndefined()
  expect(findKernelDriver('my_fpga', [])).toBeUndefined()
})

test('every row says where it was read, and its windows have names that no other has', () => {
  for (const { source, windows } of kernelDrivers) {
    expect(source).not.toBe('')
    expect(new Set(windows.map(({ name }) => name)).size).toBe(windows.length)
  }
})

function words(name: string): string | undefined {
  const driver = findKernelDriver(name, dpm(0x10000))
  return driver && rearmText(driver.rearm)
}

test('the way of re-arming in words', () => {
  expect(words('CIF_Profibus')).toBe('re-armed in map0 at 0x4c, 8 bit, 0x1 set')
  expect(words('netx')).toBe('re-armed in map0 at the end - 0x10, 32 bit, 0x80000000 set')
  expect(words('mf624')).toBe('re-armed by irqcontrol, write(1)')
})
