/** What an emulated card must be to pose as a PCI card. The vfio-user server asks it nothing else. */

export type AccessWidth = 8 | 16 | 32

export type PciIds = {
  readonly vendor: number
  readonly device: number
  readonly subsystemVendor: number
  readonly subsystemDevice: number
  /** Base class, sub-class and programming interface, 24 bit. */
  readonly classCode: number
  readonly revision: number
}

/** A memory BAR, 32 bit, not prefetchable. */
export type PciBar = {
  /** 0..5. */
  readonly index: number
  /** A power of two, 16 at least. */
  readonly bytes: number
}

/** The card as bus master: guest memory at its bus addresses. A transfer is whole or not at all. */
export interface BusMaster {
  /**
   * Reads guest memory. False: not all of it is memory that the card may read, or bus mastering is off.
   * Call it in `tick` alone: where the client shares no memory it is asked by message, and it may be waiting for the
   * answer to an access of its own. That is why the card may be accessed while this waits.
   */
  read(address: bigint, into: Uint8Array<ArrayBuffer>): boolean
  /** Writes guest memory; as `read`. */
  write(address: bigint, data: Uint8Array<ArrayBuffer>): boolean
}

export interface PciCard {
  readonly ids: PciIds
  readonly bars: readonly PciBar[]
  /** Messages (MSI) that it has beside INTA#: none unless it says so. The level's rise sends one. */
  readonly msiVectors?: 0 | 1 | undefined
  /**
   * Files (memfd) of BARs that the host may map, by BAR: of the BAR's size, and accesses to them are not seen. For tests
   * of mapping itself: no register belongs into one.
   */
  readonly mappable?: ReadonlyMap<number, number> | undefined
  /** Unsigned. `offset` is aligned to the width and inside the BAR. */
  read(bar: number, offset: number, width: AccessWidth): number
  write(bar: number, offset: number, width: AccessWidth, value: number): void
  /** Called once, before anything else, for a card that does DMA. */
  attachBus?(bus: BusMaster): void
  /** Level of INTA#: true while the card asks for service. */
  readonly interrupt: boolean
  /**
   * Does all that is due at `nowNs` (CLOCK_MONOTONIC). Returns when it wants to be called next, Infinity for never.
   * Also called after every batch of accesses, which may have started a timer.
   */
  tick(nowNs: number): number
  /** Power-on state. */
  reset(): void
}
