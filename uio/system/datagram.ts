/** One-way messages to a Unix datagram socket, which Node's own sockets cannot send. */
import { bind, lastErrno } from './libc.ts'
import { closeFile } from './file.ts'
import { errnoNumber } from './system-error.ts'

const cSocket: (family: number, type: number, protocol: number) => number = bind(
  'int socket(int family, int type, int protocol)',
)
const cSendTo: (
  fd: number,
  bytes: Uint8Array,
  length: number,
  flags: number,
  address: Uint8Array,
  addressLength: number,
) => number = bind(
  'int64_t sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t addressLength)',
)

const familyUnix = 1
const typeDatagram = 2
const nonBlocking = 0o4000
const closeOnExec = 0o2000000
const noSignal = 0x4000
const longestPath = 107

/**
 * Sends `text` to the socket at `path`; a path that starts with @ is an abstract address. 0, or errno: EAGAIN when the
 * receiver has no room, for which nobody waits.
 */
export function sendDatagram(path: string, text: string): number {
  const name = Buffer.from(path.replace(/^@/, '\0'))
  if (name.length > longestPath) return errnoNumber.ENAMETOOLONG
  const fd = cSocket(familyUnix, typeDatagram | nonBlocking | closeOnExec, 0)
  if (fd < 0) return lastErrno()
  // struct sockaddr_un; its length tells where the name ends
  const address = new Uint8Array(2 + name.length)
  address[0] = familyUnix
  address.set(name, 2)
  const bytes = new TextEncoder().encode(text)
  const sent = cSendTo(fd, bytes, bytes.length, noSignal, address, address.length)
  const errno = sent < 0 ? lastErrno() : 0
  closeFile(fd)
  return errno
}
