import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Region } from '../../../../uio/region.ts'
import { maskOf, place } from '../../../../uio/bit-field.ts'
import { portCounters } from '../../../card.ts'
import { registers } from '../../registers.ts'
import { PortCounters } from './port-counters.ts'
import { tellingOfMisses } from './telegram-status.ts'

const bytes = 0x400
const byOrder = [
  registers.frxok,
  registers.ftxok,
  registers.fcserr,
  registers.algnerr,
  registers.disrxb,
  registers.discolb,
  registers.chviol,
  registers.sercerr,
]

/** A card in memory, whose counters grow as they do: each in 16 bits. */
function counting(cycleNs = 1_000_000) {
  const card = new Region('registers', new ArrayBuffer(bytes))
  const ports = new PortCounters(card, cycleNs)
  const grow = (counter: number, port: 1 | 2, by: number) => {
    const { offset } = byOrder[counter] as (typeof byOrder)[number]
    const at = port === 1 ? offset : offset + 2
    card.write16(at, (card.read16(at) + by) & 0xffff)
  }
  const links = (bits: number) =>
    card.write32(registers.dfcsr.offset, place(bits, registers.dfcsr.bits.link))
  return { card, ports, grow, links }
}

const growth = fc.record({
  counter: fc.nat({ max: byOrder.length - 1 }),
  port: fc.constantFrom<1 | 2>(1, 2),
  by: fc.oneof(fc.nat({ max: 0xffff }), fc.constantFrom(0, 1, 0xffff)),
})

describe('the counters of the ports', () => {
  test('lose nothing where each grows by less than 65536 between two reads, whatever they start from', () => {
    fc.assert(
      fc.property(
        fc.array(growth, { maxLength: 60 }),
        fc.array(fc.nat({ max: 0xffff }), { minLength: 16, maxLength: 16 }),
        (growths, before) => {
          const { ports, grow } = counting()
          before.forEach((value, n) => grow(n >> 1, n % 2 === 0 ? 1 : 2, value))
          ports.begin()
          const expected = new Map<string, number>()
          for (const { counter, port, by } of growths) {
            grow(counter, port, by)
            const key = `${port} ${portCounters[counter]}`
            expected.set(key, (expected.get(key) ?? 0) + by)
            for (let n = 0; n <= byOrder.length; n++) ports.look()
          }
          for (const port of [1, 2] as const)
            for (const counter of portCounters)
              expect(ports.count(port, counter)).toBe(expected.get(`${port} ${counter}`) ?? 0)
        },
      ),
    )
  })

  test.each([31_250, 250_000, 1_000_000, 10_000_000, 65_000_000])(
    'are all read within 440 ms in cycles of %i ns, as fast as the shortest frames make them wrap',
    (cycleNs) => {
      const { ports, grow } = counting(cycleNs)
      ports.begin()
      const cycles = Math.floor(440e6 / cycleNs)
      for (let counter = 0; counter < byOrder.length; counter++) grow(counter, 2, 7)
      for (let cycle = 1; cycle <= cycles; cycle++) if (ports.isDue(cycle)) ports.look()
      for (const name of portCounters.slice(0, byOrder.length)) expect(ports.count(2, name)).toBe(7)
    },
  )

  test('count from where they are after a reset of the chip, and from 0 when asked to', () => {
    const { card, ports, grow } = counting()
    ports.begin()
    grow(2, 1, 5)
    for (let n = 0; n < 9; n++) ports.look()
    ports.pause()
    card.write32(registers.fcserr.offset, 0)
    for (let n = 0; n < 9; n++) ports.look()
    ports.begin()
    grow(2, 1, 3)
    for (let n = 0; n < 9; n++) ports.look()
    expect(ports.count(1, 'fcsErrors')).toBe(8)
    grow(2, 1, 3)
    ports.reset()
    for (let n = 0; n < 9; n++) ports.look()
    expect(ports.count(1, 'fcsErrors')).toBe(0)
  })

  test('do not take the ones of a card that has gone for counts', () => {
    const { card, ports } = counting()
    ports.begin()
    for (let at = 0; at < bytes; at += 4) card.write32(at, 0xffffffff)
    for (let n = 0; n < 9; n++) ports.look()
    expect(ports.count(1, 'framesSent')).toBe(0)
    expect(ports.link(1)).toBe(false)
  })

  test('note missing telegrams on ports with a link alone', () => {
    const { ports, links } = counting()
    links(1)
    ports.begin()
    ports.noteMisses(maskOf(registers.tgsr1.bits.mstMiss), tellingOfMisses)
    ports.noteMisses(tellingOfMisses, tellingOfMisses)
    const misses = portCounters.slice(byOrder.length)
    expect(misses.map((name) => ports.count(1, name))).toEqual([2, 1, 1, 1])
    expect(misses.map((name) => ports.count(2, name))).toEqual([0, 0, 0, 0])
  })
})
