import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { maskOf } from '../../../uio/bit-field.ts'
import { OrderedCard } from '../../emulation/ordered-card.ts'
import type { AccessWidth } from '../../emulation/vfio-user/pci-card.ts'
import { coreSize, pci, registers as r, windows } from '../registers.ts'
import { obeyCardOrder, PositionTrace } from './card-orders.ts'
import { EchoSlave } from './chip-bench.ts'
import { Sercon100m } from './chip.ts'
import { mappableBar, Sercos3PciCard } from './pci-card.ts'

const cycleNs = 1_000_000
const core = pci.registerBar
let chip: Sercon100m
let card: Sercos3PciCard

beforeEach(() => {
  chip = new Sercon100m(new ArrayBuffer(coreSize), { slaves: [new EchoSlave(1)], topology: 'ring' })
  card = new Sercos3PciCard(chip)
})

function write(register: { readonly offset: number }, value: number): void {
  card.write(core, register.offset, 32, value)
}

function startClock(): void {
  write(r.tcntcycr, cycleNs)
  write(r.ier0, 1)
  write(r.tcsr, maskOf(r.tcsr.bits.et0))
}

/** Ticks through `count` cycles, acknowledging each as the stub does unless told not to. */
function run(count: number, acknowledge = true): void {
  for (let n = 0, nowNs = card.tick(0); n < count; n++) {
    nowNs = card.tick(nowNs)
    if (acknowledge && card.interrupt) write(r.irr0, card.read(core, r.irr0.offset, 32))
  }
}

describe('the Sercos III card on PCI', () => {
  test('has the ids and the five BARs that drivers look for', () => {
    expect(card.ids).toMatchObject({
      vendor: 0x10b5,
      device: 0x9030,
      subsystemVendor: 0x1971,
      subsystemDevice: 0x3530,
    })
    expect(card.bars.map(({ index }) => index)).toEqual([0, 2, 3, 4, 5])
  })

  test('shows the core in BAR4: identification and telegram memory at their offsets', () => {
    expect(card.read(core, r.idr.offset, 32) >>> 16).toBe(0x88cd)
    card.write(core, windows.tx.offset + 2, 16, 0xabcd)
    expect(card.read(core, windows.tx.offset, 32)).toBe(0xabcd0000)
  })

  test('keeps what is written to any other BAR', () => {
    const width = fc.constantFrom<AccessWidth>(8, 16, 32)
    fc.assert(
      fc.property(
        fc.constantFrom(0, 3, 5),
        fc.nat(0x3ff),
        width,
        fc.nat(0xffffffff),
        (bar, word, bits, value) => {
          const expected = Number(BigInt.asUintN(bits, BigInt(value)))
          card.write(bar, word * 4, bits, expected)
          expect(card.read(bar, word * 4, bits)).toBe(expected)
        },
      ),
    )
  })

  test('raises its line once a cycle, and the acknowledgement lets it fall', () => {
    startClock()
    run(10)
    expect({ raised: card.raised, merged: card.merged, interrupt: card.interrupt }).toEqual({
      raised: 10,
      merged: 0,
      interrupt: false,
    })
  })

  test('an interrupt that nobody acknowledged and the next are one', () => {
    startClock()
    run(10, false)
    expect({ raised: card.raised, merged: card.merged }).toEqual({ raised: 1, merged: 9 })
  })

  test('a stuck line does not fall before its source is disabled', () => {
    startClock()
    card.stuckBits = 1
    run(3)
    expect(card.interrupt).toBe(true)
    write(r.ier0, 0)
    expect(card.interrupt).toBe(false)
  })

  test('leaves out the cycles that it was too late for, and counts them', () => {
    startClock()
    run(1)
    const dueNs = card.tick(0)
    card.tick(dueNs + 5.5 * cycleNs)
    expect(card.skipped).toBe(5)
    expect(card.cycles).toBe(2)
  })
})

describe('an interrupt without a cycle', () => {
  test('stands in the status until it is cleared there, and pulls the line while it is enabled', () => {
    card.raise()
    expect({ pending: card.pending, line: card.interrupt }).toEqual({ pending: true, line: false })
    write(r.ier0, 1)
    expect(card.interrupt).toBe(true)
    expect(card.read(core, r.irr0.offset, 32)).toBe(1)
    // the kernel's own driver masks and leaves the status alone
    write(r.ier0, 0)
    expect({ pending: card.pending, line: card.interrupt }).toEqual({ pending: true, line: false })
    card.write(core, r.irr0.offset, 8, 1)
    expect({ pending: card.pending, status: card.read(core, r.irr0.offset, 32) }).toEqual({
      pending: false,
      status: 0,
    })
    expect({ raised: card.raised, merged: card.merged }).toEqual({ raised: 1, merged: 0 })
  })

  test('is one with the interrupt of a cycle that stands', () => {
    startClock()
    run(1, false)
    card.raise()
    write(r.irr0, 1)
    expect(card.interrupt).toBe(false)
  })
})

test('offers a message or a mappable BAR only when it is asked for', () => {
  expect([card.msiVectors, card.mappable.size]).toEqual([0, 0])
  const memory = new ArrayBuffer(0x1000)
  const other = new Sercos3PciCard(chip, { msi: true, mappable: { fd: 42, memory } })
  expect([other.msiVectors, other.mappable.get(mappableBar)]).toEqual([1, 42])
  other.write(mappableBar, 4, 32, 0x12345678)
  expect(new DataView(memory).getUint32(4, true)).toBe(0x12345678)
  expect(other.trapped).toBe(1)
})

function on(trace: PositionTrace) {
  return { chip, card, ordered: new OrderedCard(card), trace }
}

describe('orders to a served card', () => {
  test('a fault reaches the chip; what the card then shows is up to it', () => {
    const trace = new PositionTrace(chip)
    expect(obeyCardOrder('{"do":"inject","fault":{"kind":"deadCard"}}', on(trace))).toEqual({})
    expect(card.read(core, r.idr.offset, 32)).toBe(0xffffffff)
  })

  test('a stuck line and stuck status bits are two things', () => {
    const all = on(new PositionTrace(chip))
    expect(obeyCardOrder('{"do":"stick","level":true}', all)).toEqual({})
    expect({ line: all.ordered.interrupt, pending: card.pending }).toEqual({
      line: true,
      pending: false,
    })
    expect(obeyCardOrder('{"do":"stick","bits":1}', all)).toEqual({})
    expect(card.pending).toBe(true)
  })

  test('a trace holds the positions of the last cycles, oldest first', () => {
    const slave = new EchoSlave(1)
    const other = new Sercon100m(new ArrayBuffer(coreSize), { slaves: [slave], topology: 'ring' })
    const trace = new PositionTrace(other)
    for (let n = 0; n < 5000; n++) {
      slave.mdt0[0] = n
      trace.add()
    }
    const { trace: positions = [] } = obeyCardOrder('{"do":"trace","device":0}', {
      ...on(trace),
      chip: other,
    })
    expect(positions).toHaveLength(4096)
    expect(positions[0]).toBe(904)
    expect(positions.at(-1)).toBe(4999)
  })

  test('whatever else a line holds is refused, not obeyed and not thrown', () => {
    const all = on(new PositionTrace(chip))
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(obeyCardOrder(line, all).refused).toBeTypeOf('string')
      }),
    )
    expect(obeyCardOrder('{"do":"stick","bits":-1}', all).refused).toContain('bits')
    expect(obeyCardOrder('{"do":"stick"}', all).refused).toContain('bits or level')
  })
})
