import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bufferMode, registers } from '../registers.ts'
import { Bench, EchoSlave, hosts, type HostKind } from './chip-bench.ts'
import type { CycleTelegrams, Passage } from './slave.ts'

const txBuffer = 0x1000 / 2
const rxBuffers = { P1: 0x1000 / 2, P2: 0x2000 / 2 } as const
const bufferWords = 0x100 / 2
const garbage = 0xdead

/** Sends its count of cycles in the last word of AT0's first 16 bytes. */
class CountingSlave extends EchoSlave {
  count = 0

  override pass(
    telegrams: CycleTelegrams,
    channel: 'P' | 'S',
    passage: Passage,
    last: boolean,
  ): void {
    super.pass(telegrams, channel, passage, last)
    if (channel === 'P') this.count++
    const at0 = telegrams.at[0]
    if (at0 !== undefined) new DataView(at0.buffer, at0.byteOffset).setUint16(14, this.count, true)
  }
}

function open(host: HostKind, mode: number) {
  const slave = new CountingSlave(1)
  const bench = new Bench(host, { slaves: [slave], topology: 'ring' })
  bench.startProcessData(mode)
  return { slave, bench }
}

function contents(bench: Bench, port: 'P1' | 'P2', buffer: number): number[] {
  const start = rxBuffers[port] + buffer * bufferWords
  return Array.from(bench.rx.slice(start, start + 8))
}

/** The count in the processor's receive buffers of both ports, and what RXBUFTV says of them. */
function newData(bench: Bench): unknown[] {
  const count = (port: 'P1' | 'P2') => contents(bench, port, bench.rxBuffer(port) ?? -1)[7]
  return [count('P1'), count('P2'), bench.read(registers.rxbuftvA)]
}

function disturb(bench: Bench, act: string): void {
  if (act === 'loseAt') bench.chip.losses.at = 1
  else if (act === 'loseMst') bench.chip.losses.mst = 1
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant('tick' as const) },
  { weight: 3, arbitrary: fc.constantFrom('scribble', 'handOver', 'requestRx' as const) },
  { weight: 1, arbitrary: fc.constantFrom('loseAt', 'loseMst' as const) },
)

describe.each(hosts)('buffers on %s', (host) => {
  describe.each(['double', 'triple'] as const)('%s', (name) => {
    const mode = bufferMode[name]

    test('the chip sends the newest buffer handed over, whole, and never the processor’s', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const { slave, bench } = open(host, mode)
          const sent: unknown[] = []
          const expected: unknown[] = []
          let handedOver = 0
          let pending = false
          for (const act of steps) {
            disturb(bench, act)
            const own = pending ? undefined : bench.txBuffer
            if (act === 'tick') {
              bench.chip.tick()
              pending = false
              if (handedOver === 0 || !slave.mst) continue
              sent.push([...slave.mdt0])
              expected.push([0, 1, 2, 3].map((n) => handedOver + n))
            }
            if (own === undefined) continue
            const start = txBuffer + own * bufferWords
            if (act === 'scribble') bench.tx.fill(garbage, start, start + 8)
            if (act !== 'handOver') continue
            handedOver += 10
            for (let n = 0; n < 8; n++) bench.tx[start + n] = handedOver + n
            bench.requestTx(mode)
            // plain memory answers at the next tick; until then the processor keeps its hands off
            pending = host === 'plain memory'
          }
          expect(sent).toEqual(expected)
        }),
        { numRuns: 300 },
      )
    })

    test('the processor gets the newest complete telegrams, and what it holds does not change', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const { slave, bench } = open(host, mode)
          const seen: unknown[] = []
          const expected: unknown[] = []
          let newest: number | undefined
          let holds: number | undefined
          let requested = false
          for (const act of steps) {
            disturb(bench, act)
            const lost = bench.chip.losses.at + bench.chip.losses.mst > 0
            if (act === 'requestRx') {
              bench.requestRx(mode)
              requested = true
              holds = undefined
            } else if (act === 'tick') {
              bench.chip.tick()
              if (!lost) newest = slave.count
            } else continue
            // plain memory shows the processor its own request until the next tick
            if (act === 'requestRx' && host === 'plain memory') continue
            if (requested && newest !== undefined) {
              holds = newest
              newest = undefined
              requested = false
            }
            seen.push(bench.rxBuffer('P1') === undefined ? undefined : newData(bench))
            expected.push(holds === undefined ? undefined : [holds, holds, 0x01010101])
          }
          expect(seen).toEqual(expected)
        }),
        { numRuns: 300 },
      )
    })
  })

  test('a double transmit buffer leaves the processor none until the next MDT, a triple one the third at once', () => {
    const double = open(host, bufferMode.double).bench
    expect(double.txBuffer).toBe(0)
    double.requestTx(bufferMode.double)
    double.look()
    expect(double.txBuffer).toBeUndefined()
    double.chip.tick()
    expect(double.txBuffer).toBe(1)
    const triple = open(host, bufferMode.triple).bench
    triple.requestTx()
    triple.look()
    expect(triple.txBuffer).toBe(1)
    triple.requestTx()
    triple.look()
    expect(triple.txBuffer).toBe(0)
    triple.chip.tick()
    expect(triple.txBuffer).toBe(0)
  })

  test('a single buffer is always usable, and newData tells of the last cycle alone', () => {
    const { bench } = open(host, bufferMode.single)
    bench.chip.tick()
    expect([bench.txBuffer, bench.rxBuffer('P1'), bench.rxBuffer('P2')]).toEqual([0, 0, 0])
    bench.requestRx(bufferMode.single)
    bench.look()
    expect(bench.rxBuffer('P1')).toBeUndefined()
    bench.chip.losses.at = 1
    bench.chip.tick()
    expect(bench.rxBuffer('P1')).toBeUndefined()
    bench.chip.tick()
    expect(bench.rxBuffer('P1')).toBe(0)
  })

  test('telegrams that RXBUFTR does not ask for are no condition of new data', () => {
    const { bench } = open(host, bufferMode.triple)
    bench.write(registers.rxbuftrA, 0x0300)
    bench.requestRx()
    bench.chip.tick()
    expect(bench.rxBuffer('P1')).toBeUndefined()
    bench.write(registers.rxbuftrA, 0x0101)
    bench.chip.tick()
    expect(bench.rxBuffer('P1')).toBeDefined()
  })

  test('after a break both ports have new data, each of its own part of the ring', () => {
    const slaves = [new EchoSlave(1, 2), new EchoSlave(2, 2)]
    const bench = new Bench(host, { slaves, topology: 'ring' })
    bench.startProcessData(bufferMode.triple)
    const own = bench.txBuffer ?? -1
    bench.tx.fill(7, txBuffer + own * bufferWords, txBuffer + own * bufferWords + 2)
    bench.requestTx()
    bench.requestRx()
    bench.chip.ring.breakAfter(1)
    bench.chip.tick()
    const parts = (['P1', 'P2'] as const).map((port) =>
      contents(bench, port, bench.rxBuffer(port) ?? 9),
    )
    expect(parts.map((part) => part.slice(0, 4))).toEqual([
      [7, 7, 0, 0],
      [0, 0, 7, 7],
    ])
  })
})
