/**
 * Unix sockets of sequenced packets (SOCK_SEQPACKET), never waited for: one read takes one packet, as a read of a UIO
 * device takes one count.
 */
import { bind, lastErrno } from './libc.ts'
import { closeFile, read } from './file.ts'
import { CallMemory } from './memory.ts'
import { errnoNumber, systemError } from './system-error.ts'
import { acceptUnix, connectTo, listenAt } from './unix-socket.ts'

const cSend: (fd: number, bytes: bigint, length: number, flags: number) => number = bind(
  'int64_t send(int fd, const void *bytes, size_t length, int flags)',
)
const cIoctl: (fd: number, request: number, argument: bigint) => number = bind(
  'int ioctl(int fd, unsigned long request, void *argument)',
)

const noSignal = 0x4000
/** SIOCOUTQ: for a Unix socket the memory that packets take which the peer has not read yet. */
const unreadQuery = 0x5411

/** One connected socket; packets of one 32-bit word. */
export class PacketSocket {
  readonly fd: number
  readonly #word = new CallMemory(4)
  readonly #pointer = this.#word.pointer
  readonly #value = new Int32Array(this.#word.buffer)

  constructor(fd: number) {
    this.fd = fd
  }

  /**
   * Cyclic. Sends `value` as four bytes, little endian, unless the last packet is still unread. `gone`: the peer has
   * closed or can take nothing.
   */
  offer(value: number): 'sent' | 'unread' | 'gone' {
    if (!this.isRead()) return 'unread'
    this.#value[0] = value
    for (;;) {
      if (cSend(this.fd, this.#pointer, 4, noSignal) === 4) return 'sent'
      const errno = lastErrno()
      if (errno === errnoNumber.EAGAIN) return 'unread'
      if (errno !== errnoNumber.EINTR) return 'gone'
    }
  }

  /** Cyclic. Whether the peer has read all that was sent to it. */
  isRead(): boolean {
    return cIoctl(this.fd, unreadQuery, this.#pointer) < 0 || this.#value[0] === 0
  }

  /** The word of the next packet; undefined: none there now, or the peer has closed. */
  take(): number | undefined {
    return read(this.fd, this.#pointer, 4) === 4 ? this.#value[0] : undefined
  }

  close(): void {
    closeFile(this.fd)
  }
}

/** A listening socket at `path`, which must not exist; its descriptor. Throws DP_SYSTEM_CALL. */
export function listenForPackets(path: string, backlog: number): number {
  return listenAt(path, 'packets', backlog)
}

/** Cyclic. The next connection at a listener, or undefined while there is none. */
export function acceptPackets(listenerFd: number): PacketSocket | undefined {
  const fd = acceptUnix(listenerFd)
  return fd < 0 ? undefined : new PacketSocket(fd)
}

/** Connects to a listener. Throws DP_SYSTEM_CALL. */
export function connectPackets(path: string): PacketSocket {
  const fd = connectTo(path, 'packets')
  if (fd < 0) throw systemError('connect', path, -fd)
  return new PacketSocket(fd)
}

/** Whether somebody listens at `path`, with a socket of any kind. */
export function isListening(path: string): boolean {
  const fd = connectTo(path, 'packets')
  if (fd >= 0) closeFile(fd)
  // a listener of another kind, or one that has more callers than it takes, is one
  return fd >= 0 || fd === -errnoNumber.EPROTOTYPE || fd === -errnoNumber.EAGAIN
}
