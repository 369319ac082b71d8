/**
 * An MF624 as a PCI card, with a plug that leads DAC n to ADC n and the digital outputs to the inputs.
 *
 * Interrupt sources: the ADC's results, cleared by reading them; counter 4, cleared by starting, loading or resetting it.
 * A 32-bit access to BAR2 is two of 16 bits; a counter's count is that of the last moment at which anything happened.
 */
import { extract, maskOf, place } from '../../../uio/bit-field.ts'
import type { BitField } from '../../../uio/register-table.ts'
import type { InterruptingCard } from '../../emulation/ordered-card.ts'
import { lanes, partOf } from '../../emulation/vfio-user/access-memory.ts'
import type { AccessWidth, PciBar } from '../../emulation/vfio-user/pci-card.ts'
import {
  addataMirrorEnd,
  barSizes,
  channelCount,
  chipset,
  chipsetAtReset,
  converters,
  converterWrites,
  counterCommand,
  counterCount,
  counters,
  counterStride,
  counterWrites,
  encoderCount,
  pci,
} from '../registers.ts'
import { Adc } from './adc.ts'
import { Counter } from './counter.ts'
import { Dacs } from './dac.ts'

const intcsr = chipset.intcsr.bits
const gpioc = chipset.gpioc.bits
const intcsrReadOnly = maskOf(intcsr.adcStatus) | maskOf(intcsr.counter4Status)

export class Mf624PciCard implements InterruptingCard {
  readonly ids = {
    vendor: pci.vendor,
    device: pci.device,
    subsystemVendor: pci.subsystemVendor,
    subsystemDevice: pci.subsystemDevice,
    classCode: 0x118000,
    revision: 0,
  }
  readonly bars: readonly PciBar[] = [
    { index: pci.chipsetBar, bytes: barSizes.chipset },
    { index: pci.convertersBar, bytes: barSizes.converters },
    { index: pci.countersBar, bytes: barSizes.counters },
  ]
  readonly dacs = new Dacs()
  readonly adc = new Adc((channel) => this.dacs.volts(channel))
  readonly counters = Array.from({ length: counterCount }, () => new Counter())
  /** Counts of the encoder inputs, for whoever turns them. */
  readonly encoders = new Int32Array(encoderCount)
  readonly #timer = this.counters.at(-1) as Counter
  #intcsr: number = chipsetAtReset.intcsr
  #gpioc: number = chipsetAtReset.gpioc
  #digitalOut = 0

  /** Of the ADC, which is what orders set off. */
  get pending(): boolean {
    return this.adc.ready
  }

  get interrupt(): boolean {
    const { adcEnable, counter4Enable, pciEnable } = intcsr
    const on = (field: BitField) => (this.#intcsr & maskOf(field)) !== 0
    const sources = (on(adcEnable) && this.adc.ready) || (on(counter4Enable) && this.#timer.ended)
    return on(pciEnable) && sources
  }

  /** An outside trigger's conversion ends. */
  raise(): void {
    this.adc.convert()
  }

  read(bar: number, offset: number, width: AccessWidth): number {
    if (bar === pci.chipsetBar) return partOf(this.#readChipset(offset & ~3), offset, width)
    if (bar === pci.countersBar) return partOf(this.#readCounters(offset & ~3), offset, width)
    if (width !== 32) return partOf(this.#readConverter(offset & ~1), offset & 1, width)
    const low = this.#readConverter(offset)
    return (low | (this.#readConverter(offset + 2) << 16)) >>> 0
  }

  write(bar: number, offset: number, width: AccessWidth, value: number): void {
    if (bar === pci.convertersBar) {
      this.#writeConverter(offset & ~1, value & 0xffff)
      if (width === 32) this.#writeConverter(offset + 2, value >>> 16)
      return
    }
    const { value: bits, mask } = lanes(offset, width, value)
    if (bar === pci.chipsetBar) this.#writeChipset(offset & ~3, bits, mask)
    else this.#writeCounters(offset & ~3, bits)
  }

  tick(nowNs: number): number {
    let dueNs = this.adc.tick(nowNs)
    for (const counter of this.counters) dueNs = Math.min(dueNs, counter.tick(nowNs))
    return dueNs
  }

  reset(): void {
    this.#intcsr = chipsetAtReset.intcsr
    this.#gpioc = chipsetAtReset.gpioc
    this.#digitalOut = 0
    this.adc.reset()
    this.dacs.reset()
    for (const counter of this.counters) counter.reset()
  }

  #readChipset(word: number): number {
    if (word === chipset.intcsr.offset) {
      const status =
        place(this.adc.ready ? 1 : 0, intcsr.adcStatus) |
        place(this.#timer.ended ? 1 : 0, intcsr.counter4Status)
      return this.#intcsr | status
    }
    if (word !== chipset.gpioc.offset) return 0
    return this.#gpioc | place(this.adc.converting ? 1 : 0, gpioc.converting)
  }

  #writeChipset(word: number, bits: number, mask: number): void {
    if (word === chipset.intcsr.offset) {
      this.#intcsr = merge(this.#intcsr, bits, mask & ~intcsrReadOnly)
    } else if (word === chipset.gpioc.offset) {
      this.#gpioc = merge(this.#gpioc, bits, mask & ~maskOf(gpioc.converting))
      const held = extract(this.#gpioc, gpioc.dacHeld) === 1
      this.dacs.control(held, extract(this.#gpioc, gpioc.dacEnable) === 1)
    }
  }

  #readConverter(offset: number): number {
    if (offset < addataMirrorEnd) return this.adc.take()
    if (offset === converters.din.offset) return this.#digitalOut
    if (offset === converters.adstart.offset) this.adc.start()
    return 0
  }

  #writeConverter(offset: number, value: number): void {
    const { adctrl, dout, da0 } = converterWrites
    if (offset === adctrl.offset) this.adc.channels = value & maskOf(adctrl.bits.channels)
    else if (offset === dout.offset) this.#digitalOut = value & maskOf(dout.bits.out)
    const channel = (offset - da0.offset) / 2
    if (channel >= 0 && channel < channelCount) this.dacs.write(channel, value)
  }

  #readCounters(word: number): number {
    const encoder = this.encoders[(word - counters.irc0.offset) / 4]
    if (encoder !== undefined) return encoder >>> 0
    const counter = this.counters[Math.floor(word / counterStride)]
    const register = word % counterStride
    if (register === counters.count.offset) return counter?.count ?? 0
    return register === counters.status.offset && counter?.running === true ? 1 : 0
  }

  #writeCounters(word: number, value: number): void {
    if (word === counterWrites.control.offset) {
      for (const [n, counter] of this.counters.entries())
        counter.command((value >>> (n * counterCommand.bits)) & (2 ** counterCommand.bits - 1))
      return
    }
    const counter = this.counters[Math.floor(word / counterStride)]
    if (counter === undefined) return
    const register = word % counterStride
    if (register === counterWrites.mode.offset) counter.mode = value
    else if (register === counterWrites.loadA.offset) counter.loadA = value
    else if (register === counterWrites.loadB.offset) counter.loadB = value
  }
}

function merge(old: number, bits: number, mask: number): number {
  return (old & ~mask) | (bits & mask)
}
