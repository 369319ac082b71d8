/**
 * One client's socket: receives what is there, hands whole commands on, sends replies, and asks the client something.
 *
 * Both sides may have sent a command and wait: a client that waits for its reply cannot answer ours before it has got it.
 * So while a question is open, commands are carried out as always.
 */
import { pollIn, PollSet } from '../../../uio/system/event.ts'
import { closeFile } from '../../../uio/system/file.ts'
import type { UnixSocket } from '../../../uio/system/unix-socket.ts'
import { MessageReader } from './message-reader.ts'
import { headerFlag } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'
import { commandMessage, replyTo } from './reply.ts'

/** A client that answers later than this does not answer. QEMU itself gives a server 5 s. */
const answerMs = 2000

export class Connection {
  readonly #socket: UnixSocket
  readonly #handle: (request: Request) => Answer
  readonly #reader = new MessageReader()
  readonly #readable: PollSet
  #nextId = 0
  /** The reply to the open question. */
  #reply: Request | undefined
  #failure: Error | undefined

  constructor(socket: UnixSocket, handle: (request: Request) => Answer) {
    this.#socket = socket
    this.#handle = handle
    this.#readable = new PollSet([socket.fd], pollIn)
  }

  get fd(): number {
    return this.#socket.fd
  }

  /** What went wrong while a question was open: only `close` is left to do. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /**
   * One receive: 'idle' when nothing is waiting, 'ended' when the client is gone, else a message was handled or came a
   * piece further. Throws DP_VFIO_USER_MESSAGE and DP_SYSTEM_CALL: then only `close` is left to do.
   */
  receive(): 'idle' | 'ended' | 'received' {
    const fds: number[] = []
    const bytes = this.#socket.receive(this.#reader.room, fds)
    if (bytes < 0) return 'idle'
    if (bytes === 0) return 'ended'
    const message = this.#reader.received(bytes, fds)
    if (message !== undefined) this.#take(message)
    return 'received'
  }

  /** Sends a command; the reply's body, or undefined for an error or none in time. Not to be called from within itself. */
  ask(number: number, body: Uint8Array<ArrayBuffer>): DataView | undefined {
    this.#nextId = (this.#nextId + 1) & 0xffff
    this.#reply = undefined
    try {
      this.#socket.send(commandMessage(this.#nextId, number, body), [], answerMs)
      while (this.#readable.wait(answerMs) !== 0) {
        if (this.receive() === 'ended') return undefined
        const reply = this.#reply as Request | undefined
        if (reply !== undefined)
          return (reply.flags & headerFlag.error) === 0 ? reply.body : undefined
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error('no Error', { cause: error })
    }
    return undefined
  }

  close(): void {
    this.#reader.takeFds().forEach(closeFile)
    this.#socket.close()
  }

  #take(message: Request): void {
    if ((message.flags & headerFlag.typeMask) === headerFlag.reply) {
      message.fds.forEach(closeFile)
      // a reply that comes too late answers a question of the past
      if (message.id === this.#nextId) this.#reply = message
      return
    }
    const answer = this.#handle(message)
    const reply = replyTo(message, answer)
    // a client waits for its reply, so one that lets the socket's buffer fill up is not waited for
    if (reply !== undefined) this.#socket.send(reply, 'fds' in answer ? (answer.fds ?? []) : [], 0)
  }
}
