import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageReader } from './message-reader.ts'
import { headerBytes, headerFlag, maxMessageBytes } from './protocol.ts'
import type { Request } from './protocol.ts'
import { replyTo } from './reply.ts'

type Plain = { id: number; command: number; flags: number; body: number[] }

function encode({ id, command, flags, body }: Plain): Uint8Array {
  const bytes = new Uint8Array(headerBytes + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, id, true)
  view.setUint16(2, command, true)
  view.setUint32(4, bytes.length, true)
  view.setUint32(8, flags, true)
  bytes.set(body, headerBytes)
  return bytes
}

function plain({ id, command, flags, body }: Request): Plain {
  return { id, command, flags, body: [...new Uint8Array(body.buffer)] }
}

/** Feeds a stream as a socket would: never more than the reader has room for, nor more than `chunk` at once. */
function feed(reader: MessageReader, stream: Uint8Array, chunks: () => number): Request[] {
  const requests: Request[] = []
  for (let done = 0; done < stream.length;) {
    const count = Math.min(reader.room.length, chunks(), stream.length - done)
    reader.room.set(stream.subarray(done, done + count))
    const request = reader.received(count, [])
    if (request !== undefined) requests.push(request)
    done += count
  }
  return requests
}

const message = fc.record({
  id: fc.nat(0xffff),
  command: fc.nat(0xffff),
  flags: fc.nat(0xffffffff),
  body: fc.array(fc.nat(255), { maxLength: 40 }),
})

test('the same messages come out however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
      (messages, chunks) => {
        const stream = Buffer.concat(messages.map(encode))
        const requests = feed(new MessageReader(), stream, () => chunks.next().value)
        expect(requests.map(plain)).toEqual(messages)
      },
    ),
  )
})

test('room never reaches past the header into the body, nor past the body into the next header', () => {
  const reader = new MessageReader()
  expect(reader.room.length).toBe(16)
  reader.room.set(encode({ id: 1, command: 9, flags: 0, body: [1, 2, 3] }).subarray(0, 16))
  expect(reader.received(16, [])).toBeUndefined()
  expect(reader.room.length).toBe(3)
  expect(reader.received(3, [])).toBeDefined()
  expect(reader.room.length).toBe(16)
})

test('descriptors belong to the message whose header they came with', () => {
  const reader = new MessageReader()
  const one = encode({ id: 1, command: 8, flags: 0, body: [7] })
  reader.room.set(one.subarray(0, 16))
  reader.received(16, [11, 12])
  expect(reader.received(1, [])?.fds).toEqual([11, 12])
  reader.room.set(encode({ id: 2, command: 4, flags: 0, body: [] }))
  expect(reader.received(16, [])?.fds).toEqual([])
})

test('a size that no message can have ends the stream', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffffffff).filter((size) => size < headerBytes || size > maxMessageBytes),
      (size) => {
        const reader = new MessageReader()
        new DataView(reader.room.buffer).setUint32(4, size, true)
        expect(() => reader.received(16, [])).toThrow('DP_VFIO_USER_MESSAGE')
      },
    ),
  )
})

test('descriptors of a message that never became whole are not forgotten', () => {
  const reader = new MessageReader()
  reader.received(5, [21])
  expect(reader.takeFds()).toEqual([21])
  expect(reader.takeFds()).toEqual([])
})

test('a reply names the command it answers; an error carries no payload', () => {
  const request = {
    id: 0x1234,
    command: 5,
    flags: 0,
    body: new DataView(new ArrayBuffer(0)),
    fds: [],
  }
  const good = replyTo(request, { body: new Uint8Array([0xaa, 0xbb]) })
  expect(good).toEqual(
    new Uint8Array([0x34, 0x12, 5, 0, 18, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xaa, 0xbb]),
  )
  const bad = replyTo(request, { errno: 22 })
  expect(bad).toEqual(new Uint8Array([0x34, 0x12, 5, 0, 16, 0, 0, 0, 0x21, 0, 0, 0, 22, 0, 0, 0]))
})

test('a posted command gets no reply', () => {
  const request = {
    id: 1,
    command: 10,
    flags: headerFlag.noReply,
    body: new DataView(new ArrayBuffer(0)),
    fds: [],
  }
  expect(replyTo(request, { body: new Uint8Array(0) })).toBeUndefined()
})
