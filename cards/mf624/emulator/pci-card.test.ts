import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { maskOf, place } from '../../../uio/bit-field.ts'
import {
  chipset,
  converters,
  converterWrites,
  counterCommand,
  counters,
  counterStride,
  counterWrites,
  pci,
} from '../registers.ts'
import { conversionNs, fifoResults } from './adc.ts'
import { Mf624PciCard } from './pci-card.ts'

const { chipsetBar, convertersBar, countersBar } = pci
const intcsr = chipset.intcsr.bits
const gpioc = chipset.gpioc.bits
let card: Mf624PciCard
let nowNs: number

beforeEach(() => {
  card = new Mf624PciCard()
  nowNs = 1_000_000
  card.tick(nowNs)
})

function pass(ns: number): void {
  nowNs += ns
  card.tick(nowNs)
}

const readIntcsr = () => card.read(chipsetBar, chipset.intcsr.offset, 32)
const writeIntcsr = (value: number) => card.write(chipsetBar, chipset.intcsr.offset, 32, value)
const readGpioc = () => card.read(chipsetBar, chipset.gpioc.offset, 32)
const writeGpioc = (value: number) => card.write(chipsetBar, chipset.gpioc.offset, 32, value)
const takeResult = () => card.read(convertersBar, converters.addata.offset, 16)

/** Signed volts of a 14-bit code, as user programs work it out. */
function voltsOf(code: number): number {
  return (10 * ((code << 18) >> 16)) / 32768
}

function setVolts(channel: number, volts: number): void {
  const code = Math.round((0x4000 * (volts + 10)) / 20)
  card.write(convertersBar, converterWrites.da0.offset + 2 * channel, 16, Math.min(code, 0x3fff))
}

function convert(channels: number): void {
  card.write(convertersBar, converterWrites.adctrl.offset, 16, channels)
  card.read(convertersBar, converters.adstart.offset, 16)
  card.tick(nowNs)
  expect(readGpioc() & maskOf(gpioc.converting)).not.toBe(0)
  pass(conversionNs)
  expect(readGpioc() & maskOf(gpioc.converting)).toBe(0)
}

describe('converters', () => {
  test('what a DAC puts out comes back from the ADC of the same number, within a step', () => {
    writeGpioc(place(1, gpioc.dacEnable))
    fc.assert(
      fc.property(fc.nat(7), fc.double({ min: -10, max: 9.99, noNaN: true }), (channel, volts) => {
        setVolts(channel, volts)
        convert(1 << channel)
        expect(Math.abs(voltsOf(takeResult()) - volts)).toBeLessThan(0.0013)
      }),
    )
  })

  test('results come in ascending order of the chosen channels, then the FIFO is empty', () => {
    writeGpioc(place(1, gpioc.dacEnable))
    for (const channel of [1, 4, 6]) setVolts(channel, channel)
    convert(0b0101_0010)
    const results = [takeResult(), takeResult(), takeResult()].map(voltsOf)
    expect(results.map(Math.round)).toEqual([1, 4, 6])
    expect(card.adc.ready).toBe(false)
  })

  test('a 32-bit read fetches two results', () => {
    writeGpioc(place(1, gpioc.dacEnable))
    setVolts(0, 5)
    setVolts(1, -5)
    convert(3)
    const both = card.read(convertersBar, converters.addata.offset, 32)
    expect([both & 0xffff, both >>> 16].map(voltsOf)).toEqual([5, -5])
  })

  test('the FIFO holds so many results and loses the oldest', () => {
    for (let n = 0; n < fifoResults; n++) card.raise()
    card.raise()
    let results = 0
    for (; card.adc.ready; results++) takeResult()
    expect(results).toBe(fifoResults)
  })

  test('outputs are off until they are enabled, and held ones change together', () => {
    setVolts(2, 5)
    expect(card.dacs.volts(2)).toBe(0)
    writeGpioc(place(1, gpioc.dacEnable) | place(1, gpioc.dacHeld))
    setVolts(2, -5)
    setVolts(3, 2.5)
    expect([card.dacs.volts(2), card.dacs.volts(3)]).toEqual([5, 0])
    writeGpioc(place(1, gpioc.dacEnable))
    expect([card.dacs.volts(2), card.dacs.volts(3)]).toEqual([-5, 2.5])
  })

  test('digital outputs come back as inputs', () => {
    card.write(convertersBar, converterWrites.dout.offset, 16, 0x1a5)
    expect(card.read(convertersBar, converters.din.offset, 16)).toBe(0xa5)
  })
})

describe('interrupts', () => {
  const adc = maskOf(intcsr.adcEnable)
  const counter4 = maskOf(intcsr.counter4Enable)
  const toPci = maskOf(intcsr.pciEnable)

  test('need the enable of the source and that of the bus', () => {
    card.raise()
    for (const value of [0, adc, toPci, counter4 | toPci]) {
      writeIntcsr(value)
      expect(card.interrupt).toBe(false)
    }
    writeIntcsr(adc | toPci)
    expect(card.interrupt).toBe(true)
  })

  test('the status is that of the ADC until its results are read; writing it does nothing', () => {
    writeIntcsr(adc | counter4 | toPci)
    card.raise()
    writeIntcsr(readIntcsr() | maskOf(intcsr.counter4Status))
    expect(readIntcsr() & maskOf(intcsr.adcStatus)).not.toBe(0)
    expect(readIntcsr() & maskOf(intcsr.counter4Status)).toBe(0)
    takeResult()
    expect(readIntcsr() & maskOf(intcsr.adcStatus)).toBe(0)
    expect(card.interrupt).toBe(false)
  })

  test('counter 4 interrupts at its end, and starting it again clears that', () => {
    writeIntcsr(counter4 | toPci)
    const command = (bits: number) =>
      card.write(countersBar, counterWrites.control.offset, 32, bits * 2 ** (4 * 6))
    const at = 4 * counterStride
    card.write(
      countersBar,
      at + counterWrites.mode.offset,
      32,
      place(2, counterWrites.mode.bits.clock),
    )
    card.write(countersBar, at + counterWrites.loadA.offset, 32, 99)
    command(counterCommand.load)
    command(counterCommand.start)
    card.tick(nowNs)
    pass(99_000)
    expect(card.read(countersBar, at + counters.count.offset, 32)).toBe(0)
    expect(card.interrupt).toBe(false)
    pass(1000)
    expect(card.interrupt).toBe(true)
    expect(card.read(countersBar, at + counters.status.offset, 32)).toBe(0)
    command(counterCommand.load)
    command(counterCommand.start)
    expect(card.interrupt).toBe(false)
  })
})

test('encoder counts are signed', () => {
  card.encoders[2] = -5
  expect(card.read(countersBar, counters.irc0.offset + 8, 32) | 0).toBe(-5)
})

test('a reset brings the power-on state back', () => {
  writeIntcsr(0x7f)
  card.raise()
  card.reset()
  expect(readIntcsr()).toBe(0x300)
  expect(readGpioc()).toBe(0x024006c0)
})
