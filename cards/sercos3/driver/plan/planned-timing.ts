/** The timing of a ring before its devices were asked: by what they are taken to promise. Pure. */
import type { Nanoseconds } from '../../../../units.ts'
import type { Sercos3Config } from '../config/config.ts'
import type { TelegramLayout } from './telegram-layout.ts'
import { calculateTiming, shortestCycle } from '../timing/timing.ts'
import type { Timing } from '../timing/timing.ts'
import { defaultSlaveJitterNs, wireShare } from '../timing/wire-times.ts'
import type { WireLoad } from '../timing/wire-times.ts'

/** What a device tells about itself in CP2: S-0-1037, S-0-1005, S-0-1047, and the minimum of S-0-1006. */
export type DevicePromises = {
  readonly jitterNs: Nanoseconds
  readonly producerNs: Nanoseconds
  readonly consumerNs: Nanoseconds
  readonly earliestAtNs: Nanoseconds
}

/** Nothing real is better. */
export const bestPromises: DevicePromises = {
  jitterNs: 0,
  producerNs: 0,
  consumerNs: 0,
  earliestAtNs: 0,
}

/** The jitter is what CoSeMa takes for granted (CSMD_USER.h); the emulated devices promise all of this. */
export const usualPromises: DevicePromises = {
  jitterNs: defaultSlaveJitterNs,
  producerNs: 8000,
  consumerNs: 8000,
  earliestAtNs: 0,
}

type Ring = Pick<Sercos3Config, 'cycleNs' | 'timingMethod' | 'uc'>

/** Throws as calculateTiming. */
export function plannedTiming(
  ring: Ring,
  layout: TelegramLayout,
  promises: DevicePromises,
): Timing {
  const { cycleNs } = ring
  return calculateTiming({
    ...loadOf(ring, layout, promises),
    cycleNs,
    producerNs: promises.producerNs,
  })
}

/** The shortest cycle that these telegrams allow, and an open UC channel. */
export function shortestPlannedCycle(
  ring: Omit<Ring, 'cycleNs'>,
  layout: TelegramLayout,
  promises: DevicePromises,
): Nanoseconds {
  return shortestCycle(loadOf(ring, layout, promises))
}

/** Part of the cycle in which the wire carries the master's telegrams, 0..1. */
export function plannedWireShare(
  ring: Ring,
  layout: TelegramLayout,
  promises: DevicePromises,
): number {
  return wireShare(loadOf(ring, layout, promises), ring.cycleNs)
}

function loadOf(
  { timingMethod, uc }: Omit<Ring, 'cycleNs'>,
  { mdtBytes, atBytes, devices }: TelegramLayout,
  { jitterNs, consumerNs, earliestAtNs }: DevicePromises,
): WireLoad {
  return {
    mdtBytes,
    atBytes,
    devices: devices.length,
    slaveJitterNs: jitterNs,
    earliestAtNs,
    consumerNs,
    method: timingMethod ?? 1,
    uc,
  }
}
