/** The 256 bytes of PCI configuration space, type 0 header, without capabilities. PCI Local Bus Specification 3.0, 6.1. */
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
  interruptLine: 0x3c,
  interruptPin: 0x3d,
} as const

/** Memory, bus master, parity, SERR#, INTx disable: what such a card lets one set. */
const commandWritable = 0x0546
/** DEVSEL# medium, fast back-to-back: as a PLX 9030 reports. */
const statusFixed = 0x0280

/** Reads give what was set; writes reach only the writable bits, so a BAR shows its size after ones were written to it. */
export class ConfigSpace {
  readonly #bytes = new Uint8Array(configBytes)
  readonly #writable = new Uint8Array(configBytes)

  constructor(card: Pick<PciCard, 'ids' | 'bars'>) {
    const { ids } = card
    const space = new DataView(this.#bytes.buffer)
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

function sizeMask(bar: PciBar): number {
  return -bar.bytes >>> 0
}
