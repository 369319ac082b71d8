/** A failed system call as an error that names the call, its object and errno. */
import { getSystemErrorName } from 'node:util'
import { DualportError } from '../../errors.ts'
import { lastErrno } from './libc.ts'

/** 'EACCES' for 13. */
export function errnoName(errno: number): string {
  return errno > 0 ? getSystemErrorName(-errno) : 'no errno'
}

/** DP_SYSTEM_CALL: `at` is 'call(object)', `actual` the name of errno. */
export function systemError(call: string, object: string, errno = lastErrno()): DualportError {
  return new DualportError('DP_SYSTEM_CALL', {
    at: `${call}(${object})`,
    actual: errnoName(errno),
    cause: { errno },
  })
}

/** The errno values that mean something here, by name. Linux's numbers, equal on every architecture that Node runs on. */
export const errnoNumber = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  ENODEV: 19,
  EINVAL: 22,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  EPROTOTYPE: 91,
  ECONNRESET: 104,
} as const
