import { mkdtempSync, rmSync, fstatSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PollSet, pollIn } from './event.ts'
import { createMemoryFile } from './memory.ts'
import { connectUnix, createSocketPair, UnixListener, UnixSocket } from './unix-socket.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function pair(): { near: UnixSocket; far: UnixSocket } {
  const listener = new UnixListener(join(folder, 'pair'))
  const near = connectUnix(join(folder, 'pair'))
  const far = listener.accept(1000)
  listener.close()
  rmSync(join(folder, 'pair'))
  if (far === undefined) throw new Error('no connection')
  return { near, far }
}

test('bytes and descriptors arrive together, the descriptors as new numbers of the same files', () => {
  const { near, far } = pair()
  const file = createMemoryFile('dualport-test', 8192)
  near.send(new Uint8Array([1, 2, 3, 4, 5]), [file, file])
  const memory = new Uint8Array(16)
  const descriptors: number[] = []
  expect(far.receive(memory.subarray(0, 2), descriptors)).toBe(2)
  expect(descriptors).toHaveLength(2)
  for (const fd of descriptors) {
    expect(fd).not.toBe(file)
    expect(fstatSync(fd).ino).toBe(fstatSync(file).ino)
    closeSync(fd)
  }
  expect(far.receive(memory.subarray(2), descriptors)).toBe(3)
  expect([...memory.subarray(0, 5)]).toEqual([1, 2, 3, 4, 5])
  expect(descriptors).toHaveLength(2)
  closeSync(file)
  near.close()
  far.close()
})

test('receive gives -1 when nothing is there and 0 once the peer has closed', () => {
  const { near, far } = pair()
  const memory = new Uint8Array(4)
  expect(far.receive(memory, [])).toBe(-1)
  near.close()
  expect(far.receive(memory, [])).toBe(0)
  expect(() => {
    far.send(memory)
  }).toThrow(expect.objectContaining({ code: 'DP_SYSTEM_CALL', actual: 'EPIPE' }))
  far.close()
})

test('a message larger than the socket buffer goes out in pieces while the peer reads', () => {
  const [a, b] = createSocketPair('stream')
  const near = new UnixSocket(a)
  const far = new UnixSocket(b)
  const big = new Uint8Array(4 << 20)
  expect(() => {
    near.send(big, [], 1)
  }).toThrow(expect.objectContaining({ actual: 'EAGAIN' }))
  near.close()
  far.close()
})

test('poll tells which of several descriptors is ready', () => {
  const one = pair()
  const two = pair()
  const set = new PollSet([one.far.fd, two.far.fd], pollIn)
  expect(set.wait(0)).toBe(0)
  two.near.send(new Uint8Array([1]))
  expect(set.wait(1000)).toBe(1)
  expect([set.found(0), set.found(1)]).toEqual([0, pollIn])
  for (const socket of [one.near, one.far, two.near, two.far]) socket.close()
})

test('accept gives up after its time-out; a path too long or in use is refused by name', () => {
  const path = join(folder, 'alone')
  const listener = new UnixListener(path)
  expect(listener.accept(1)).toBeUndefined()
  expect(() => new UnixListener(path)).toThrow(expect.objectContaining({ actual: 'EADDRINUSE' }))
  expect(() => new UnixListener(join(folder, 'x'.repeat(108)))).toThrow(
    expect.objectContaining({ actual: 'ENAMETOOLONG' }),
  )
  expect(() => connectUnix(join(folder, 'nobody'))).toThrow(
    expect.objectContaining({ actual: 'ENOENT', at: `connect(${join(folder, 'nobody')})` }),
  )
  listener.close()
})
