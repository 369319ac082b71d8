/**
 * The timing of a Sercos cycle. Pure. Method 1: MDTs, ATs, then the UC channel, which this master leaves closed.
 * Formulas: CSMD_CALC.c of CoSeMa V6.1 (its variant with a stable TSref, Sercos 1.3.2). The figures that it was seen to
 * write are a test.
 *
 * Two clocks: Sercos times (t1, tSync, ...) count from the end of the MST; the chip's timer counts from the cycle start.
 * They are `mstDelayNs` apart.
 */
import { DualportError } from '../../../errors.ts'
import type { Nanoseconds } from '../../../units.ts'
import { headerBytes, nsPerByte } from '../telegram.ts'

/** Preamble and start delimiter. */
const preambleBytes = 8
const fcsBytes = 4
/** Preamble to end of the Sercos header. */
const headerNs = (preambleBytes + headerBytes) * nsPerByte
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

/** What the wire is occupied with. */
export type WireLoad = {
  readonly mdtBytes: readonly number[]
  readonly atBytes: readonly number[]
  readonly devices: number
  /** Greatest S-0-1037. */
  readonly slaveJitterNs: Nanoseconds
  /** Greatest S-0-1006: the earliest t1 that all devices can take. */
  readonly earliestAtNs: Nanoseconds
}

export type TimingInput = WireLoad & {
  readonly cycleNs: Nanoseconds
  readonly topology: 'ring' | 'line'
  /** Greatest S-0-1005: t5. */
  readonly producerNs: Nanoseconds
  /** Mean of the ring delay measured in CP0, per port; 0: none. */
  readonly delayP1Ns: Nanoseconds
  readonly delayP2Ns: Nanoseconds
}

export type Timing = {
  /** S-0-1002. */
  readonly cycleNs: Nanoseconds
  /** S-0-1036, bytes. */
  readonly interFrameGap: number
  /** S-0-1006 t1. */
  readonly atStartNs: Nanoseconds
  /** S-0-1007 tSync. */
  readonly syncNs: Nanoseconds
  /** S-0-1008 t3. */
  readonly commandValidNs: Nanoseconds
  /** S-0-1015. */
  readonly ringDelayNs: Nanoseconds
  /** S-0-1023. */
  readonly syncJitterNs: Nanoseconds
  /** S-0-1017 t6 and t7; t6 = 0: no UC channel. */
  readonly ucOpenNs: Nanoseconds
  readonly ucCloseNs: Nanoseconds
  /** End of the last AT at the sending port, and of its return: Rx buffers are asked for, then the interrupt. */
  readonly atSentNs: Nanoseconds
  readonly atReceivedNs: Nanoseconds
}

/** Throws DP_SERCOS3_CYCLE_TOO_SHORT, DP_SERCOS3_RING_DELAY. */
export function calculateTiming(input: TimingInput): Timing {
  const { cycleNs } = input
  const wire = wireTimes(input)
  const { interFrameGap, mdtNs, syncJitterNs, referenceNs, atStartNs, atSentNs, atReceivedNs } =
    wire
  if (shortestCycleOf(wire) > cycleNs)
    throw new DualportError('DP_SERCOS3_CYCLE_TOO_SHORT', {
      at: 'cycleNs',
      actual: cycleNs,
      expected: `at least ${Math.ceil(shortestCycleOf(wire))}`,
    })
  const cycleEndNs = cycleNs - endNs(wire)
  return {
    cycleNs,
    interFrameGap,
    atStartNs,
    syncNs: modulo(atStartNs - referenceNs - input.producerNs, cycleNs),
    commandValidNs: mdtNs + referenceNs - headerNs,
    ringDelayNs: 2 * referenceNs - measuredDelayNs(input, referenceNs),
    syncJitterNs,
    ucOpenNs: 0,
    ucCloseNs: Math.floor((atSentNs + syncJitterNs + cycleEndNs) / 2),
    atSentNs,
    atReceivedNs,
  }
}

/** The shortest cycle that the telegrams fit into, ns. */
export function shortestCycle(load: WireLoad): Nanoseconds {
  return shortestCycleOf(wireTimes(load))
}

type WireTimes = {
  readonly interFrameGap: number
  readonly mdtNs: Nanoseconds
  readonly syncJitterNs: Nanoseconds
  readonly referenceNs: Nanoseconds
  readonly atStartNs: Nanoseconds
  readonly atSentNs: Nanoseconds
  readonly atReceivedNs: Nanoseconds
}

/** What does not depend on the cycle time. */
function wireTimes({
  mdtBytes,
  atBytes,
  devices,
  slaveJitterNs,
  earliestAtNs,
}: WireLoad): WireTimes {
  const interFrameGap = interFrameGapBytes(devices, slaveJitterNs)
  const mdtNs = telegramsNs(mdtBytes, interFrameGap)
  const syncJitterNs = Math.floor((masterJitterNs + interFrameGap * nsPerByte) / 2)
  const referenceNs = Math.floor(
    2 * devices * deviceDelayNs + (interFrameGap * nsPerByte) / 2 + otherDelayNs,
  )
  const atStartNs = Math.max(mdtNs + syncJitterNs, earliestAtNs)
  const atSentNs = atStartNs + telegramsNs(atBytes, interFrameGap)
  return {
    interFrameGap,
    mdtNs,
    syncJitterNs,
    referenceNs,
    atStartNs,
    atSentNs,
    atReceivedNs: atSentNs + referenceNs,
  }
}

/** Before the end of a cycle no telegram may be on its way. */
function endNs({ syncJitterNs }: WireTimes): Nanoseconds {
  return syncJitterNs + headerNs + mstDelayNs
}

function shortestCycleOf(wire: WireTimes): Nanoseconds {
  return wire.atReceivedNs + wire.syncJitterNs + endNs(wire)
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

/** The ring's lower delay gives the greater ring delay, which holds for both ports. */
function measuredDelayNs(input: TimingInput, referenceNs: number): number {
  const { delayP1Ns, delayP2Ns, topology } = input
  const longest = Math.max(delayP1Ns, delayP2Ns)
  if (longest > referenceNs)
    throw new DualportError('DP_SERCOS3_RING_DELAY', {
      at: 'ring delay',
      actual: `${longest} ns`,
      expected: `at most ${referenceNs} ns with ${input.devices} devices`,
    })
  return topology === 'ring' ? Math.min(delayP1Ns, delayP2Ns) : longest
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
