/** Writes messages: the reply to a command (its id and number, and a payload or an errno, never both), and commands. */
import { headerBytes, headerFlag } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

/** The reply's bytes, or `undefined` where the command asks for none (QEMU's posted writes). */
export function replyTo(request: Request, answer: Answer): Uint8Array<ArrayBuffer> | undefined {
  if ((request.flags & headerFlag.noReply) !== 0) return undefined
  const { id, command } = request
  if ('body' in answer) return message({ id, command, flags: headerFlag.reply }, answer.body)
  const flags = headerFlag.reply | headerFlag.error
  return message({ id, command, flags, error: answer.errno }, new Uint8Array(0))
}

/** A command of ours that wants a reply. */
export function commandMessage(
  id: number,
  command: number,
  body: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return message({ id, command, flags: 0 }, body)
}

function message(
  head: {
    readonly id: number
    readonly command: number
    readonly flags: number
    readonly error?: number
  },
  body: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes + body.length)
  const header = new DataView(bytes.buffer)
  header.setUint16(0, head.id, true)
  header.setUint16(2, head.command, true)
  header.setUint32(4, bytes.length, true)
  header.setUint32(8, head.flags, true)
  header.setUint32(12, head.error ?? 0, true)
  bytes.set(body, headerBytes)
  return bytes
}
