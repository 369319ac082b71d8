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

export interface PciCard {
  readonly ids: PciIds
  readonly bars: readonly PciBar[]
  /** Unsigned. `offset` is aligned to the width and inside the BAR. */
  read(bar: number, offset: number, width: AccessWidth): number
  write(bar: number, offset: number, width: AccessWidth, value: number): void
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
