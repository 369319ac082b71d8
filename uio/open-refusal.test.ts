import { expect, test } from 'vitest'
import { findKernelDriver } from './kernel-drivers.ts'
import { openRefusal } from './open-refusal.ts'
import { errnoNumber } from './system/system-error.ts'
import type { UioDevice } from './uio-devices.ts'

function refusal(name: string, errno: number): unknown {
  const device: UioDevice = {
    number: 0,
    path: '/dev/uio0',
    sysfs: '/sys/class/uio/uio0',
    name,
    version: '1.0',
    eventCount: 0,
    maps: [],
    ports: [],
    pci: undefined,
  }
  return openRefusal(device, findKernelDriver(name, []), errno)
}

test('no rights on the node: the udev rule', () => {
  expect(refusal('mf624', errnoNumber.EACCES)).toMatchObject({
    code: 'DP_UIO_ACCESS',
    at: 'open(/dev/uio0)',
    actual: 'EACCES',
    todo: expect.stringContaining('udev rule') as string,
  })
})

test('a node that a device policy keeps away: the policy, no udev rule', () => {
  expect(refusal('mf624', errnoNumber.EPERM)).toMatchObject({
    code: 'DP_UIO_ACCESS',
    actual: 'EPERM',
    todo: expect.stringMatching(/^(?!.*udev).*DeviceAllow.*container/) as string,
  })
})

test('busy: a second node of a card on our stub, another process elsewhere', () => {
  expect(refusal('dualport_sercos3', errnoNumber.EBUSY)).toMatchObject({
    code: 'DP_UIO_OPEN',
    todo: expect.stringContaining('open it through the node that the other uses') as string,
  })
  expect(refusal('my_fpga', errnoNumber.EBUSY)).toMatchObject({
    code: 'DP_UIO_OPEN',
    todo: expect.stringContaining('one process in at a time') as string,
  })
})

test('what nothing is known of keeps the advice of its code', () => {
  expect(refusal('my_fpga', errnoNumber.ENOMEM)).toMatchObject({
    code: 'DP_UIO_OPEN',
    todo: expect.stringContaining('kernel log') as string,
  })
})
