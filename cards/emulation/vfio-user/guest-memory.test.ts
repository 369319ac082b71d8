/** The card as bus master, on real shared memory and by messages to a client that answers as QEMU does. */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closeFile } from '../../../uio/system/file.ts'
import { viewMemory } from '../../../uio/system/libc.ts'
import { createMemoryFile, mapOrThrow, unmap } from '../../../uio/system/memory.ts'
import { ConfigSpace } from './config-space.ts'
import { DmaTable } from './dma-table.ts'
import { GuestMemory } from './guest-memory.ts'
import { PlainCard } from './plain-card.ts'
import { command, type Answer } from './protocol.ts'
import { shareMemory } from './shared-memory.ts'

const page = 0x1000
const fileBytes = 4 * page
const right = { read: 1, write: 2, both: 3 } as const

let fd: number
let pointer: bigint
let guestView: ArrayBuffer
/** The memory of a guest, as the guest sees it. */
let guest: Uint8Array
let table: DmaTable
let config: ConfigSpace
let bus: GuestMemory

beforeEach(() => {
  fd = createMemoryFile('guest', fileBytes)
  pointer = mapOrThrow(fd, fileBytes, 0, 'readWrite')
  guestView = viewMemory(pointer, fileBytes)
  guest = new Uint8Array(guestView)
  table = new DmaTable(shareMemory)
  config = new ConfigSpace(new PlainCard())
  bus = new GuestMemory(table, config)
  setMaster(true)
})

afterEach(() => {
  table.clear()
  guestView.transfer(0)
  unmap(pointer, fileBytes)
  closeFile(fd)
})

function setMaster(on: boolean): void {
  config.write(4, new Uint8Array([on ? 4 : 0, 0]))
}

type Window = { address: bigint; bytes: number; offset?: number; flags?: number }

function body(...words: readonly bigint[]): DataView {
  const view = new DataView(new ArrayBuffer(8 * words.length))
  for (const [n, word] of words.entries()) view.setBigUint64(8 * n, word, true)
  return view
}

const request = (view: DataView) => ({ id: 1, command: 0, flags: 0, body: view, fds: [] })

function map(window: Window, descriptor: number | undefined): Answer {
  const { address, bytes, offset = 0, flags = right.both } = window
  const head = 32n | (BigInt(flags) << 32n)
  return table.map(request(body(head, BigInt(offset), address, BigInt(bytes))), descriptor)
}

function unmapWindow({ address, bytes }: Window): Answer {
  return table.unmap(request(body(24n, address, BigInt(bytes))))
}

const read = (address: bigint, bytes: number) => {
  const into = new Uint8Array(bytes)
  return bus.read(address, into) ? into : undefined
}

/** How often this process maps the guest's memory, and one. */
function mappings(): number {
  return readFileSync('/proc/self/maps', 'utf8').split('memfd:guest').length
}

describe('with a descriptor', () => {
  test('what the guest wrote is read, and what the card writes the guest finds', () => {
    map({ address: 0x10_0000n, bytes: 2 * page, offset: page }, fd)
    guest.set([1, 2, 3, 4], page + 0x20)
    expect(read(0x10_0020n, 4)).toEqual(new Uint8Array([1, 2, 3, 4]))
    expect(bus.write(0x10_1ffcn, new Uint8Array([5, 6, 7, 8]))).toBe(true)
    expect([...guest.subarray(3 * page - 4, 3 * page + 1)]).toEqual([5, 6, 7, 8, 0])
  })

  test('a transfer may run from one window into the next', () => {
    map({ address: 0x10_0000n, bytes: page, offset: 2 * page }, fd)
    map({ address: 0x10_1000n, bytes: page, offset: 0 }, fd)
    expect(bus.write(0x10_0ffen, new Uint8Array([1, 2, 3, 4]))).toBe(true)
    expect([...guest.subarray(3 * page - 2, 3 * page)]).toEqual([1, 2])
    expect([...guest.subarray(0, 2)]).toEqual([3, 4])
  })

  test('every transfer inside the windows is exact, every other one does nothing', () => {
    const start = 0xffff_f000n
    map({ address: start, bytes: 2 * page }, fd)
    fc.assert(
      fc.property(
        fc.integer({ min: -64, max: 2 * page + 64 }),
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        (offset, data) => {
          guest.fill(0)
          const address = start + BigInt(offset)
          const inside = offset >= 0 && offset + data.length <= 2 * page
          const sent = new Uint8Array(data)
          expect(bus.write(address, sent)).toBe(inside)
          const expected = new Uint8Array(fileBytes)
          if (inside) expected.set(sent, offset)
          expect(Buffer.compare(guest, expected)).toBe(0)
          expect(read(address, data.length)).toEqual(inside ? sent : undefined)
        },
      ),
    )
  })

  test('nothing moves while bus mastering is off', () => {
    map({ address: 0n, bytes: page }, fd)
    setMaster(false)
    expect(bus.write(0n, new Uint8Array([1]))).toBe(false)
    expect(read(0n, 1)).toBeUndefined()
    expect(guest[0]).toBe(0)
  })

  test('a window is read or written only as its rights say', () => {
    map({ address: 0n, bytes: page, flags: right.read }, fd)
    map({ address: 0x1000n, bytes: page, offset: page, flags: right.write }, fd)
    expect(read(0n, 1)).toEqual(new Uint8Array(1))
    expect(bus.write(0n, new Uint8Array([1]))).toBe(false)
    expect(read(0x1000n, 1)).toBeUndefined()
    expect(bus.write(0x1000n, new Uint8Array([1]))).toBe(true)
  })

  test('unmapping ends the access, and mapping again begins it', () => {
    const window = { address: 0n, bytes: page }
    map(window, fd)
    expect(unmapWindow(window)).toHaveProperty('body')
    expect(bus.write(0n, new Uint8Array([1]))).toBe(false)
    map({ ...window, offset: page }, fd)
    expect(bus.write(0n, new Uint8Array([1]))).toBe(true)
    expect([guest[0], guest[page]]).toEqual([0, 1])
  })

  test('the descriptor may be closed as soon as it is mapped', () => {
    const own = createMemoryFile('short-lived', page)
    map({ address: 0n, bytes: page }, own)
    closeFile(own)
    expect(bus.write(0n, new Uint8Array([7]))).toBe(true)
    expect(read(0n, 1)).toEqual(new Uint8Array([7]))
  })

  test.each([
    ['past the end of its file', { bytes: fileBytes, offset: page }],
    ['far past it', { bytes: page, offset: Number.MAX_SAFE_INTEGER - 0xfff }],
    ['off the page borders', { bytes: page, offset: 0x10 }],
  ])('a window %s is refused', (_what, window) => {
    expect(map({ address: 0n, ...window }, fd)).toEqual({ errno: 22 })
    expect(table.windows).toEqual([])
  })

  test('a process maps a window once and lets it go whole', () => {
    const before = mappings()
    map({ address: 0n, bytes: page }, fd)
    expect(mappings()).toBe(before + 1)
    table.clear()
    expect(mappings()).toBe(before)
  })
})

describe('without a descriptor', () => {
  let asked: { command: number; bytes: number }[]

  /** As QEMU: the head comes back, behind it the data of a read. */
  function answering(number: number, message: Uint8Array<ArrayBuffer>): DataView | undefined {
    const view = new DataView(message.buffer)
    const address = Number(view.getBigUint64(0, true))
    const count = Number(view.getBigUint64(8, true))
    asked.push({ command: number, bytes: count })
    if (address + count > guest.length) return undefined
    if (number === command.dmaWrite) {
      guest.set(message.subarray(16), address)
      return new DataView(message.slice(0, 16).buffer)
    }
    const reply = new Uint8Array(16 + count)
    reply.set(guest.subarray(address, address + count), 16)
    return new DataView(reply.buffer)
  }

  beforeEach(() => {
    asked = []
    bus.ask = answering
    bus.maxTransferBytes = 1 << 20
    map({ address: 0n, bytes: 2 * fileBytes }, undefined)
  })

  test('the client is asked for what it holds', () => {
    guest.set([1, 2, 3], 0x100)
    expect(read(0x100n, 3)).toEqual(new Uint8Array([1, 2, 3]))
    expect(bus.write(0x200n, new Uint8Array([4, 5]))).toBe(true)
    expect([...guest.subarray(0x200, 0x203)]).toEqual([4, 5, 0])
    expect(asked).toEqual([
      { command: command.dmaRead, bytes: 3 },
      { command: command.dmaWrite, bytes: 2 },
    ])
  })

  test('no message carries more than the client takes', () => {
    bus.maxTransferBytes = 1000
    const data = new Uint8Array(2500).map((_, n) => n)
    expect(bus.write(0n, data)).toBe(true)
    expect(asked.map(({ bytes }) => bytes)).toEqual([1000, 1000, 500])
    expect(read(0n, 2500)).toEqual(data)
  })

  test('a client that refuses, or none, is a transfer that failed', () => {
    expect(read(BigInt(fileBytes), 1)).toBeUndefined()
    bus.ask = undefined
    expect(read(0n, 1)).toBeUndefined()
    expect(bus.write(0n, new Uint8Array(1))).toBe(false)
  })

  test('it is not asked for what it never announced, nor while bus mastering is off', () => {
    expect(read(BigInt(4 * fileBytes), 1)).toBeUndefined()
    setMaster(false)
    expect(read(0n, 1)).toBeUndefined()
    expect(asked).toEqual([])
  })
})
