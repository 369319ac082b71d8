import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeFile } from './file.ts'
import {
  acceptPackets,
  connectPackets,
  isListening,
  listenForPackets,
  type PacketSocket,
} from './packet-socket.ts'
import { UnixListener } from './unix-socket.ts'

let folder = ''
let path = ''
let listener = -1

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-packets-'))
  path = join(folder, 'socket')
  listener = listenForPackets(path, 2)
})
afterEach(() => {
  closeFile(listener)
  rmSync(folder, { recursive: true })
})

function connected(): { server: PacketSocket; client: PacketSocket } {
  const client = connectPackets(path)
  const server = acceptPackets(listener)
  if (server === undefined) throw new Error('nobody to accept')
  return { server, client }
}

test('a packet that nobody has read is the only one', () => {
  const { server, client } = connected()
  expect(server.offer(-2)).toBe('sent')
  expect(server.isRead()).toBe(false)
  expect(server.offer(7)).toBe('unread')
  expect(client.take()).toBe(-2)
  expect(server.isRead()).toBe(true)
  expect(client.take()).toBeUndefined()
  expect(server.offer(8)).toBe('sent')
  expect(client.take()).toBe(8)
  server.close()
  client.close()
})

test('a client that has gone is told, with or without an unread packet', () => {
  for (const reads of [true, false]) {
    const { server, client } = connected()
    server.offer(1)
    if (reads) client.take()
    client.close()
    expect(server.offer(2)).toBe('gone')
    server.close()
  }
})

test('whether somebody listens at a path is found whatever the kind of the socket', () => {
  expect(isListening(path)).toBe(true)
  closeFile(listener)
  expect(isListening(path)).toBe(false)
  expect(isListening(join(folder, 'nothing'))).toBe(false)
  const stream = new UnixListener(join(folder, 'stream'))
  expect(isListening(join(folder, 'stream'))).toBe(true)
  stream.close()
  rmSync(path)
  listener = listenForPackets(path, 2)
  expect(acceptPackets(listener)).toBeUndefined()
})

test('a path that no address holds is refused', () => {
  expect(() => listenForPackets('x'.repeat(108), 1)).toThrow('ENAMETOOLONG')
  expect(() => connectPackets(join(folder, 'nothing'))).toThrow('ENOENT')
})
