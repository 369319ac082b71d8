/** irqcontrol of a /dev/uioN: a write of 1 or 0, and what its refusal means. */
import { write } from './system/file.ts'
import { lastErrno } from './system/libc.ts'
import { errnoNumber } from './system/system-error.ts'

/**
 * Writes the 32-bit word at `order`. Cyclic. 0; ENODEV: the device is gone; ENOSYS: the driver has no irqcontrol; EIO:
 * the device never had an interrupt; or another errno.
 */
export function writeIrqControl(fd: number, order: bigint, hasInterrupt: boolean): number {
  if (write(fd, order, 4) === 4) return 0
  const errno = lastErrno()
  // an unbound device answers EINVAL; EIO where it has no interrupt (any more)
  const gone = errno === errnoNumber.EINVAL || (errno === errnoNumber.EIO && hasInterrupt)
  return gone ? errnoNumber.ENODEV : errno
}
