import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendDatagram } from './datagram.ts'
import { closeFile, read } from './file.ts'
import { bind } from './libc.ts'
import { errnoNumber } from './system-error.ts'

const cSocket: (family: number, type: number, protocol: number) => number = bind(
  'int socket(int family, int type, int protocol)',
)
const cBind: (fd: number, address: Uint8Array, bytes: number) => number = bind(
  'int bind(int fd, const void *address, uint32_t bytes)',
)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-datagram-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Binds a receiver to this name, sends to `path`, and returns what arrived. */
function receive(name: string, path: string, texts: readonly string[]): string[] {
  const fd = cSocket(1, 2 | 0o4000, 0)
  const address = new Uint8Array([1, 0, ...Buffer.from(name)])
  expect(cBind(fd, address, address.length)).toBe(0)
  for (const text of texts) expect(sendDatagram(path, text)).toBe(0)
  const memory = new Uint8Array(100)
  const arrived: string[] = []
  for (let bytes = read(fd, memory, 100); bytes >= 0; bytes = read(fd, memory, 100))
    arrived.push(Buffer.from(memory.subarray(0, bytes)).toString())
  closeFile(fd)
  return arrived
}

test('messages arrive whole and one by one, at a path and at an abstract address', () => {
  const path = join(folder, 'receiver')
  expect(receive(path, path, ['READY=1\nSTATUS=CP4', 'ä'])).toEqual(['READY=1\nSTATUS=CP4', 'ä'])
  const name = `dualport-test-${process.pid}`
  expect(receive(`\0${name}`, `@${name}`, ['one'])).toEqual(['one'])
})

test('a receiver that is not there, and a name that no address holds, are told by errno', () => {
  expect(sendDatagram(join(folder, 'nobody'), 'x')).toBe(errnoNumber.ENOENT)
  expect(sendDatagram('x'.repeat(108), 'x')).toBe(errnoNumber.ENAMETOOLONG)
})
