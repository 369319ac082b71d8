/** Plain memory: the processor writes while the chip is at work on the same register. */
import { describe, expect, test } from 'vitest'
import { maskOf, place } from '../../../uio/bit-field.ts'
import { bufferMode, coreSize, registers } from '../registers.ts'
import { RxBuffers, TxBuffers } from './chip-buffers.ts'
import { RegisterFile } from './chip-registers.ts'

const { txbufcsrA: tx, rxbufcsrA: rx } = registers
const rows = { csr: rx, valid: registers.rxbuftvA, required: registers.rxbuftrA }
const noBuffer = 3

function plainMemory() {
  const memory = new ArrayBuffer(coreSize)
  return { words: new Int32Array(memory), file: new RegisterFile(memory) }
}

describe.each(['double', 'triple'] as const)('%s', (name) => {
  const mode = bufferMode[name]

  test('a receive request repeated just when the chip answers does not let the chip keep what it shows', () => {
    const { words, file } = plainMemory()
    const buffers = new RxBuffers(file, rows, true)
    buffers.reset(mode)
    file.change(registers.rxbuftrA, 0, place(1, registers.rxbuftrA.bits.at))
    const request = () => {
      words[rx.offset >> 2] =
        mode | place(noBuffer, rx.bits.activeP1) | place(noBuffer, rx.bits.activeP2) | (1 << 31)
    }
    request()
    file.settle()
    buffers.received(1, 0x100)
    request()
    buffers.endOfReception()
    const shown = words[rx.offset >> 2] as number
    expect(shown & maskOf(rx.bits.newDataP1)).not.toBe(0)
    const held = (shown >>> 16) & 3
    for (let cycle = 0; cycle < 4; cycle++) {
      expect(buffers.target(1)).not.toBe(held)
      buffers.received(1, 0x100)
      buffers.endOfReception()
      expect(words[rx.offset >> 2]).toBe(shown)
    }
  })
})

test('a transmit buffer handed over just when an MDT starts is not shown to the processor again', () => {
  const { words, file } = plainMemory()
  const buffers = new TxBuffers(file, tx, true)
  buffers.reset(bufferMode.triple)
  const request = () => {
    words[tx.offset >> 2] = bufferMode.triple | place(noBuffer, tx.bits.active) | (1 << 31)
  }
  const shown = () => ((words[tx.offset >> 2] as number) >>> 16) & 3
  request()
  file.settle()
  const second = shown()
  request()
  const sent = buffers.startOfMdt()
  const own = shown()
  expect(own).not.toBe(sent)
  expect(own).not.toBe(second)
  expect(buffers.startOfMdt()).toBe(second)
  expect(shown()).toBe(own)
})
