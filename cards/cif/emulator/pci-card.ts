/**
 * A CIF card as a PCI card: the bridge's interrupt logic, and dual-port RAM of plain memory.
 *
 * The firmware's own layout of that RAM is not known here, so the handshake by which the host acknowledges is ours: the
 * card counts its events in `request`, and its line to the bridge falls when the host writes the same number to
 * `acknowledge`. The bridge's PCI enable (bit 6) is kept but gates nothing: Linux's handler does not ask for it.
 */
import { maskOf } from '../../../uio/bit-field.ts'
import type { InterruptingCard } from '../../emulation/ordered-card.ts'
import { lanes, partOf, readMemory, writeMemory } from '../../emulation/vfio-user/access-memory.ts'
import type { AccessWidth, PciBar, PciCard } from '../../emulation/vfio-user/pci-card.ts'
import { bridgeSize, pci, registers } from '../registers.ts'

/** Size of the dual-port RAM: ours. */
export const memorySize = 0x2000

/** Cells of our handshake in the dual-port RAM, 32 bit each. */
export const handshake = { request: 0x000, acknowledge: 0x100 } as const

const intcsr = registers.intcsr
const writable =
  ~maskOf(intcsr.bits.status1) &
  ~maskOf(intcsr.bits.status2) &
  ~maskOf(intcsr.bits.clear1) &
  ~maskOf(intcsr.bits.clear2) &
  0x1fff
/** Interrupt reaches PCI, line 1 active high: as an EEPROM may set it. Linux leaves these bits alone. */
const intcsrAtReset = maskOf(intcsr.bits.pciEnable) | maskOf(intcsr.bits.activeHigh1)

export class CifPciCard implements InterruptingCard {
  readonly ids: PciCard['ids']
  readonly bars: readonly PciBar[] = [
    { index: pci.bridgeBar, bytes: bridgeSize },
    { index: pci.memoryBar, bytes: memorySize },
  ]
  readonly #bridge = new DataView(new ArrayBuffer(bridgeSize))
  readonly #memory = new DataView(new ArrayBuffer(memorySize))
  #intcsr = intcsrAtReset
  #pending = false

  constructor(fieldbus: keyof typeof pci.subsystemDevices = 'profibus') {
    this.ids = {
      vendor: pci.vendor,
      device: pci.device,
      subsystemVendor: pci.subsystemVendor,
      subsystemDevice: pci.subsystemDevices[fieldbus],
      classCode: 0x028000,
      revision: 1,
    }
  }

  get pending(): boolean {
    return this.#pending
  }

  get interrupt(): boolean {
    return this.#pending && (this.#intcsr & maskOf(intcsr.bits.enable1)) !== 0
  }

  raise(): void {
    this.#pending = true
    const events = this.#memory.getUint32(handshake.request, true)
    this.#memory.setUint32(handshake.request, events + 1, true)
  }

  read(bar: number, offset: number, width: AccessWidth): number {
    if (bar === pci.memoryBar) return readMemory(this.#memory, offset, width)
    if ((offset & ~3) !== intcsr.offset) return readMemory(this.#bridge, offset, width)
    const status = this.#pending ? maskOf(intcsr.bits.status1) : 0
    return partOf(this.#intcsr | status, offset, width)
  }

  write(bar: number, offset: number, width: AccessWidth, value: number): void {
    if (bar === pci.memoryBar) {
      writeMemory(this.#memory, offset, width, value)
      if ((offset & ~3) === handshake.acknowledge) this.#acknowledge()
    } else if ((offset & ~3) === intcsr.offset) {
      const written = lanes(offset, width, value)
      const mask = written.mask & writable
      this.#intcsr = (this.#intcsr & ~mask) | (written.value & mask)
    } else writeMemory(this.#bridge, offset, width, value)
  }

  tick(): number {
    return Infinity
  }

  reset(): void {
    this.#intcsr = intcsrAtReset
    this.#pending = false
    new Uint8Array(this.#bridge.buffer).fill(0)
    new Uint8Array(this.#memory.buffer).fill(0)
  }

  #acknowledge(): void {
    const request = this.#memory.getUint32(handshake.request, true)
    if (this.#memory.getUint32(handshake.acknowledge, true) === request) this.#pending = false
  }
}
