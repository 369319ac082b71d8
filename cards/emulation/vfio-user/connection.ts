/** One client's socket: receives what is there, hands whole messages on, sends replies. Never blocks. */
import { closeFile } from '../../../uio/system/file.ts'
import type { UnixSocket } from '../../../uio/system/unix-socket.ts'
import { MessageReader } from './message-reader.ts'
import type { Answer, Request } from './protocol.ts'
import { replyTo } from './reply.ts'

export class Connection {
  readonly #socket: UnixSocket
  readonly #reader = new MessageReader()

  constructor(socket: UnixSocket) {
    this.#socket = socket
  }

  get fd(): number {
    return this.#socket.fd
  }

  /**
   * One receive: 'idle' when nothing is waiting, 'ended' when the client is gone, else a message was handled or came a
   * piece further. Throws DP_VFIO_USER_MESSAGE and DP_SYSTEM_CALL: then only `close` is left to do.
   */
  receive(handle: (request: Request) => Answer): 'idle' | 'ended' | 'received' {
    const fds: number[] = []
    const bytes = this.#socket.receive(this.#reader.room, fds)
    if (bytes < 0) return 'idle'
    if (bytes === 0) return 'ended'
    const request = this.#reader.received(bytes, fds)
    if (request === undefined) return 'received'
    const reply = replyTo(request, handle(request))
    // a client waits for its reply, so one that lets the socket's buffer fill up is not waited for
    if (reply !== undefined) this.#socket.send(reply, [], 0)
    return 'received'
  }

  close(): void {
    this.#reader.takeFds().forEach(closeFile)
    this.#socket.close()
  }
}
