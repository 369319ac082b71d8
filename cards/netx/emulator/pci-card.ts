/**
 * A cifX card as a PCI card: its interrupt registers, and a DPM that tells what it is. No firmware runs behind it: the
 * mailboxes answer nothing.
 *
 * Bit 31 of IRQState_0 is taken for the sum of the enabled sources: LX's handler accepts it like any of them.
 */
import { maskOf, place } from '../../../uio/bit-field.ts'
import type { InterruptingCard } from '../../emulation/ordered-card.ts'
import { lanes, partOf, readMemory, writeMemory } from '../../emulation/vfio-user/access-memory.ts'
import type { AccessWidth, PciBar } from '../../emulation/vfio-user/pci-card.ts'
import {
  cellVector,
  dpmSize,
  globalRegisters,
  handshakeCell,
  interruptMask,
  pci,
  registers,
} from '../registers.ts'
import { layOutDpm } from './lay-out-dpm.ts'

const state = registers.irqState0.bits
/** What can be set and cleared in IRQState_0: bit 31 and the vector follow from it. */
const sources = (interruptMask & ~maskOf(state.request)) >>> 0
const enableAll = maskOf(registers.irqEnable0.bits.all)

/** The event that orders set off: the system channel's cell asks. */
const eventCell = handshakeCell.system

const at = {
  state: globalRegisters.offset + registers.irqState0.offset,
  enable: globalRegisters.offset + registers.irqEnable0.offset,
} as const

export class NetxPciCard implements InterruptingCard {
  readonly ids = {
    vendor: pci.vendor,
    device: pci.device,
    subsystemVendor: pci.subsystemVendor,
    subsystemDevice: pci.subsystemDevice,
    classCode: 0x028000,
    revision: 0,
  }
  readonly bars: readonly PciBar[] = [{ index: pci.memoryBar, bytes: dpmSize }]
  readonly #dpm = new DataView(new ArrayBuffer(dpmSize))
  #state = 0
  #enable = 0

  constructor() {
    layOutDpm(this.#dpm)
  }

  get pending(): boolean {
    return (this.#state & (1 << eventCell)) !== 0
  }

  get interrupt(): boolean {
    return (this.#enable & enableAll) !== 0 && (this.#state & this.#enable & sources) !== 0
  }

  raise(): void {
    this.#state |= 1 << eventCell
  }

  read(_bar: number, offset: number, width: AccessWidth): number {
    const word = offset & ~3
    if (word === at.state) return partOf(this.#stateWord(), offset, width)
    if (word === at.enable) return partOf(this.#enable, offset, width)
    return readMemory(this.#dpm, offset, width)
  }

  write(_bar: number, offset: number, width: AccessWidth, value: number): void {
    const word = offset & ~3
    const { value: bits, mask } = lanes(offset, width, value)
    if (word === at.state) this.#state &= ~(bits & sources)
    else if (word === at.enable) this.#enable = (this.#enable & ~mask) | (bits & interruptMask)
    else if (!isReadOnly(word)) writeMemory(this.#dpm, offset, width, value)
  }

  tick(): number {
    return Infinity
  }

  reset(): void {
    this.#state = 0
    this.#enable = 0
    new Uint8Array(this.#dpm.buffer).fill(0)
    layOutDpm(this.#dpm)
  }

  #stateWord(): number {
    const summed = (this.#state & this.#enable & sources) === 0 ? 0 : maskOf(state.request)
    const cells = this.#state & maskOf(state.cells)
    const vector = cells === 0 ? 0 : cellVector + lowestBit(cells)
    return (this.#state | summed | place(vector, state.vector)) >>> 0
  }
}

function isReadOnly(word: number): boolean {
  const { systemState, version } = registers
  const offset = word - globalRegisters.offset
  return offset === systemState.offset || offset === version.offset
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word)
}
