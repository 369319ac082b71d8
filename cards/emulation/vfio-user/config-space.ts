/**
 * The 256 bytes of PCI configuration space: type 0 header and, where the card sends messages, the MSI capability.
 * PCI Local Bus Specification 3.0, 6.1, 6.2.3 and 6.8.1.
 */
import type { PciBar, PciCard } from './pci-card.ts'

export const configBytes = 256

const at = {
  vendor: 0x00,
  device: 0x02,
  command: 0x04,
  status: 0x06,
  revision: 0x08,
  classCode: 0x09,
  cacheLine: 0x0c,
  latency: 0x0d,
  bar0: 0x10,
  subsystemVendor: 0x2c,
  subsystemDevice: 0x2e,
  capabilities: 0x34,
  interruptLine: 0x3c,
  interruptPin: 0x3d,
  msi: 0x40,
} as const

/** Offsets in the MSI capability for 64-bit addresses, without masks for single vectors. */
const msi = { id: 0, control: 2, addressLow: 4, addressHigh: 8, data: 12 } as const
const msiCapability = 0x05
const msiControl = { countAndEnable: 0x0071, address64: 0x0080 } as const

/** Memory, bus master, parity, SERR#, INTx disable: what such a card lets one set. */
const commandWritable = 0x0546
const commandBit = { busMaster: 0x0004, interruptDisable: 0x0400 } as const
/** DEVSEL# medium, fast back-to-back: as a PLX 9030 reports. */
const statusFixed = 0x0280
const statusBit = { interrupt: 0x0008, capabilities: 0x0010 } as const

/** Reads give what was set; writes reach only the writable bits, so a BAR shows its size after ones were written to it. */
export class ConfigSpace {
  readonly #bytes = new Uint8Array(configBytes)
  readonly #writable = new Uint8Array(configBytes)
  readonly #view = new DataView(this.#bytes.buffer)

  constructor(card: Pick<PciCard, 'ids' | 'bars' | 'msiVectors'>) {
    const { ids } = card
    const space = this.#view
    space.setUint16(at.vendor, ids.vendor, true)
    space.setUint16(at.device, ids.device, true)
    space.setUint16(at.status, statusFixed, true)
    space.setUint32(at.revision, ((ids.classCode << 8) | ids.revision) >>> 0, true)
    space.setUint16(at.subsystemVendor, ids.subsystemVendor, true)
    space.setUint16(at.subsystemDevice, ids.subsystemDevice, true)
    space.setUint8(at.interruptPin, 1)
    const writable = new DataView(this.#writable.buffer)
    writable.setUint16(at.command, commandWritable, true)
    writable.setUint8(at.cacheLine, 0xff)
    writable.setUint8(at.latency, 0xff)
    writable.setUint8(at.interruptLine, 0xff)
    for (const bar of card.bars) writable.setUint32(at.bar0 + bar.index * 4, sizeMask(bar), true)
    if ((card.msiVectors ?? 0) > 0) addMsi(space, writable)
  }

  /** Software allows the card to reach memory by itself. */
  get busMaster(): boolean {
    return (this.#view.getUint16(at.command, true) & commandBit.busMaster) !== 0
  }

  /** Software keeps INTA# down whatever the card asks for. */
  get interruptDisabled(): boolean {
    return (this.#view.getUint16(at.command, true) & commandBit.interruptDisable) !== 0
  }

  /** What the status register shows of the card's request, which the interrupt disable bit does not change. */
  set interruptStatus(asked: boolean) {
    const status = this.#view.getUint16(at.status, true) & ~statusBit.interrupt
    this.#view.setUint16(at.status, status | (asked ? statusBit.interrupt : 0), true)
  }

  /** `offset` and `count` are inside the space. */
  read(offset: number, count: number): Uint8Array {
    return this.#bytes.slice(offset, offset + count)
  }

  write(offset: number, bytes: Uint8Array): void {
    bytes.forEach((byte, index) => {
      const mask = this.#writable[offset + index] as number
      const old = this.#bytes[offset + index] as number
      this.#bytes[offset + index] = (old & ~mask) | (byte & mask)
    })
  }

  /** Clears what software had set; identity stays. */
  reset(): void {
    this.write(0, new Uint8Array(configBytes))
  }
}

function addMsi(space: DataView, writable: DataView): void {
  space.setUint16(at.status, space.getUint16(at.status, true) | statusBit.capabilities, true)
  space.setUint8(at.capabilities, at.msi)
  space.setUint8(at.msi + msi.id, msiCapability)
  space.setUint16(at.msi + msi.control, msiControl.address64, true)
  writable.setUint16(at.msi + msi.control, msiControl.countAndEnable, true)
  writable.setUint32(at.msi + msi.addressLow, 0xfffffffc, true)
  writable.setUint32(at.msi + msi.addressHigh, 0xffffffff, true)
  writable.setUint16(at.msi + msi.data, 0xffff, true)
}

function sizeMask(bar: PciBar): number {
  return -bar.bytes >>> 0
}
