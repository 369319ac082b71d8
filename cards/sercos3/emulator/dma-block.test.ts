import { beforeEach, expect, test } from 'vitest'
import type { BusMaster } from '../../emulation/vfio-user/pci-card.ts'
import { DmaBlock, dmaBlock, dmaGo, dmaStatus } from './dma-block.ts'

/** Guest memory of 4 KiB at 4 GiB, beyond what the low address register holds. */
const start = 2n ** 32n
let guest: Uint8Array
let block: DmaBlock

beforeEach(() => {
  guest = new Uint8Array(0x1000)
  block = new DmaBlock()
  block.bus = memoryAt(start)
})

function memoryAt(base: bigint): BusMaster {
  const inside = (address: bigint, bytes: number) =>
    address >= base && address + BigInt(bytes) <= base + BigInt(guest.length)
  return {
    read(address, into) {
      if (!inside(address, into.length)) return false
      const from = Number(address - base)
      into.set(guest.subarray(from, from + into.length))
      return true
    },
    write(address, data) {
      if (!inside(address, data.length)) return false
      guest.set(data, Number(address - base))
      return true
    },
  }
}

function ask(address: bigint, length: number, go: number): void {
  block.write(dmaBlock.addressLow, 32, Number(address & 0xffff_ffffn))
  block.write(dmaBlock.addressHigh, 32, Number(address >> 32n))
  block.write(dmaBlock.length, 32, length)
  block.write(dmaBlock.go, 32, go)
}

const status = () => block.read(dmaBlock.status, 32)

test('copies guest memory into the buffer and the buffer into guest memory, once the card has its turn', () => {
  guest.set([1, 2, 3, 4], 0x10)
  ask(start + 0x10n, 4, dmaGo.read)
  expect(status()).toBe(dmaStatus.busy)
  block.tick()
  expect([status(), block.read(dmaBlock.buffer, 32)]).toEqual([dmaStatus.done, 0x04030201])
  block.write(dmaBlock.buffer + 1, 8, 9)
  ask(start + 0x20n, 4, dmaGo.write)
  block.tick()
  expect(status()).toBe(dmaStatus.done)
  expect([...guest.subarray(0x20, 0x25)]).toEqual([1, 9, 3, 4, 0])
})

test.each([
  ['an address that is no memory', 0x10n, 4, dmaGo.read],
  ['an end that is none', start + 0xffen, 4, dmaGo.write],
  ['no length', start, 0, dmaGo.read],
  ['a length beyond the buffer', start, 0xf01, dmaGo.read],
  ['a go that is none', start, 4, 3],
])('%s is refused', (_what, address, length, go) => {
  ask(address, length, go)
  block.tick()
  expect(status()).toBe(dmaStatus.refused)
})

test('the status cannot be written', () => {
  block.write(dmaBlock.status, 32, dmaStatus.done)
  expect(status()).toBe(dmaStatus.idle)
})

test('a go that comes while another transfer waits is carried out after it', () => {
  const lengths: number[] = []
  block.bus = {
    read(_address, into) {
      lengths.push(into.length)
      if (lengths.length === 1) ask(start, 8, dmaGo.read)
      return true
    },
    write: () => false,
  }
  ask(start, 4, dmaGo.read)
  block.tick()
  expect(lengths).toEqual([4, 8])
  expect(status()).toBe(dmaStatus.done)
})

test('without a bus, and after a reset, nothing moves', () => {
  block.bus = undefined
  ask(start, 4, dmaGo.read)
  block.reset()
  expect(status()).toBe(dmaStatus.idle)
  ask(start, 4, dmaGo.read)
  block.tick()
  expect(status()).toBe(dmaStatus.refused)
})
