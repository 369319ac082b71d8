/**
 * The part of a cycle in which frames that are no Sercos telegrams may pass: the UC channel. Pure.
 * A window that is too short for the MTU asked for gets the MTU that fits. CoSeMa CSMD_CALC.c, CSMD_GLOB.h.
 */
import type { Nanoseconds } from '../../../../units.ts'
import { nsPerByte } from '../../telegram.ts'

/** Bytes of payload of an Ethernet frame. */
export const mtuLimits = { min: 46, max: 1500 } as const

/** Preamble and delimiter 8, header 14, FCS 4, gap 12. */
const frameOverheadNs = (8 + 14 + 4 + 12) * nsPerByte

export type UcWindow = {
  /** Greatest payload of a frame, bytes: what was asked for, or less where the window is short. */
  readonly mtu: number
  /** When the longest frame may start at the latest, Sercos time. */
  readonly lastStartNs: Nanoseconds
}

/** How long a window must be for one frame of `mtu` bytes. */
export function shortestWindowNs(mtu: number = mtuLimits.min): Nanoseconds {
  return frameOverheadNs + mtu * nsPerByte
}

/** The window must hold a frame of mtuLimits.min, see shortestWindowNs. */
export function openWindow(openNs: Nanoseconds, closeNs: Nanoseconds, wanted: number): UcWindow {
  const fitting = Math.floor((closeNs - openNs - frameOverheadNs) / nsPerByte)
  const mtu = Math.min(wanted, fitting)
  return { mtu, lastStartNs: closeNs - shortestWindowNs(mtu) }
}
