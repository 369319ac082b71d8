/** Writes the reply to a command: the command's id and number, and a payload or an errno, never both. */
import { headerBytes, headerFlag } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

/** The reply's bytes, or `undefined` where the command asks for none (QEMU's posted writes). */
export function replyTo(request: Request, answer: Answer): Uint8Array<ArrayBuffer> | undefined {
  if ((request.flags & headerFlag.noReply) !== 0) return undefined
  const body = 'body' in answer ? answer.body : new Uint8Array(0)
  const message = new Uint8Array(headerBytes + body.length)
  const header = new DataView(message.buffer)
  header.setUint16(0, request.id, true)
  header.setUint16(2, request.command, true)
  header.setUint32(4, message.length, true)
  header.setUint32(8, headerFlag.reply | ('errno' in answer ? headerFlag.error : 0), true)
  header.setUint32(12, 'errno' in answer ? answer.errno : 0, true)
  message.set(body, headerBytes)
  return message
}
