/** open, close, read, write, ftruncate, flock: on descriptors that Node's own fs does not serve synchronously enough. */
import { constants } from 'node:fs'
import { bind, lastErrno } from './libc.ts'
import { errnoNumber, systemError } from './system-error.ts'

const cOpen: (path: string, flags: number, mode: number) => number = bind(
  'int open(const char *path, int flags, uint32_t mode)',
)
const cClose: (fd: number) => number = bind('int close(int fd)')
const cTruncate: (fd: number, bytes: number) => number = bind(
  'int ftruncate(int fd, int64_t bytes)',
)
const cFlock: (fd: number, operation: number) => number = bind('int flock(int fd, int operation)')

/** Cyclic. Bytes read into `memory`, or -1 and `lastErrno()`. */
export const read: (fd: number, memory: bigint | ArrayBufferView, bytes: number) => number = bind(
  'int64_t read(int fd, void *memory, size_t bytes)',
)

/** Cyclic. Bytes written from `memory`, or -1 and `lastErrno()`. */
export const write: (fd: number, memory: bigint | ArrayBufferView, bytes: number) => number = bind(
  'int64_t write(int fd, const void *memory, size_t bytes)',
)

/** Not cyclic. As read, at a place in the file. */
export const pread: (fd: number, memory: ArrayBufferView, bytes: number, offset: number) => number =
  bind('int64_t pread(int fd, void *memory, size_t bytes, int64_t offset)')

/** Cyclic. As write, at a place in the file. */
export const pwrite: (fd: number, memory: bigint, bytes: number, offset: number) => number = bind(
  'int64_t pwrite(int fd, const void *memory, size_t bytes, int64_t offset)',
)

const closeOnExec = 0o2000000
const lockExclusive = 2
const lockNonBlocking = 4

/** A descriptor, or the negative errno: the caller knows best what a refusal means. */
export function openFile(path: string, access: 'read' | 'readWrite'): number {
  const flags =
    (access === 'read' ? constants.O_RDONLY : constants.O_RDWR) | constants.O_NONBLOCK | closeOnExec
  const fd = cOpen(path, flags, 0)
  return fd < 0 ? -lastErrno() : fd
}

/** Linux frees the descriptor whatever close returns, so there is nothing to report. */
export function closeFile(fd: number): void {
  cClose(fd)
}

/** Throws DP_SYSTEM_CALL. */
export function truncate(fd: number, bytes: number): void {
  if (cTruncate(fd, bytes) < 0) throw systemError('ftruncate', String(bytes))
}

/** True: this open file now holds the exclusive lock. False: another holds it. Throws DP_SYSTEM_CALL. */
export function tryLock(fd: number): boolean {
  if (cFlock(fd, lockExclusive | lockNonBlocking) === 0) return true
  // EAGAIN (EWOULDBLOCK) is the one refusal that means 'held by another'
  const errno = lastErrno()
  if (errno === errnoNumber.EAGAIN) return false
  throw systemError('flock', `descriptor ${fd}`, errno)
}
