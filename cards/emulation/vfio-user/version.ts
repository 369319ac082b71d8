/** VERSION: the first message of a connection. Body: major, minor (u16 each), then optional JSON with a final NUL. */
import { errno, maxMessageFds, maxTransferBytes } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

const major = 0
const minor = 1

/**
 * Agrees on our major version and the lower minor one. The capabilities proposed are not looked at: the server sends
 * commands to nobody, so none of the client's limits concerns it, and it offers only what every client knows.
 */
export function negotiateVersion(request: Request): Answer {
  const { body } = request
  if (body.byteLength < 4) return { errno: errno.EINVAL }
  if (body.getUint16(0, true) !== major) return { errno: errno.ENOTSUP }
  const capabilities = { max_msg_fds: maxMessageFds, max_data_xfer_size: maxTransferBytes }
  const json = new TextEncoder().encode(`${JSON.stringify({ capabilities })}\0`)
  const reply = new Uint8Array(4 + json.length)
  const view = new DataView(reply.buffer)
  view.setUint16(0, major, true)
  view.setUint16(2, Math.min(body.getUint16(2, true), minor), true)
  reply.set(json, 4)
  return { body: reply }
}
