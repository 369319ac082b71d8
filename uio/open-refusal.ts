/** Words for a device node that cannot be opened: what the errno means there, and what to do. */
import { DualportError } from '../errors.ts'
import { accessAdvice } from './access-advice.ts'
import { isOurStub, type KernelDriver } from './kernel-drivers.ts'
import { errnoName, errnoNumber } from './system/system-error.ts'
import type { UioDevice } from './uio-devices.ts'

/** DP_UIO_ACCESS or DP_UIO_OPEN. */
export function openRefusal(
  device: UioDevice,
  driver: KernelDriver | undefined,
  errno: number,
): DualportError {
  const facts = { at: `open(${device.path})`, actual: errnoName(errno), cause: { errno } }
  const { EACCES, EPERM, EBUSY } = errnoNumber
  if (errno === EACCES)
    return new DualportError('DP_UIO_ACCESS', { ...facts, todo: accessAdvice(device, driver) })
  if (errno === EPERM) return new DualportError('DP_UIO_ACCESS', { ...facts, todo: policyAdvice })
  const todo = errno === EBUSY ? busyAdvice(driver) : advice.get(errno)
  return new DualportError('DP_UIO_OPEN', todo === undefined ? facts : { ...facts, todo })
}

/** File modes answer EACCES, to root too where it dropped its capabilities. */
const policyAdvice =
  'A device policy keeps the node away, whoever asks: let the service have it (systemd: DeviceAllow=char-uio rw) or hand it to the container (--device).'

function busyAdvice(driver: KernelDriver | undefined): string {
  return isOurStub(driver)
    ? 'The card is open through another of its device nodes: open it through the node that the other uses.'
    : 'Its kernel driver lets one process in at a time: end the other.'
}

/** What uio.c means by the errno of its open. */
const advice = new Map<number, string>([
  [
    errnoNumber.ENOENT,
    'sysfs knows the device but its node is missing: start udev, or make the node from the `dev` file in sysfs.',
  ],
  [
    errnoNumber.ENODEV,
    'The device went away while it was opened: look into the kernel log, then try again.',
  ],
  [
    errnoNumber.ENXIO,
    'The node is stale: its device went away. Remove it and look into the kernel log.',
  ],
  [errnoNumber.EINVAL, 'Its kernel driver was just unbound: bind it again.'],
])
