/**
 * Cuts the byte stream of a connection into messages.
 *
 * One receive may return several messages but the descriptors of only one, and nothing then tells whose they are. So
 * this reader offers room for the header alone, then for its body alone: descriptors come with a header.
 */
import { DualportError } from '../../../errors.ts'
import { headerBytes, maxMessageBytes } from './protocol.ts'
import type { Request } from './protocol.ts'

export class MessageReader {
  #header = new Uint8Array(headerBytes)
  #body: Uint8Array<ArrayBuffer> | undefined
  #have = 0
  #fds: number[] = []

  /** Where the next bytes belong, 1 at least. */
  get room(): Uint8Array<ArrayBuffer> {
    return (this.#body ?? this.#header).subarray(this.#have)
  }

  /**
   * The first `bytes` of `room` were filled, and `fds` came with them. Returns a message once it is whole.
   * Throws DP_VFIO_USER_MESSAGE when the stream cannot be followed any further.
   */
  received(bytes: number, fds: readonly number[]): Request | undefined {
    this.#fds.push(...fds)
    this.#have += bytes
    if (this.room.length > 0) return undefined
    if (this.#body === undefined) {
      this.#body = new Uint8Array(bodyBytes(this.#header))
      this.#have = 0
      if (this.room.length > 0) return undefined
    }
    return this.#take(this.#body)
  }

  /** Descriptors of a message that never became whole: for whoever drops the connection. */
  takeFds(): readonly number[] {
    const fds = this.#fds
    this.#fds = []
    return fds
  }

  #take(body: Uint8Array<ArrayBuffer>): Request {
    const header = new DataView(this.#header.buffer)
    this.#header = new Uint8Array(headerBytes)
    this.#body = undefined
    this.#have = 0
    return {
      id: header.getUint16(0, true),
      command: header.getUint16(2, true),
      flags: header.getUint32(8, true),
      body: new DataView(body.buffer),
      fds: this.takeFds(),
    }
  }
}

function bodyBytes(header: Uint8Array<ArrayBuffer>): number {
  const size = new DataView(header.buffer).getUint32(4, true)
  if (size >= headerBytes && size <= maxMessageBytes) return size - headerBytes
  throw new DualportError('DP_VFIO_USER_MESSAGE', {
    at: 'message size',
    actual: size,
    expected: `${headerBytes} to ${maxMessageBytes}`,
  })
}
