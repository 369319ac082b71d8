import * as fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { maskOf } from '../../../uio/bit-field.ts'
import { pci, registers } from '../registers.ts'
import { CifPciCard, handshake } from './pci-card.ts'

const { bridgeBar, memoryBar } = pci
const { intcsr } = registers
const enable = maskOf(intcsr.bits.enable1)
const status = maskOf(intcsr.bits.status1)
let card: CifPciCard

beforeEach(() => {
  card = new CifPciCard()
})

function setEnable(on: boolean): void {
  const value = card.read(bridgeBar, intcsr.offset, 8)
  card.write(bridgeBar, intcsr.offset, 8, on ? value | enable : value & ~enable)
}

function acknowledge(): void {
  card.write(memoryBar, handshake.acknowledge, 32, card.read(memoryBar, handshake.request, 32))
}

test('has the ids of a Profibus or DeviceNet card, and the BARs of a PLX 9030', () => {
  expect(card.ids).toMatchObject({ vendor: 0x10b5, device: 0x9030, subsystemVendor: 0x1518 })
  expect(card.ids.subsystemDevice).toBe(0x0430)
  expect(new CifPciCard('devicenet').ids.subsystemDevice).toBe(0x0432)
  expect(card.bars).toEqual([
    { index: 0, bytes: 128 },
    { index: 2, bytes: 0x2000 },
  ])
})

test('interrupts only while both enable and status are set, as the kernel looks at them', () => {
  card.raise()
  expect(card.read(bridgeBar, intcsr.offset, 8) & (enable | status)).toBe(status)
  expect(card.interrupt).toBe(false)
  setEnable(true)
  expect(card.read(bridgeBar, intcsr.offset, 8) & (enable | status)).toBe(enable | status)
  expect(card.interrupt).toBe(true)
  setEnable(false)
  expect(card.interrupt).toBe(false)
  expect(card.pending).toBe(true)
})

test('the handshake in the dual-port RAM clears the source, INTCSR does not', () => {
  setEnable(true)
  card.raise()
  card.write(bridgeBar, intcsr.offset, 32, 0xffff_ffff)
  card.write(bridgeBar, intcsr.offset, 32, 0)
  expect(card.pending).toBe(true)
  acknowledge()
  expect(card.pending).toBe(false)
})

test('an answer to an earlier event does not clear a later one', () => {
  card.raise()
  const first = card.read(memoryBar, handshake.request, 32)
  card.raise()
  card.write(memoryBar, handshake.acknowledge, 32, first)
  expect(card.pending).toBe(true)
  acknowledge()
  expect(card.pending).toBe(false)
})

test('every event is one interrupt, whether the host re-arms before or after it', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (rearmFirst) => {
      const one = new CifPciCard()
      card = one
      setEnable(true)
      let interrupts = 0
      for (const first of rearmFirst) {
        if (!first) one.raise()
        setEnable(true)
        if (first) one.raise()
        if (one.interrupt) interrupts++
        setEnable(false)
        acknowledge()
        setEnable(true)
        expect(one.interrupt).toBe(false)
        setEnable(false)
      }
      expect(interrupts).toBe(rearmFirst.length)
    }),
  )
})

test('a reset disables the interrupt and forgets the event', () => {
  setEnable(true)
  card.raise()
  card.reset()
  expect({ pending: card.pending, interrupt: card.interrupt }).toEqual({
    pending: false,
    interrupt: false,
  })
})
