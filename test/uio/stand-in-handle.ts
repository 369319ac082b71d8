/** The handle of a real device that is none: descriptors of the test's own, and whatever else it says. */
import type { DeviceHandle } from '../../uio/device.ts'
import { oneUser } from '../../uio/holdings.ts'
import { findKernelDriver } from '../../uio/kernel-drivers.ts'

type UioHandle = DeviceHandle & { readonly kind: 'uio' }

export function standInHandle(
  parts: Pick<UioHandle, 'interruptFd' | 'stopFd'> & Partial<UioHandle>,
): UioHandle {
  const name = parts.name ?? 'stand-in'
  return {
    kind: 'uio',
    path: '/dev/uio7',
    name,
    maps: [],
    holdings: { mappings: [], descriptors: [] },
    users: oneUser(),
    eventCountPath: '/nowhere/event',
    hasInterrupt: true,
    driver: findKernelDriver(name, []),
    rearmFile: undefined,
    dmaAddress: undefined,
    ...parts,
  }
}
