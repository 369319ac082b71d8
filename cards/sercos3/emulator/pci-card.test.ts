import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { maskOf } from '../../../uio/bit-field.ts'
import type { AccessWidth } from '../../emulation/vfio-user/pci-card.ts'
import { coreSize, pci, registers as r, windows } from '../registers.ts'
import { obeyCardOrder, PositionTrace } from './card-orders.ts'
import { EchoSlave } from './chip-bench.ts'
import { Sercon100m } from './chip.ts'
import { Sercos3PciCard } from './pci-card.ts'

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
        fc.constantFrom(0, 2, 3, 5),
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

describe('orders to a served card', () => {
  test('a fault reaches the chip; what the card then shows is up to it', () => {
    const trace = new PositionTrace(chip)
    expect(
      obeyCardOrder('{"do":"inject","fault":{"kind":"deadCard"}}', { chip, card, trace }),
    ).toEqual({})
    expect(card.read(core, r.idr.offset, 32)).toBe(0xffffffff)
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
      chip: other,
      card,
      trace,
    })
    expect(positions).toHaveLength(4096)
    expect(positions[0]).toBe(904)
    expect(positions.at(-1)).toBe(4999)
  })

  test('whatever else a line holds is refused, not obeyed and not thrown', () => {
    const on = { chip, card, trace: new PositionTrace(chip) }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(obeyCardOrder(line, on).refused).toBeTypeOf('string')
      }),
    )
    expect(obeyCardOrder('{"do":"stick","bits":-1}', on).refused).toContain('bits')
  })
})
