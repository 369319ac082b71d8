/** mmap, munmap, memfd_create and mlock. Addresses are BigInt and stay BigInt: the cycle never computes with them. */
import { addressOf, bind, lastErrno } from './libc.ts'
import { truncate } from './file.ts'
import { systemError } from './system-error.ts'

const cMmap: (
  hint: null,
  bytes: number,
  protection: number,
  flags: number,
  fd: number,
  offset: number,
) => bigint | null = bind(
  'void *mmap(void *hint, size_t bytes, int protection, int flags, int fd, int64_t offset)',
)
const cMunmap: (pointer: bigint, bytes: number) => number = bind(
  'int munmap(void *pointer, size_t bytes)',
)
const cMemfd: (name: string, flags: number) => number = bind(
  'int memfd_create(const char *name, uint32_t flags)',
)
const cMlock: (pointer: bigint, bytes: number) => number = bind(
  'int mlock(const void *pointer, size_t bytes)',
)
const cPageSize: () => number = bind('int getpagesize()')

const protRead = 1
const protWrite = 2
const flag = { shared: 1, populate: 0x8000 } as const
const mapFailed = 2n ** 64n - 1n
const memfdCloseOnExec = 1

export const pageSize = cPageSize()

/** Rounded up to whole pages. */
export function pagesOf(bytes: number): number {
  return Math.ceil(bytes / pageSize) * pageSize
}

/** Address of the mapping, or the negative errno: the caller knows best what a refusal means. */
export function mapFile(
  fd: number,
  bytes: number,
  offset: number,
  access: 'read' | 'readWrite',
): bigint | number {
  return mapShared(fd, bytes, offset, access, 0)
}

/**
 * mapFile for a map of a device, with every page there when it returns that the kernel can bring in ahead: one that is
 * first touched when the device has gone would be a SIGBUS. MAP_POPULATE passes over ranges of page numbers (VM_PFNMAP):
 * uio.c has entered those of a BAR within mmap itself, our stub enters its own at the first touch (openUioDevice).
 */
export function mapDevice(
  fd: number,
  bytes: number,
  offset: number,
  access: 'read' | 'readWrite',
): bigint | number {
  return mapShared(fd, bytes, offset, access, flag.populate)
}

function mapShared(
  fd: number,
  bytes: number,
  offset: number,
  access: 'read' | 'readWrite',
  flags: number,
): bigint | number {
  const protection = access === 'read' ? protRead : protRead | protWrite
  const pointer = cMmap(null, bytes, protection, flag.shared | flags, fd, offset)
  return pointer === null || pointer === mapFailed ? -lastErrno() : pointer
}

/** mapFile where a refusal is not foreseen. Throws DP_SYSTEM_CALL. */
export function mapOrThrow(
  fd: number,
  bytes: number,
  offset: number,
  access: 'read' | 'readWrite',
): bigint {
  const pointer = mapFile(fd, bytes, offset, access)
  if (typeof pointer === 'number') throw systemError('mmap', `${bytes} bytes`, -pointer)
  return pointer
}

export function unmap(pointer: bigint, bytes: number): void {
  cMunmap(pointer, bytes)
}

/** A file in memory, `bytes` long, all zero; the name is only shown in /proc. Throws DP_SYSTEM_CALL. */
export function createMemoryFile(name: string, bytes: number): number {
  const fd = cMemfd(name, memfdCloseOnExec)
  if (fd < 0) throw systemError('memfd_create', name)
  truncate(fd, bytes)
  return fd
}

/** Keeps these pages resident. 0, or errno. */
export function lockPages(pointer: bigint, bytes: number): number {
  return cMlock(pointer, bytes) === 0 ? 0 : lastErrno()
}

/**
 * Memory for the arguments of system calls. An ArrayBuffer's bytes never move and its address is a constant, so passing
 * it allocates nothing. Keep the object in a field: with the last reference the bytes are freed, whoever has the pointer.
 */
export class CallMemory {
  readonly buffer: ArrayBuffer
  readonly pointer: bigint

  constructor(bytes: number) {
    this.buffer = new ArrayBuffer(bytes)
    this.pointer = addressOf(this.buffer)
  }
}
