/**
 * Unix stream sockets that carry file descriptors (SCM_RIGHTS), used synchronously by a thread that does nothing else.
 *
 * Descriptors arrive with the bytes they were sent with, and one receive may return several messages with the
 * descriptors of one: read a message's header alone first. Not cyclic.
 */
import { addressOf, bind, lastErrno } from './libc.ts'
import { PollSet, pollIn, pollOut } from './event.ts'
import { closeFile } from './file.ts'
import { CallMemory } from './memory.ts'
import { errnoNumber, systemError } from './system-error.ts'

const cSocket: (family: number, type: number, protocol: number) => number = bind(
  'int socket(int family, int type, int protocol)',
)
const cSocketPair: (family: number, type: number, protocol: number, fds: Int32Array) => number =
  bind('int socketpair(int family, int type, int protocol, void *fds)')
const cBind: (fd: number, address: Uint8Array, bytes: number) => number = bind(
  'int bind(int fd, const void *address, uint32_t bytes)',
)
const cConnect: (fd: number, address: Uint8Array, bytes: number) => number = bind(
  'int connect(int fd, const void *address, uint32_t bytes)',
)
const cListen: (fd: number, backlog: number) => number = bind('int listen(int fd, int backlog)')
const cAccept: (fd: number, address: null, bytes: null, flags: number) => number = bind(
  'int accept4(int fd, void *address, void *bytes, int flags)',
)
const cSendmsg: (fd: number, message: bigint, flags: number) => number = bind(
  'int64_t sendmsg(int fd, const void *message, int flags)',
)
const cRecvmsg: (fd: number, message: bigint, flags: number) => number = bind(
  'int64_t recvmsg(int fd, void *message, int flags)',
)

const familyUnix = 1
const socketType = { stream: 1, packets: 5 } as const
const nonBlocking = 0o4000
const closeOnExec = 0o2000000
const solSocket = 1
const scmRights = 1
const noSignal = 0x4000
const descriptorsCloseOnExec = 0x4000_0000
const truncatedControl = 8

/** `packets`: as a stream, with message borders kept (SOCK_SEQPACKET). */
export type SocketKind = keyof typeof socketType

/** Descriptors in one message, the most that the kernel takes. */
export const maxDescriptors = 253

/** 64-bit layouts: struct msghdr (56 bytes), struct iovec (16), struct cmsghdr (16) and its ints. */
const at = {
  message: 0,
  iovec: 56,
  control: 72,
  bytes: 72 + 16 + 8 * Math.ceil(maxDescriptors / 2),
}

/** One connected socket. */
export class UnixSocket {
  readonly fd: number
  readonly #call = new CallMemory(at.bytes)
  readonly #words64 = new BigUint64Array(this.#call.buffer)
  readonly #words32 = new Int32Array(this.#call.buffer)
  readonly #writable: PollSet

  constructor(fd: number) {
    this.fd = fd
    this.#writable = new PollSet([fd], pollOut)
    const base = this.#call.pointer
    this.#words64[2] = base + BigInt(at.iovec)
    this.#words64[3] = 1n
    this.#words64[4] = base + BigInt(at.control)
  }

  /**
   * Bytes received into `memory` (0: the peer has closed, -1: nothing there now); the descriptors that came with them
   * are appended to `descriptors` and belong to the caller. Throws DP_SYSTEM_CALL.
   */
  receive(memory: Uint8Array<ArrayBuffer>, descriptors: number[]): number {
    this.#point(memory, at.bytes - at.control)
    for (;;) {
      const bytes = cRecvmsg(this.fd, this.#call.pointer, descriptorsCloseOnExec)
      if (bytes < 0) {
        const errno = lastErrno()
        if (errno === errnoNumber.EINTR) continue
        if (errno === errnoNumber.EAGAIN) return -1
        if (errno === errnoNumber.ECONNRESET) return 0
        throw systemError('recvmsg', `descriptor ${this.fd}`, errno)
      }
      this.#takeDescriptors(descriptors)
      return bytes
    }
  }

  /**
   * Sends all of `memory`, the descriptors with its first byte; waits for room up to `timeoutMs` at a time.
   * Throws DP_SYSTEM_CALL (EPIPE: the peer has closed; EAGAIN: it took nothing in that time).
   */
  send(
    memory: Uint8Array<ArrayBuffer>,
    descriptors: readonly number[] = [],
    timeoutMs = 5000,
  ): void {
    let sent = 0
    while (sent < memory.length) {
      const given = sent === 0 ? descriptors : []
      this.#point(memory.subarray(sent), this.#putDescriptors(given))
      const bytes = cSendmsg(this.fd, this.#call.pointer, noSignal)
      if (bytes >= 0) {
        sent += bytes
        continue
      }
      const errno = lastErrno()
      if (errno === errnoNumber.EINTR) continue
      if (errno !== errnoNumber.EAGAIN || this.#writable.wait(timeoutMs) === 0) {
        throw systemError('sendmsg', `descriptor ${this.fd}`, errno)
      }
    }
  }

  close(): void {
    closeFile(this.fd)
  }

  #point(memory: Uint8Array<ArrayBuffer>, controlBytes: number): void {
    // `.buffer` also moves a small array's bytes off the heap, where the collector leaves them in place
    this.#words64[at.iovec / 8] = addressOf(memory.buffer) + BigInt(memory.byteOffset)
    this.#words64[at.iovec / 8 + 1] = BigInt(memory.length)
    this.#words64[5] = BigInt(controlBytes)
    this.#words32[12] = 0
  }

  #putDescriptors(descriptors: readonly number[]): number {
    if (descriptors.length === 0) return 0
    const header = at.control / 4
    const bytes = 16 + 4 * descriptors.length
    this.#words64[at.control / 8] = BigInt(bytes)
    this.#words32[header + 2] = solSocket
    this.#words32[header + 3] = scmRights
    this.#words32.set(descriptors, header + 4)
    return 8 * Math.ceil(bytes / 8)
  }

  #takeDescriptors(descriptors: number[]): void {
    if (((this.#words32[12] as number) & truncatedControl) !== 0) {
      throw systemError('recvmsg', 'more descriptors than were expected', errnoNumber.EINVAL)
    }
    const header = at.control / 4
    if ((this.#words64[5] as bigint) < 16n || this.#words32[header + 3] !== scmRights) return
    const count = (Number(this.#words64[at.control / 8]) - 16) / 4
    for (let n = 0; n < count; n++) descriptors.push(this.#words32[header + 4 + n] as number)
  }
}

/** A listening socket at `path`, which must not exist. Throws DP_SYSTEM_CALL. */
export class UnixListener {
  readonly fd: number
  readonly #path: string
  readonly #readable: PollSet

  constructor(path: string) {
    this.#path = path
    this.fd = listenAt(path, 'stream', 1)
    this.#readable = new PollSet([this.fd], pollIn)
  }

  /** The next connection, or undefined when none came in `timeoutMs`. Blocks this thread. Throws DP_SYSTEM_CALL. */
  accept(timeoutMs: number): UnixSocket | undefined {
    if (this.#readable.wait(timeoutMs) === 0) return undefined
    const fd = acceptUnix(this.fd)
    if (fd >= 0) return new UnixSocket(fd)
    const errno = lastErrno()
    if (errno === errnoNumber.EAGAIN || errno === errnoNumber.EINTR) return undefined
    throw systemError('accept4', this.#path, errno)
  }

  /** Leaves the socket's file in place. */
  close(): void {
    closeFile(this.fd)
  }
}

/** The next connection's descriptor, non-blocking; -1 and `lastErrno()` while there is none. */
export function acceptUnix(listenerFd: number): number {
  return cAccept(listenerFd, null, null, nonBlocking | closeOnExec)
}

/** Connects to a listener. Throws DP_SYSTEM_CALL. */
export function connectUnix(path: string): UnixSocket {
  const fd = connectTo(path, 'stream')
  if (fd < 0) throw systemError('connect', path, -fd)
  return new UnixSocket(fd)
}

/** Descriptor of a socket connected to a listener, or the negative errno. Throws DP_SYSTEM_CALL for the socket itself. */
export function connectTo(path: string, kind: SocketKind): number {
  const address = addressFor(path)
  const fd = openSocket(path, kind)
  if (cConnect(fd, address, address.length) === 0) return fd
  const errno = lastErrno()
  closeFile(fd)
  return -errno
}

/** Descriptor of a socket that listens at `path`, which must not exist. Throws DP_SYSTEM_CALL. */
export function listenAt(path: string, kind: SocketKind, backlog: number): number {
  const address = addressFor(path)
  const fd = openSocket(path, kind)
  const fail = (call: string): never => {
    const errno = lastErrno()
    closeFile(fd)
    throw systemError(call, path, errno)
  }
  if (cBind(fd, address, address.length) < 0) fail('bind')
  if (cListen(fd, backlog) < 0) fail('listen')
  return fd
}

/** Two descriptors connected to each other; `packets` keeps message borders. Throws DP_SYSTEM_CALL. */
export function createSocketPair(kind: SocketKind): [number, number] {
  const fds = new Int32Array(new ArrayBuffer(8))
  const type = socketType[kind] | nonBlocking | closeOnExec
  if (cSocketPair(familyUnix, type, 0, fds) < 0) throw systemError('socketpair', kind)
  return [fds[0] as number, fds[1] as number]
}

function openSocket(path: string, kind: SocketKind): number {
  const fd = cSocket(familyUnix, socketType[kind] | nonBlocking | closeOnExec, 0)
  if (fd < 0) throw systemError('socket', path)
  return fd
}

/** struct sockaddr_un: the family and at most 107 bytes of path with their final zero. */
function addressFor(path: string): Uint8Array {
  const bytes = Buffer.from(path)
  if (bytes.length > 107) throw systemError('bind', path, errnoNumber.ENAMETOOLONG)
  const address = new Uint8Array(2 + bytes.length + 1)
  address[0] = familyUnix
  address.set(bytes, 2)
  return address
}
