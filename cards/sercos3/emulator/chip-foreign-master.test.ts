/** Plain memory, and a processor that does not know that its writes are looked for: it sets bits in the words it read. */
import { describe, expect, test } from 'vitest'
import { extract, maskOf } from '../../../uio/bit-field.ts'
import { bufferMode, registers } from '../registers.ts'
import { Bench, EchoSlave } from './chip-bench.ts'

const r = registers
const request = 0x80000000
const txStart = 0x1000 / 2
const rxStart = 0x1000 / 2
const bufferWords = 0x100 / 2

const open = () =>
  new Bench('plain memory', {
    slaves: [new EchoSlave(1), new EchoSlave(2)],
    topology: 'ring',
    foreign: true,
  })

describe.each(['double', 'triple'] as const)('%s buffers', (name) => {
  test('a request that is set in the word just read brings a buffer in every cycle', () => {
    const bench = open()
    bench.startProcessData(bufferMode[name])
    const echoed: unknown[] = []
    for (let cycle = 1; cycle <= 12; cycle++) {
      bench.write(r.rxbufcsrA, bench.read(r.rxbufcsrA) | request)
      const own = extract(bench.read(r.txbufcsrA), r.txbufcsrA.bits.active)
      bench.tx[txStart + own * bufferWords] = 100 + cycle
      bench.write(r.txbufcsrA, bench.read(r.txbufcsrA) | request)
      bench.chip.tick()
      const got = extract(bench.read(r.rxbufcsrA), r.rxbufcsrA.bits.activeP2)
      echoed.push(bench.rx[rxStart + 0x1000 / 2 + got * bufferWords])
    }
    expect(echoed).toEqual(Array.from({ length: 12 }, (_, n) => 101 + n))
  })

  test('the request bit reads 0 when the chip has answered', () => {
    const bench = open()
    bench.startProcessData(bufferMode[name])
    for (const csr of [r.txbufcsrA, r.rxbufcsrA]) {
      bench.write(csr, bench.read(csr) | request)
      bench.chip.tick()
      expect(bench.read(csr) & request).toBe(0)
    }
  })
})

test('IRR0 tells of the last cycle, though nobody clears it', () => {
  const bench = open()
  bench.startProcessData(0)
  const everyThird = maskOf(r.tcsr.bits.divClkMode) | 1
  bench.write(r.tcsr, everyThird)
  bench.write(r.tdivclk, 3 * 2 ** 24)
  const seen = Array.from({ length: 6 }, () => {
    bench.chip.tick()
    return bench.read(r.irr0)
  })
  expect(seen).toEqual([0x01, 0x01, 0x81, 0x01, 0x01, 0x81])
})

test('the latched line status falls by itself when the line is whole, for both may be written over by ones', () => {
  const bench = open()
  bench.startProcessData(0)
  bench.chip.ring.breakAfter(0)
  bench.chip.tick()
  expect(bench.read(r.dfcsr) & maskOf(r.dfcsr.bits.lineErrorLatched)).toBe(1 << 20)
  bench.chip.ring.breakAfter(-1)
  bench.chip.tick()
  expect(bench.read(r.dfcsr) & maskOf(r.dfcsr.bits.lineErrorLatched)).toBe(0)
})

test('the chip tells when the telegram status of a cycle was taken', () => {
  const bench = open()
  bench.startProcessData(0)
  bench.chip.tick()
  expect(bench.chip.statusTaken).toBe(false)
  bench.write(r.tgsr1, 0x3d00)
  expect(bench.chip.statusTaken).toBe(true)
  bench.look()
  expect(bench.chip.statusTaken).toBe(true)
  bench.chip.tick()
  expect(bench.chip.statusTaken).toBe(false)
})
