/**
 * The timing of a Sercos cycle. Pure. Three methods: 1 has the ATs right behind the MDTs and the UC channel last, 2 has
 * the UC channel between MDTs and ATs, 3 has the ATs at the end of the cycle.
 * Formulas: CSMD_CALC.c of CoSeMa V6.1 (its variant with a stable TSref, Sercos 1.3.2). The figures that it was seen to
 * write are a test. Ours beyond it: t3 leaves the devices their consumer time (S-0-1047).
 *
 * Two clocks: Sercos times (t1, tSync, ...) count from the end of the MST; the chip's timer counts from the cycle start.
 * They are `mstDelayNs` apart.
 */
import { DualportError } from '../../../../errors.ts'
import type { Nanoseconds } from '../../../../units.ts'
import { openWindow, shortestWindowNs } from './uc-window.ts'
import type { UcWindow } from './uc-window.ts'
import { headerNs, mstDelayNs, wireTimes } from './wire-times.ts'
import type { TimingMethod, WireLoad, WireTimes } from './wire-times.ts'

export type TimingInput = WireLoad & {
  readonly cycleNs: Nanoseconds
  /** Greatest S-0-1005: t5. */
  readonly producerNs: Nanoseconds
}

export type Timing = {
  readonly method: TimingMethod
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
  /** TSref, of which S-0-1015 is made: see ring-delay.ts. */
  readonly referenceNs: Nanoseconds
  /** S-0-1023. */
  readonly syncJitterNs: Nanoseconds
  /** S-0-1017 t6 and t7; t6 = 0: no UC channel. */
  readonly ucOpenNs: Nanoseconds
  readonly ucCloseNs: Nanoseconds
  /** What may be sent in the window; undefined: no UC channel. */
  readonly uc: UcWindow | undefined
  /** End of the last MDT. */
  readonly mdtSentNs: Nanoseconds
  /** End of the last AT at the sending port, and of its return: Rx buffers are asked for, then the interrupt. */
  readonly atSentNs: Nanoseconds
  readonly atReceivedNs: Nanoseconds
  /** Chip timer of the interrupt. ATs at the very end of a cycle are announced at the start of the next one. */
  readonly interruptNs: Nanoseconds
  /** From the interrupt to the start of the next MDTs: what the task has. */
  readonly taskNs: Nanoseconds
}

/** Throws DP_SERCOS3_CYCLE_TOO_SHORT, DP_SERCOS3_UC_WINDOW. */
export function calculateTiming(input: TimingInput): Timing {
  const { cycleNs, method } = input
  const wire = wireTimes(input)
  const leastNs = shortestCycleOf(wire, input)
  if (leastNs > cycleNs) refuse(input, wire, leastNs)
  const { mdtNs, atNs, syncJitterNs, referenceNs } = wire
  const { atStartNs, openNs, closeNs } = places(input, wire)
  const uc = input.uc === undefined ? undefined : openWindow(openNs, closeNs, input.uc.mtu)
  const atSentNs = atStartNs + atNs
  const atReceivedNs = atSentNs + referenceNs
  const receivedAt = atReceivedNs + mstDelayNs
  const interruptNs = receivedAt <= cycleNs - 2 * syncJitterNs ? receivedAt : mstDelayNs
  return {
    method,
    cycleNs,
    interFrameGap: wire.interFrameGap,
    atStartNs,
    syncNs: modulo(atStartNs - referenceNs - input.producerNs, cycleNs),
    commandValidNs: commandValidNs(wire, input),
    referenceNs,
    syncJitterNs,
    ucOpenNs: uc === undefined ? 0 : openNs,
    ucCloseNs: uc === undefined ? openNs + Math.floor((closeNs - openNs) / 2) : closeNs,
    uc,
    mdtSentNs: mdtNs,
    atSentNs,
    atReceivedNs,
    interruptNs,
    taskNs: cycleNs - interruptNs,
  }
}

/** The shortest cycle that the telegrams, and the smallest frame of an open UC channel, fit into, ns. */
export function shortestCycle(load: WireLoad): Nanoseconds {
  return shortestCycleOf(wireTimes(load), load)
}

type Places = { atStartNs: Nanoseconds; openNs: Nanoseconds; closeNs: Nanoseconds }

/** Where ATs and UC channel lie; `openNs` and `closeNs` are what would be free without one. */
function places(input: TimingInput, wire: WireTimes): Places {
  const { cycleNs, method, uc } = input
  const { mdtNs, atNs, syncJitterNs, referenceNs, earliestAtNs } = wire
  if (method === 1)
    return {
      atStartNs: earliestAtNs,
      openNs: earliestAtNs + syncJitterNs + atNs,
      closeNs: cycleNs - endNs(wire),
    }
  const latestAtNs = cycleNs - (atNs + syncJitterNs + mstDelayNs + referenceNs)
  const latestCloseNs = latestAtNs - syncJitterNs - headerNs
  if (method === 3)
    return { atStartNs: latestAtNs, openNs: mdtNs - headerNs, closeNs: latestCloseNs }
  const openNs = mdtNs + syncJitterNs - headerNs
  if (uc === undefined) return { atStartNs: earliestAtNs, openNs, closeNs: latestCloseNs }
  // The ATs come as soon as the window lets them: what is left of the cycle is the task's.
  const wantedNs = openNs + Math.max(shortestWindowNs(uc.mtu), narrowWindowNs)
  const closeNs = Math.min(wantedNs, latestCloseNs)
  const soonNs = closeNs + syncJitterNs + headerNs + referenceNs
  return { atStartNs: Math.min(Math.max(soonNs, earliestAtNs), latestAtNs), openNs, closeNs }
}

/** A window between MDTs and ATs is not made narrower than this where the cycle has room. CSMD_CALC.h. */
const narrowWindowNs = 125_000

/** Before the end of a cycle no telegram may be on its way. */
function endNs({ syncJitterNs }: WireTimes): Nanoseconds {
  return syncJitterNs + headerNs + mstDelayNs
}

function commandValidNs({ mdtNs, referenceNs }: WireTimes, load: WireLoad): Nanoseconds {
  return mdtNs + referenceNs - headerNs + load.consumerNs
}

function shortestCycleOf(wire: WireTimes, load: WireLoad): Nanoseconds {
  return Math.max(telegramsEndNs(wire, load), commandValidNs(wire, load) + wire.syncJitterNs + 1)
}

/** The cycle that telegrams and window need. */
function telegramsEndNs(wire: WireTimes, { method, uc }: WireLoad): Nanoseconds {
  const { mdtNs, atNs, syncJitterNs, referenceNs, earliestAtNs } = wire
  const frameNs = uc === undefined ? 0 : shortestWindowNs()
  const received = earliestAtNs + atNs + referenceNs
  if (method === 1) {
    const window = earliestAtNs + syncJitterNs + atNs + frameNs
    return Math.max(received + syncJitterNs, window) + endNs(wire)
  }
  const clearNs = method === 2 ? mdtNs + syncJitterNs : mdtNs
  // latestAtNs is at or behind t1min, and the window before it holds its frame
  const atStart = Math.max(earliestAtNs, clearNs + frameNs + syncJitterNs)
  const behind = atNs + syncJitterNs + mstDelayNs + referenceNs
  return atStart + behind
}

function refuse(input: TimingInput, wire: WireTimes, leastNs: Nanoseconds): never {
  const { cycleNs, uc } = input
  const least = `at least ${Math.ceil(leastNs)}`
  const closed = { ...input, uc: undefined }
  if (uc !== undefined && shortestCycleOf(wire, closed) <= cycleNs)
    throw new DualportError('DP_SERCOS3_UC_WINDOW', {
      at: 'cycleNs',
      actual: cycleNs,
      expected: `${least} with a UC channel`,
    })
  throw new DualportError('DP_SERCOS3_CYCLE_TOO_SHORT', {
    at: 'cycleNs',
    actual: cycleNs,
    expected: least,
  })
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
