/** What a Sercos III master is told, and the check of it. */
import { DualportError } from '../../../../errors.ts'
import type { Nanoseconds } from '../../../../units.ts'
import { formatIdn } from '../../idn.ts'
import { cp12 } from '../../telegram.ts'
import { isOwnIdn, ownIdnsText } from './own-idns.ts'
import { isWholeIn } from './config-fault.ts'
import type { ConfigFault } from './config-fault.ts'
import { connectionFaults } from './connection-faults.ts'
import type { Sercos3Profile } from './profile-connections.ts'
import { mtuLimits } from '../timing/uc-window.ts'

export type Sercos3Parameter = {
  /** 32-bit form of the IDN, see idn.ts. */
  readonly idn: number
  /** Raw value in the device's own scaling; written at the length that the device's attribute gives. */
  readonly value: number
}

export type Sercos3ConnectionConfig = {
  /** In this order behind C-CON. */
  readonly idns: readonly number[]
  /** Produced in every n-th cycle of the ring; default 1. */
  readonly producerCycles?: number
  /** Productions in a row that may be missed. Default: AT 3, MDT as long as the chip's watchdog lasts. */
  readonly toleratedLosses?: number
}

/** What the machine file says of the axis that the drive moves. */
export type ScalingWanted = {
  readonly unit: 'mm' | 'deg'
  /** Highest velocity, unit/s: the drive's word has to hold it. */
  readonly velocity: number
}

export type Sercos3DeviceConfig = {
  readonly name: string
  /** Sercos address, 1..511. */
  readonly address: number
  readonly profile: Sercos3Profile
  /** Written in CP2, in this order, before the connections are set up. None of own-idns.ts. */
  readonly parameters: readonly Sercos3Parameter[]
  /** May be absent at the run-up, come and go in CP4. Its place in the telegrams is kept. */
  readonly optional?: boolean
  /** 'fromDevice': the profile's wanted words, as far as the device's lists have them. Left out: the profile's own. */
  readonly connections?:
    | { readonly mdt: Sercos3ConnectionConfig; readonly at: Sercos3ConnectionConfig }
    | 'fromDevice'
  /** Drives whose own scaling the axis takes: what it has to fit. Left out: the scaling is not asked for. */
  readonly scaling?: ScalingWanted
  /** I/O devices: what the outputs become when the device loses the master. Written in CP2. Digital ones in words of 16. */
  readonly fallback?: {
    readonly digital: number | readonly number[]
    readonly analog: readonly number[]
  }
}

export type Sercos3Config = {
  /** Cycle time of CP3 and CP4: 31250, 62500, 125000 or a multiple of 250000 up to 65 ms. */
  readonly cycleNs: Nanoseconds
  /** 'line': on port 1; 'any': whatever the cables are. */
  readonly topology: 'ring' | 'line' | 'linePort2' | 'any'
  /** A ring that is found broken is refused, instead of being run as two lines; default false. */
  readonly requireRing?: boolean
  /** A ring whose cable is back is closed at once (default), or when it is asked for. */
  readonly healing?: 'automatic' | 'onRequest'
  /** 1: MDT, AT, UC channel (default); 2: MDT, UC channel, AT; 3: AT at the end of the cycle. */
  readonly timingMethod?: 1 | 2 | 3
  /** The channel for other Ethernet frames; left out: closed. `mtu` in bytes of payload. */
  readonly uc?: { readonly mtu: number } | undefined
  /** Phases change without the pause of 120 ms where every device acknowledges it; default true. */
  readonly fastPhaseSwitch?: boolean
  /** Buffering of process data in the chip. */
  readonly buffers: 'double' | 'triple'
  /** Cycles without endCycle before the chip's watchdog stops the telegrams; 2..65535. */
  readonly watchdogCycles: number
  /** In the order of the cables, seen from port 1. */
  readonly devices: readonly Sercos3DeviceConfig[]
}

const shortCyclesNs: readonly number[] = [31_250, 62_500, 125_000]
export const longestCycleNs = 65_000_000
const cycleStepNs = 250_000
/** One slot a device in the two telegrams of CP1 and CP2; slot 0 is not used. */
export const maxDevices = 2 * cp12.slotsPerTelegram - 1

/** Throws DP_SERCOS3_CONFIG at the first field that is wrong. */
export function checkConfig(config: Sercos3Config): void {
  const [fault] = configFaults(config)
  if (fault !== undefined) throw new DualportError('DP_SERCOS3_CONFIG', fault)
}

/** Every field that is wrong. Pure. */
export function configFaults(config: Sercos3Config): ConfigFault[] {
  const { cycleNs, watchdogCycles, devices, uc } = config
  const faults: ConfigFault[] = []
  if (!isCycle(cycleNs))
    faults.push({
      at: 'cycleNs',
      actual: cycleNs,
      expected: '31250, 62500, 125000 or a multiple of 250000 up to 65000000',
    })
  if (!isWholeIn(watchdogCycles, 2, 0xffff))
    faults.push({
      at: 'watchdogCycles',
      actual: watchdogCycles,
      expected: 'a whole number from 2 to 65535',
    })
  if (!isWholeIn(devices.length, 1, maxDevices))
    faults.push({
      at: 'devices',
      actual: devices.length,
      expected: `1 to ${maxDevices} devices`,
    })
  if (uc !== undefined && !isWholeIn(uc.mtu, mtuLimits.min, mtuLimits.max))
    faults.push({
      at: 'uc.mtu',
      actual: uc.mtu,
      expected: `a whole number from ${mtuLimits.min} to ${mtuLimits.max}`,
    })
  return [...faults, ...devices.flatMap((_, index) => deviceFaults(config, index))]
}

/** 31.25, 62.5 or 125 us, or a multiple of 250 us up to 65 ms. */
export function isCycle(cycleNs: Nanoseconds): boolean {
  const long = cycleNs > 0 && cycleNs % cycleStepNs === 0 && cycleNs <= longestCycleNs
  return long || shortCyclesNs.includes(cycleNs)
}

/** The shortest cycle of the standard that lasts as long; undefined: there is none. */
export function nextCycle(neededNs: Nanoseconds): Nanoseconds | undefined {
  const short = shortCyclesNs.find((cycleNs) => cycleNs >= neededNs)
  const cycleNs = short ?? Math.ceil(neededNs / cycleStepNs) * cycleStepNs
  return cycleNs <= longestCycleNs ? cycleNs : undefined
}

function deviceFaults({ devices, cycleNs }: Sercos3Config, index: number): ConfigFault[] {
  const device = devices[index] as Sercos3DeviceConfig
  const { address, parameters, profile } = device
  const faults: ConfigFault[] = []
  const at = `devices[${index}]`
  if (!isWholeIn(address, 1, 511))
    faults.push({
      at: `${at}.address`,
      actual: address,
      expected: 'a whole number from 1 to 511',
    })
  const twin = devices.findIndex((other) => other.address === address)
  if (twin >= 0 && twin !== index)
    faults.push({
      at: `${at}.address`,
      actual: address,
      expected: `another address than ${devices[twin]?.name}'s`,
    })
  faults.push(...connectionFaults(device, at, cycleNs))
  parameters.forEach(({ idn }, n) => {
    if (isOwnIdn(idn, profile))
      faults.push({
        at: `${at}.parameters[${n}].idn`,
        actual: formatIdn(idn),
        expected: `none of those that the master itself sets: ${ownIdnsText(profile)}`,
      })
  })
  return faults
}

/**
 * Cycle time in CP0 to CP2: 1 ms, or the ring's own where that is longer (both are multiples of 250 us then).
 * CoSeMa CSMD_PHASE.c: at least 1 ms and a multiple of 250 us.
 */
export function startingCycleNs(cycleNs: Nanoseconds): Nanoseconds {
  return Math.max(1_000_000, cycleNs)
}
