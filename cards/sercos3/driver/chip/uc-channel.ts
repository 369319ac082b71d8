/**
 * The UC channel in the chip: its rings in what the telegrams leave of Tx and Rx RAM, in segments of 256 bytes, and the
 * registers that open it; the chip's mode is that of the real-time telegrams, the UC modes of DFCSR are for NRT. The times
 * of its window are timer events, see timer-events.ts. CoSeMa CSMD_HAL_NRT.c, CSMD_BM_CFG.c, CSMD_HAL_PRIV.h.
 *
 * No frames go through it yet. Known: a frame (without FCS) is put into Tx RAM in one piece, from a segment on, and sent by
 * writing segment | length << 16 to IPTXS of a port while IPCSR shows Tx ready; a received one (with FCS) lies in the Rx
 * ring of its port, may run over the ring's end, and IPRXS is written 0 when it was taken. Not in our sources: what IPRXS
 * holds while a frame waits, whether 0 gives back one frame or all, how many frames the stacks hold, and in which order
 * the two MAC address registers take the bytes without which no unicast frame is received.
 */
import { DualportError } from '../../../../errors.ts'
import { place } from '../../../../uio/bit-field.ts'
import type { Region } from '../../../../uio/region.ts'
import { registers, windows } from '../../registers.ts'
import type { RamPlan } from '../plan/ram-plan.ts'

/** CSMD_GLOB.h. */
export const segmentBytes = 256
const headerBytes = 14
const fcsBytes = 4

/** First and last segment, both inclusive. */
export type SegmentRange = { readonly first: number; readonly last: number }

export type UcPlan = {
  readonly mtu: number
  readonly tx: SegmentRange
  readonly rxP1: SegmentRange
  readonly rxP2: SegmentRange
}

/** Throws DP_SERCOS3_UC_RAM. */
export function planUc(plan: Pick<RamPlan, 'txBytesUsed' | 'rxBytesUsed'>, mtu: number): UcPlan {
  const tx = remainder(plan.txBytesUsed, windows.tx.size)
  const rx = remainder(plan.rxBytesUsed, windows.rx.size)
  const half = Math.floor(segments(rx) / 2)
  const rxP1 = { first: rx.first, last: rx.first + half - 1 }
  const rxP2 = { first: rx.first + half, last: rx.first + 2 * half - 1 }
  refuseBelow('Tx', segments(tx), mtu + headerBytes)
  refuseBelow('Rx', half, mtu + headerBytes + fcsBytes)
  return { mtu, tx, rxP1, rxP2 }
}

/** Not cyclic; while no telegrams are sent. */
export function openUc(map: Region, { mtu, rxP1, rxP2 }: UcPlan): void {
  map.write(registers.iplastfl, mtu)
  map.write(registers.iprrs1, ringWord(rxP1))
  map.write(registers.iprrs2, ringWord(rxP2))
  map.write(registers.iprxs1, 0)
  map.write(registers.iprxs2, 0)
  const { txEnable, rxEnable } = registers.ipcsr1.bits
  const open = place(1, txEnable) | place(1, rxEnable)
  map.write(registers.ipcsr1, open)
  map.write(registers.ipcsr2, open)
}

/** Before the memory of the rings has another use. Not cyclic. */
export function closeUc(map: Region): void {
  map.write(registers.ipcsr1, 0)
  map.write(registers.ipcsr2, 0)
}

function remainder(used: number, size: number): SegmentRange {
  return { first: Math.ceil(used / segmentBytes), last: size / segmentBytes - 1 }
}

function segments({ first, last }: SegmentRange): number {
  return last - first + 1
}

function ringWord({ first, last }: SegmentRange): number {
  return (first | (last << 16)) >>> 0
}

function refuseBelow(which: string, count: number, frameBytes: number): void {
  if (count * segmentBytes >= frameBytes) return
  throw new DualportError('DP_SERCOS3_UC_RAM', {
    at: `${which} RAM`,
    actual: `${Math.max(count, 0) * segmentBytes} bytes`,
    expected: `at least ${frameBytes} bytes for one frame`,
  })
}
