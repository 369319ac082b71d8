import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bufferMode, registers, rxBase, txBase, windows } from '../registers.ts'
import { payloadMaxBytes } from '../telegram.ts'
import {
  Bench,
  describe as describing,
  EchoSlave,
  hosts,
  type HostKind,
  type Range,
} from './chip-bench.ts'
import type { CycleTelegrams } from './slave.ts'

const bases = { svc: 0x0800, a: 0x0c00, b: 0x1000, port1: 0x1400, port2: 0x1800 } as const
const rxBases = { p1Svc: 0x1000, p1A: 0x1800, p1B: 0x2000, p2Svc: 0x2800, p2A: 0x3000, p2B: 0x3800 }

const bytesOf = (bytes: Uint8Array) => [...bytes]

/** Keeps what passed on each channel, and fills AT0 with bytes of its own when told. */
class Tap extends EchoSlave {
  readonly seen = new Map<string, { mdt: number[][]; at: number[][] }>()
  answer: readonly number[] = []

  override pass(telegrams: CycleTelegrams, channel: 'P' | 'S'): void {
    this.seen.set(channel, { mdt: telegrams.mdt.map(bytesOf), at: telegrams.at.map(bytesOf) })
    telegrams.at[0]?.set(this.answer.slice(0, telegrams.at[0].length))
  }
}

function open(host: HostKind) {
  const tap = new Tap(1)
  const bench = new Bench(host, { slaves: [tap], topology: 'ring' })
  for (let n = 0; n < bench.tx.length; n++) bench.tx[n] = (n * 40503) & 0xffff
  bench.tx.fill(0, 0, 0x400)
  bench.writeAt(txBase.offset + 4 * txBase.svc, bases.svc)
  bench.writeAt(txBase.offset + 4 * txBase.a, bases.a)
  bench.writeAt(txBase.offset + 4 * txBase.b, bases.b)
  bench.writeAt(txBase.offset + 4 * txBase.port1, bases.port1)
  bench.writeAt(txBase.offset + 4 * txBase.port2, bases.port2)
  for (const name of ['p1Svc', 'p1A', 'p1B', 'p2Svc', 'p2A', 'p2B'] as const) {
    bench.writeAt(rxBase.offset + 4 * rxBase[name], rxBases[name])
  }
  for (const csr of [
    registers.txbufcsrA,
    registers.txbufcsrB,
    registers.rxbufcsrA,
    registers.rxbufcsrB,
  ]) {
    bench.write(csr, bufferMode.single)
  }
  return { tap, bench }
}

const even = (max: number) => fc.integer({ min: 0, max: max / 2 }).map((half) => half * 2)

/** Ranges that do not overlap in the telegram, as a processor lays them. */
const ranges = (types: readonly number[]): fc.Arbitrary<Range[]> =>
  fc
    .array(
      fc.record({
        type: fc.constantFrom(...types),
        gap: even(20),
        words: fc.integer({ min: 1, max: 20 }),
        bufferOffset: even(400),
        system: fc.constantFrom(0, 1),
      }),
      { maxLength: 12 },
    )
    .map((parts) => {
      let at = 0
      return parts.map(({ type, gap, words, bufferOffset, system }) => {
        const telegramOffset = at + gap
        at = telegramOffset + 2 * words
        return { type, telegramOffset, bufferOffset, bytes: 2 * words, system }
      })
    })

const lengthOf = (parts: readonly Range[]) =>
  Math.max(40, ...parts.map(({ telegramOffset, bytes }) => telegramOffset + bytes))

describe.each(hosts)('telegrams on %s', (host) => {
  test('any set of Tx descriptors sends exactly what it covers, and zeros between', () => {
    fc.assert(
      fc.property(ranges([0, 2, 8]), fc.integer({ min: 0, max: 7 }), (parts, index) => {
        const { tap, bench } = open(host)
        const length = lengthOf(parts)
        if (index !== 0) bench.describeTx(0, describing(40, []))
        bench.describeTx(index, describing(length, parts))
        bench.start(4, index < 4 ? 1 | (1 << index) : 1, index < 4 ? 0 : 1 << (index - 4))
        bench.chip.tick()
        for (const [channel, port] of [
          ['P', bases.port1],
          ['S', bases.port2],
        ] as const) {
          const expected = new Uint8Array(length)
          for (const { type, telegramOffset, bufferOffset, bytes, system } of parts) {
            const rt = system === 0 ? bases.a : bases.b
            const base = type === 0 ? bases.svc : type === 2 ? rt : port
            const from = windows.tx.offset + base + bufferOffset
            expected.set(new Uint8Array(bench.memory, from, bytes), telegramOffset)
          }
          const seen = tap.seen.get(channel)
          const sent = index < 4 ? seen?.mdt[index] : seen?.at[index - 4]
          expect(sent).toEqual([...expected])
        }
      }),
      { numRuns: 150 },
    )
  })

  test('any set of Rx descriptors stores exactly what it covers, for both ports, and nothing else', () => {
    fc.assert(
      fc.property(ranges([0, 2]), (parts) => {
        // two ranges that share buffer bytes would make the order the result
        const apart = parts.map((range) => ({ ...range, bufferOffset: range.telegramOffset }))
        const { tap, bench } = open(host)
        const length = lengthOf(apart)
        tap.answer = Array.from({ length }, (_, n) => (n * 31 + 7) & 0xff)
        bench.describeTx(0, describing(40, []))
        bench.describeTx(4, describing(length, []))
        bench.describeRx(4, describing(length, apart))
        bench.start(4, 1, 1)
        const before = new Uint8Array(bench.memory, windows.rx.offset, windows.rx.size).slice()
        bench.chip.tick()
        for (const [svc, a, b] of [
          [rxBases.p1Svc, rxBases.p1A, rxBases.p1B],
          [rxBases.p2Svc, rxBases.p2A, rxBases.p2B],
        ] as const) {
          for (const { type, telegramOffset, bufferOffset, bytes, system } of apart) {
            const base = type === 0 ? svc : system === 0 ? a : b
            before.set(
              tap.answer.slice(telegramOffset, telegramOffset + bytes),
              base + bufferOffset,
            )
          }
        }
        const after = new Uint8Array(bench.memory, windows.rx.offset, windows.rx.size)
        expect(Buffer.compare(after, before)).toBe(0)
      }),
      { numRuns: 150 },
    )
  })

  test('any words for descriptors leave the registers and the other windows whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 8, maxLength: 200 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (noise, decr) => {
          const { bench } = open(host)
          for (const { offset } of [windows.tx, windows.rx]) {
            new Uint32Array(bench.memory, offset).set(noise.map((word) => word | 1))
          }
          for (let n = 0; n < 32; n++)
            bench.writeAt(rxBase.offset + 4 * n, noise[n % noise.length] ?? 0)
          bench.start(4, 15, 15)
          bench.write(registers.decr, decr)
          bench.svc.fill(0x5a5a)
          bench.chip.tick()
          bench.chip.tick()
          expect(bench.svc.every((word) => word === 0x5a5a)).toBe(true)
          expect(bench.read(registers.idr)).toBe(0x88cd0089)
        },
      ),
      { numRuns: 100 },
    )
  })

  test('a telegram has 40 to 1494 bytes', () => {
    const { tap, bench } = open(host)
    bench.describeTx(0, describing(2, []))
    bench.describeTx(
      1,
      describing(2046, [{ type: 2, telegramOffset: 0, bufferOffset: 0, bytes: 2046 }]),
    )
    bench.start(4, 3, 0)
    bench.chip.tick()
    expect(tap.seen.get('P')?.mdt.map((bytes) => bytes.length)).toEqual([40, payloadMaxBytes, 0, 0])
  })

  test('a telegram goes out only where SFCR and its index entry both enable it', () => {
    const { tap, bench } = open(host)
    for (const index of [0, 1, 2]) bench.describeTx(index, describing(40, []))
    new Uint32Array(bench.memory, windows.tx.offset)[1] = 0x40
    bench.start(4, 0b1011, 0)
    bench.chip.tick()
    expect(tap.seen.get('P')?.mdt.map((bytes) => bytes.length)).toEqual([40, 0, 0, 0])
    expect(bench.read(registers.tgsr2) & 0xff).toBe(1)
    expect(bench.read(registers.ftxok)).toBe(0x00010001)
    expect(bench.read(registers.frxok)).toBe(0x00010001)
  })

  test('Rx descriptors of the copying types put the words into Tx RAM too', () => {
    const { tap, bench } = open(host)
    tap.answer = Array.from({ length: 40 }, (_, n) => n)
    bench.writeAt(rxBase.offset + 4 * rxBase.p1ToTx, 0x1c00)
    bench.writeAt(rxBase.offset + 4 * rxBase.p2ToTx, 0x1d00)
    bench.describeTx(0, describing(40, []))
    bench.describeTx(4, describing(40, []))
    bench.describeRx(
      4,
      describing(40, [
        { type: 8, telegramOffset: 4, bufferOffset: 0, bytes: 4 },
        { type: 10, telegramOffset: 8, bufferOffset: 8, bytes: 4 },
      ]),
    )
    bench.start(4, 1, 1)
    bench.chip.tick()
    for (const base of [0x1c00, 0x1d00]) {
      expect(Array.from(bench.tx.slice(base / 2, base / 2 + 2))).toEqual([0x0504, 0x0706])
      expect(Array.from(bench.tx.slice(base / 2 + 4, base / 2 + 6))).toEqual([0x0908, 0x0b0a])
    }
    expect(Array.from(bench.rx.slice(rxBases.p1A / 2, rxBases.p1A / 2 + 6))).toEqual([
      0, 0, 0, 0, 0x0908, 0x0b0a,
    ])
  })
})
