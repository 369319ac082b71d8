/**
 * How long the telegrams of a ring are on the wire, and what of a cycle's timing does not depend on its length. Pure.
 * Formulas and figures: CSMD_CALC.c, CSMD_CALC.h of CoSeMa V6.1.
 */
import type { Nanoseconds } from '../../../../units.ts'
import { headerBytes, nsPerByte } from '../../telegram.ts'

/** Preamble and start delimiter. */
const preambleBytes = 8
const fcsBytes = 4
/** Preamble to end of the Sercos header. */
export const headerNs = (preambleBytes + headerBytes) * nsPerByte
const logicDelayNs = 220
/** Chip timer at which the first MDT starts. */
export const mdtStartNs = 100
/** From the cycle start to the end of the MST. */
export const mstDelayNs = mdtStartNs + logicDelayNs + headerNs

/** Forwarding delay of a device, one port, and all that is no Sercos device. CSMD_USER.h. */
const deviceDelayNs = 900
const otherDelayNs = 2 * deviceDelayNs

/** CP0 to CP2. CSMD_GLOB.h, CSMD_BM_CFG.h. */
export const startingTiming = {
  interFrameGap: 125,
  atStartNs: 300_000,
  windowNs: 50_000,
} as const

/** What this master promises of its own cycle. CalculateTiming refuses 0. */
export const masterJitterNs = 1000
/** Slave jitter where S-0-1037 cannot be read. CSMD_USER.h. */
export const defaultSlaveJitterNs = 80

export type TimingMethod = 1 | 2 | 3

/** What the cycle has to hold. */
export type WireLoad = {
  readonly mdtBytes: readonly number[]
  readonly atBytes: readonly number[]
  readonly devices: number
  /** Greatest S-0-1037. */
  readonly slaveJitterNs: Nanoseconds
  /** Greatest S-0-1006: the earliest t1 that all devices can take. */
  readonly earliestAtNs: Nanoseconds
  /** Greatest S-0-1047 (t11): from the end of the MDTs until the last device can take its command values. */
  readonly consumerNs: Nanoseconds
  readonly method: TimingMethod
  /** The channel for other frames; undefined: closed. */
  readonly uc: { readonly mtu: number } | undefined
}

export type WireTimes = {
  readonly interFrameGap: number
  readonly mdtNs: Nanoseconds
  readonly atNs: Nanoseconds
  readonly syncJitterNs: Nanoseconds
  readonly referenceNs: Nanoseconds
  readonly earliestAtNs: Nanoseconds
}

/** What does not depend on the cycle time. */
export function wireTimes(load: WireLoad): WireTimes {
  const { devices } = load
  const interFrameGap = interFrameGapBytes(devices, load.slaveJitterNs)
  const mdtNs = telegramsNs(load.mdtBytes, interFrameGap)
  const syncJitterNs = Math.floor((masterJitterNs + interFrameGap * nsPerByte) / 2)
  const referenceNs = Math.floor(
    2 * devices * deviceDelayNs + (interFrameGap * nsPerByte) / 2 + otherDelayNs,
  )
  return {
    interFrameGap,
    mdtNs,
    atNs: telegramsNs(load.atBytes, interFrameGap),
    syncJitterNs,
    referenceNs,
    earliestAtNs: Math.max(mdtNs + syncJitterNs, load.earliestAtNs),
  }
}

/** Part of the cycle in which the master sends telegrams, 0..1. */
export function wireShare(load: WireLoad, cycleNs: Nanoseconds): number {
  const { mdtNs, atNs } = wireTimes(load)
  return (mdtNs + atNs) / cycleNs
}

/** CP0 to CP2: fixed times, one MDT and AT each in CP0, two in CP1 and CP2. Chip timer counts as in Timing. */
export function startingAtTimes(
  atBytes: readonly number[],
  devices: number,
): { sentNs: number; receivedNs: number } {
  const sentNs = startingTiming.atStartNs + telegramsNs(atBytes, startingTiming.interFrameGap)
  return { sentNs, receivedNs: sentNs + 2 * devices * deviceDelayNs + otherDelayNs }
}

/** 27 * jitter * sqrt(2 n) / 8000, in bytes of 80 ns, 12 at least, rounded up. */
function interFrameGapBytes(devices: number, slaveJitterNs: number): number {
  return Math.floor((27 * slaveJitterNs * Math.round(1000 * Math.sqrt(2 * devices))) / 640_000) + 13
}

/** Time on the wire of all telegrams in use, gaps included. */
function telegramsNs(bytes: readonly number[], interFrameGap: number): number {
  return bytes
    .filter((length) => length > 0)
    .map((length) => headerNs + (length + fcsBytes + interFrameGap) * nsPerByte)
    .reduce((total, ns) => total + ns, 0)
}
