import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeFile } from '../../uio/system/file.ts'
import { connectPackets, listenForPackets } from '../../uio/system/packet-socket.ts'
import { MemoryFileBackend } from './memory-file-backend.ts'
import { openMemoryFile, type OpenMemoryFile } from './memory-file.ts'

const bytes = 65_536
let folder = ''
let opened: OpenMemoryFile[] = []
const memory = () => join(folder, 'memory')
const irqSocket = () => join(folder, 'irq')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-memory-file-'))
})
afterEach(() => {
  for (const file of opened) file.close()
  opened = []
  rmSync(folder, { recursive: true })
})

function open(place: { memory?: string; irqSocket?: string } = {}): OpenMemoryFile {
  const file = openMemoryFile({ memory: memory(), irqSocket: irqSocket(), bytes, ...place })
  opened.push(file)
  return file
}

test('the memory is made, and stays when the socket goes', () => {
  const file = open()
  expect(statSync(memory()).size).toBe(bytes)
  expect(statSync(irqSocket()).isSocket()).toBe(true)
  file.close()
  expect(existsSync(irqSocket())).toBe(false)
  expect(statSync(memory()).size).toBe(bytes)
})

test('the file of an earlier card is used again, and begins as memory without power', () => {
  writeFileSync(memory(), Buffer.alloc(bytes, 0x5a))
  const backend = new MemoryFileBackend(open().handle)
  expect(new Uint8Array(backend.memory).every((byte) => byte === 0)).toBe(true)
  backend.detach()
})

test('a file that is something else is refused and not touched', () => {
  writeFileSync(memory(), 'a letter')
  expect(() => open()).toThrow(/DP_EMULATOR_MEMORY.*8 bytes long/)
  expect(statSync(memory()).size).toBe(8)
  expect(() => open({ memory: '/dev/null' })).toThrow(/DP_EMULATOR_MEMORY.*regular file/)
  expect(() => open({ memory: join(folder, 'no', 'folder') })).toThrow(/DP_EMULATOR_MEMORY.*ENOENT/)
})

test('the memory of a running card is refused to a second one', () => {
  open()
  expect(() => open({ irqSocket: join(folder, 'other') })).toThrow(
    /DP_EMULATOR_MEMORY.*running card/,
  )
})

test('a socket that a dead program left is replaced; one that lives, and a file, are refused', () => {
  const left = listenForPackets(irqSocket(), 1)
  expect(() => open()).toThrow(/DP_EMULATOR_SOCKET.*running program/)
  closeFile(left)
  open()
  writeFileSync(join(folder, 'letter'), '')
  const place = { memory: join(folder, 'second'), irqSocket: join(folder, 'letter') }
  expect(() => open(place)).toThrow(/DP_EMULATOR_SOCKET.*a file/)
})

test('each client gets the count; a late one skips counts; a dead one changes nothing', () => {
  const backend = new MemoryFileBackend(open().handle)
  const [punctual, late, dead] = [1, 2, 3].map(() => connectPackets(irqSocket()))
  const seen: unknown[] = []
  for (let n = 0; n < 4; n++) {
    backend.raise()
    seen.push(punctual?.take())
    if (n === 1) dead?.close()
  }
  expect(seen).toEqual([1, 2, 3, 4])
  expect([late?.take(), late?.take()]).toEqual([1, undefined])
  backend.raise()
  expect(late?.take()).toBe(5)
  expect(backend.isCounted).toBe(true)
  expect(backend.isLastRead()).toBe(false)
  expect(punctual?.take()).toBe(5)
  backend.detach()
  punctual?.close()
  late?.close()
})

test('more clients than the card serves are turned away', () => {
  const backend = new MemoryFileBackend(open().handle)
  const clients = Array.from({ length: 17 }, () => {
    const client = connectPackets(irqSocket())
    backend.raise()
    return client
  })
  expect(clients.at(-2)?.take()).toBe(16)
  expect(clients.at(-1)?.take()).toBeUndefined()
  expect(clients.at(-1)?.offer(0)).toBe('gone')
  backend.detach()
  for (const client of clients) client.close()
})

test('a card that is pulled out reads all ones and sends its clients away', () => {
  const backend = new MemoryFileBackend(open().handle)
  const client = connectPackets(irqSocket())
  backend.raise()
  client.take()
  backend.vanish()
  expect(new Uint8Array(backend.memory).every((byte) => byte === 0xff)).toBe(true)
  expect(client.offer(0)).toBe('gone')
  expect(backend.raise()).toBe(false)
  backend.detach()
  expect(backend.waitUntil(0)).toBe(false)
  client.close()
})

test('a stop ends the wait of the card', () => {
  const file = open()
  const backend = new MemoryFileBackend(file.handle)
  expect(backend.waitUntil(0)).toBe(true)
  file.stop()
  expect(backend.waitUntil(2 ** 52)).toBe(false)
  backend.detach()
})
