/** Faults of the emulated ring and card, as a test or a user scripts them. Plain data: they cross threads and sockets. */
import type { HostFault } from '../../emulation/memory-host.ts'
import type { Sercon100m } from './chip.ts'
import type { TelegramLosses } from './telegram-losses.ts'

export type ChipFault =
  /** The cable behind the `after`-th slave is pulled (0: at the master's port 1). */
  | { readonly kind: 'ringBreak'; readonly after: number }
  /** The cable behind device `after`, or every one, is plugged in again. A ring stays a broken one until the master closes it. */
  | { readonly kind: 'ringClosed'; readonly after?: number }
  /** The device at this place in the ring (0: the first) reports an error of class 1. */
  | { readonly kind: 'driveFault'; readonly device: number }
  | LostTelegram
  | CrcError
  | DeviceFault
  /** The device is put at the end of its line, or taken off it; those behind it are taken off with it. */
  | { readonly kind: 'plug' | 'pull'; readonly device: number }
  /** The device is switched off and on: it loses everything but what it stores, and its neighbours see it go and come. */
  | { readonly kind: 'powerCycle'; readonly device: number }
  /** For so many cycles the chip leaves out every other word that it writes to Rx RAM: 32-bit values are torn. */
  | { readonly kind: 'tornWrite'; readonly cycles: number }
  /** The card reads all ones and does nothing any more. */
  | { readonly kind: 'deadCard' }

/**
 * For so many cycles telegrams get lost: all on their way out with the MST (no device hears the master), MDTs on their way out, or ATs on their
 * way back. `telegram` 0..3: that one alone; left out: all of the kind.
 */
export type LostTelegram = {
  readonly kind: 'lostTelegram'
  readonly what: 'mst' | 'mdt' | 'at'
  readonly telegram?: number
  readonly cycles: number
}

/** For so many cycles what arrives at this port of the master has a wrong check sum: all ATs, or AT `telegram` (0..3) alone. */
export type CrcError = {
  readonly kind: 'crcError'
  readonly port: 1 | 2
  readonly telegram?: number
  readonly cycles: number
}

/** What the device at this place in the ring (0: the first) does wrong. */
export type DeviceFault = { readonly kind: 'device'; readonly device: number } & DeviceMisdeed

export type DeviceMisdeed =
  /** It writes nothing into ATs for so many cycles, though it reads MDTs. */
  | { readonly does: 'silent'; readonly cycles: number }
  /** Its service channel answers each step so many cycles late, without a sign until then; 0: as usual again. */
  | { readonly does: 'slowService'; readonly cycles: number }
  /** Its service channel shows busy for so many cycles at each step; 0: as usual again. */
  | { readonly does: 'busyService'; readonly cycles: number }
  /** Data of this IDN (32 bit) are answered with this service-channel error; 0: no longer. */
  | { readonly does: 'serviceError'; readonly idn: number; readonly code: number }
  /** Data of this IDN (32 bit) are two bytes longer than its attribute says. */
  | { readonly does: 'wrongLength'; readonly idn: number }
  /** Sets bits of S-0-0011, S-0-0012 or S-0-0013. */
  | { readonly does: 'diagnosis'; readonly class: 1 | 2 | 3; readonly bits: number }
  /** S-0-0099 ends with an error from now on. */
  | { readonly does: 'refuseReset' }
  /** Torque on a drive's shaft from outside, N m, from now on. */
  | { readonly does: 'disturb'; readonly torqueNm: number }
  /** A drive's mains contactor opens or closes. */
  | { readonly does: 'mains'; readonly on: boolean }
  /** It has another Sercos address from its next CP0 on: a wrong one, or that of another device. */
  | { readonly does: 'address'; readonly address: number }
  /** Its producer's new-data bit stands still from now on, or goes on again. */
  | { readonly does: 'stuckToggle'; readonly stuck: boolean }

export type EmulatorFault = ChipFault | HostFault

/** Applies a fault of the chip or its ring. False: it is one of the host's. */
export function injectIntoChip(chip: Sercon100m, fault: EmulatorFault): fault is ChipFault {
  const { ring, losses } = chip
  switch (fault.kind) {
    case 'ringBreak':
      ring.breakAfter(Math.max(0, fault.after))
      return true
    case 'ringClosed':
      if (fault.after === undefined) ring.breakAfter(-1)
      else ring.mend(fault.after)
      return true
    case 'driveFault':
      ring.slaves[fault.device]?.fail()
      return true
    case 'device':
      ring.slaves[fault.device]?.misbehave?.(fault)
      return true
    case 'plug':
    case 'pull':
    case 'powerCycle':
      ring[fault.kind](fault.device)
      return true
    case 'lostTelegram':
      lose(losses, fault)
      return true
    case 'crcError':
      losses.damaged[fault.port - 1] = fault.cycles
      losses.damagedAts[fault.port - 1] = maskOfTelegram(fault.telegram)
      return true
    case 'tornWrite':
      losses.words = fault.cycles
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

function lose(losses: TelegramLosses, { what, telegram, cycles }: LostTelegram): void {
  losses[what] = cycles
  if (what === 'mdt') losses.lostMdts = maskOfTelegram(telegram)
  else if (what === 'at') losses.lostAts = maskOfTelegram(telegram)
}

/** Bit n: telegram n. */
function maskOfTelegram(telegram: number | undefined): number {
  return telegram === undefined ? 15 : 1 << telegram
}
