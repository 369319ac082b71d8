/** VERSION: the first message of a connection. Body: major, minor (u16 each), then optional JSON with a final NUL. */
import { z } from 'zod'
import { errno, maxMessageFds, maxTransferBytes } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

const major = 0
const minor = 1

const proposal = z.object({
  capabilities: z
    .object({ max_data_xfer_size: z.int().min(1) })
    .partial()
    .optional(),
})

export type Agreement = {
  readonly answer: Answer
  /** Data that one message to the client may carry; 0: nothing was agreed. */
  readonly maxTransferBytes: number
}

/**
 * Agrees on our major version and the lower minor one. Of the client's capabilities only the size of a transfer matters:
 * the server sends it nothing else unasked, and offers only what every client knows.
 */
export function negotiateVersion(request: Request): Agreement {
  const { body } = request
  if (body.byteLength < 4) return refuse(errno.EINVAL)
  if (body.getUint16(0, true) !== major) return refuse(errno.ENOTSUP)
  const capabilities = { max_msg_fds: maxMessageFds, max_data_xfer_size: maxTransferBytes }
  const json = new TextEncoder().encode(`${JSON.stringify({ capabilities })}\0`)
  const reply = new Uint8Array(4 + json.length)
  const view = new DataView(reply.buffer)
  view.setUint16(0, major, true)
  view.setUint16(2, Math.min(body.getUint16(2, true), minor), true)
  reply.set(json, 4)
  return { answer: { body: reply }, maxTransferBytes: transferLimit(body) }
}

function refuse(number: number): Agreement {
  return { answer: { errno: number }, maxTransferBytes: 0 }
}

/** What the client says that it takes, or else the protocol's default, which is our own limit too. */
function transferLimit(body: DataView): number {
  const bytes = new Uint8Array(body.buffer, body.byteOffset + 4, body.byteLength - 4)
  const text = new TextDecoder().decode(bytes).replace(/\0[^]*$/, '')
  const proposed = z.preprocess(parseJson, proposal).safeParse(text)
  const limit = proposed.data?.capabilities?.max_data_xfer_size ?? maxTransferBytes
  return Math.min(limit, maxTransferBytes)
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
