/** Faults of the emulated ring and card, as a test or a user scripts them. Plain data: they cross threads and sockets. */
import type { HostFault } from '../../emulation/memory-host.ts'
import type { Sercon100m } from './chip.ts'

export type ChipFault =
  /** The cable behind the `after`-th slave is pulled (0: at the master's port 1). */
  | { readonly kind: 'ringBreak'; readonly after: number }
  /** The cable is plugged in again. */
  | { readonly kind: 'ringClosed' }
  /** The device at this place in the ring (0: the first) reports an error of class 1. */
  | { readonly kind: 'driveFault'; readonly device: number }
  /** For so many cycles all telegrams die on their way out (`mst`: no device hears the master) or the ATs do on their way back. */
  | { readonly kind: 'lostTelegram'; readonly what: 'mst' | 'at'; readonly cycles: number }
  /** For so many cycles the chip leaves out every other word that it writes to Rx RAM: 32-bit values are torn. */
  | { readonly kind: 'tornWrite'; readonly cycles: number }
  /** The card reads all ones and does nothing any more. */
  | { readonly kind: 'deadCard' }

export type EmulatorFault = ChipFault | HostFault

/** Applies a fault of the chip or its ring. False: it is one of the host's. */
export function injectIntoChip(chip: Sercon100m, fault: EmulatorFault): fault is ChipFault {
  switch (fault.kind) {
    case 'ringBreak':
      chip.ring.breakAfter(Math.max(0, fault.after))
      return true
    case 'ringClosed':
      chip.ring.breakAfter(-1)
      return true
    case 'driveFault':
      chip.ring.slaves[fault.device]?.fail()
      return true
    case 'lostTelegram':
      chip.losses[fault.what] = fault.cycles
      return true
    case 'tornWrite':
      chip.losses.words = fault.cycles
      return true
    case 'deadCard':
      chip.die()
      return true
    case 'unplugged':
      // a card that is out swallows what is written to it, too; that it is gone is the host's to tell
      chip.die()
      break
    case 'stuckLine':
    case 'slowCard':
      break
  }
  return false
}
