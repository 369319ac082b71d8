/** The least that lets the card raise its cyclic interrupt, and send: what the scenarios need before there is a driver. */
import { windows } from '../../../cards/sercos3/registers.ts'
import {
  descriptor,
  indexTable,
  registers,
  watchdogTrigger,
} from '../../../cards/sercos3/registers.ts'
import { maskOf, place } from '../../../uio/bit-field.ts'
import type { AttachedDevice } from '../../../uio/device.ts'

/** The interrupt source of a cycle: TINT0. */
export const cycleBit = 1

const mdtBytes = 40
const descriptorOffset = indexTable.bytes

/** One interrupt a cycle. */
export function startClock(device: AttachedDevice, cycleNs: number): void {
  const chip = device.map('registers')
  chip.write(registers.tcntcycr, cycleNs)
  chip.write(registers.irr0, 0xffffffff)
  chip.write(registers.ier0, cycleBit)
  chip.write(registers.tcsr, maskOf(registers.tcsr.bits.et0))
}

export function stopClock(device: AttachedDevice): void {
  const chip = device.map('registers')
  chip.write(registers.tcsr, 0)
  chip.write(registers.ier0, 0)
}

/** Sends an empty MDT0 a cycle, with the watchdog armed and a long way from its alarm. */
export function startTelegrams(device: AttachedDevice): void {
  const chip = device.map('registers')
  const tx = device.map('tx')
  const end =
    place(descriptor.txType.endOfTelegram, descriptor.bits.type) |
    place(mdtBytes, descriptor.bits.telegramOffset)
  tx.write32(indexTable.mdt * 4, place(descriptorOffset >> 2, indexTable.bits.first) | 1)
  tx.write32(descriptorOffset, end >>> 0)
  if (tx.byteLength !== windows.tx.size) throw new Error('the map tx is not the Tx window')
  chip.write(registers.decr, 0)
  chip.write(registers.sfcr, place(1, registers.sfcr.bits.mdt))
  chip.write(registers.wdcnt, 0xffff)
  chip.write(registers.wdcsr, watchdogTrigger.arm)
  chip.write(
    registers.dfcsr,
    maskOf(registers.dfcsr.bits.txEnable) | maskOf(registers.dfcsr.bits.rxEnable),
  )
}
