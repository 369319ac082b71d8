/** CP2: what a device can, what it needs, and its parameters: all that the timing of the ring is worked out from. */
import { DualportError } from '../../../../errors.ts'
import { idn, scpClass } from '../../idn.ts'
import { svcElement } from '../../telegram.ts'
import { clearCommunicationError } from './communication-error.ts'
import type { DeviceConnections } from '../config/connections.ts'
import { writeParameters } from './device-parameters.ts'
import { readScaling } from './drive-scaling.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import {
  readNumber,
  readNumberOr,
  readWords,
  writeList,
  writeNumber,
} from '../script/service-access.ts'
import { setUpConnections } from './set-up-connections.ts'
import { defaultSlaveJitterNs } from '../timing/wire-times.ts'

/** Gap in CP3 and CP4 until the real one is known. CSMD_GLOB.h. */
const defaultInterFrameGap = 37

const classOf = (item: number) => item >> 8
const fixCfg = classOf(scpClass.fixCfg1)
const varCfg = classOf(scpClass.varCfg1)
const sync = classOf(scpClass.sync1)
const watchdog = classOf(scpClass.watchdog)
const cyclic = 0x19
const watchdogConnection = 0x1a
const wanted: readonly number[] = [scpClass.diagnosis, scpClass.hotPlug, scpClass.systemTime]

/** What a device told about itself, and what was agreed with it. */
export type DeviceFacts = {
  /** Active communication classes, S-0-1000.0.1. */
  readonly classes: readonly number[]
  readonly connections: DeviceConnections
  /** S-0-1005, S-0-1006 (its minimum), S-0-1037, S-0-1047. */
  readonly producerNs: number
  readonly earliestAtNs: number
  readonly jitterNs: number
  readonly consumerNs: number
}

/** Throws DP_SERCOS3_SVC and its kin, DP_SERCOS3_CLASSES, DP_SERCOS3_PARAMETER, DP_SERCOS3_SCALING, those of setUpConnections. */
export function* prepareDevice(context: RunUpContext, device: number): Script<DeviceFacts> {
  if (context.device(device).profile === 'drive') yield* clearCommunicationError(context, device)
  const listed = yield* readWords(context, device, idn('S-0-1000'))
  const classes = chooseClasses(context, device, listed)
  yield* writeList(context, device, idn('S-0-1000.0.1'), 2, classes)
  yield* writeNumber(context, device, idn('S-0-1036'), defaultInterFrameGap)
  yield* writeParameters(context, device)
  const { scaling } = context.device(device)
  if (scaling !== undefined)
    context.scalings.set(device, yield* readScaling(context, device, scaling))
  const connections = yield* setUpConnections(context, device, hasClass(classes, fixCfg))
  return {
    classes,
    connections,
    producerNs: yield* readNumber(context, device, idn('S-0-1005')),
    // the datum itself is what a master wrote last
    earliestAtNs: yield* readNumberOr(context, device, idn('S-0-1006'), 0, svcElement.minimum),
    jitterNs: yield* readNumberOr(context, device, idn('S-0-1037'), defaultSlaveJitterNs),
    consumerNs: yield* readNumberOr(context, device, idn('S-0-1047'), 0),
  }
}

/** Connections are free or the device's own: it says which, and cannot do both. CSMD_CONFIG.c. */
function chooseClasses(context: RunUpContext, device: number, listed: readonly number[]): number[] {
  const offers = [scpClass.varCfg1, scpClass.fixCfg1].filter((item) => listed.includes(item))
  const [configuration] = offers
  if (configuration === undefined || hasClass(listed, fixCfg) === hasClass(listed, varCfg))
    throw new DualportError('DP_SERCOS3_CLASSES', {
      at: context.at(device, 'S-0-1000'),
      actual: listed.map((item) => item.toString(16).padStart(4, '0')).join(' '),
      expected: 'either SCP_VarCFG version 1 (0201) or SCP_FixCFG version 1 (0101)',
    })
  const latest = Math.max(0, ...listed.filter((item) => classOf(item) === sync))
  const others = listed.filter((item) => wanted.includes(item))
  const open = context.config.uc === undefined ? [] : listed.filter((item) => item === scpClass.nrt)
  return [configuration, ...(latest > 0 ? [latest] : []), ...others, ...open]
}

function hasClass(items: readonly number[], number: number): boolean {
  return items.some((item) => classOf(item) === number)
}

/** Which groups of times a device takes, by its active classes. CSMD_CFG_PARA.c. */
export function takes(classes: readonly number[]): {
  readonly configuration: boolean
  readonly atStart: boolean
  readonly synchronisation: boolean
  readonly maxTsref: boolean
  readonly extendedField: boolean
  readonly producerCycle: boolean
  readonly allowedLosses: boolean
  readonly uc: boolean
} {
  const has = (number: number) => hasClass(classes, number)
  const synchronisation = has(sync)
  const maxTsref = classes.some((item) => classOf(item) === sync && (item & 0xff) >= 3)
  return {
    configuration: has(varCfg),
    atStart: synchronisation || has(cyclic),
    synchronisation,
    maxTsref,
    extendedField: maxTsref || classes.includes(scpClass.systemTime),
    producerCycle: synchronisation || has(watchdog) || has(watchdogConnection),
    allowedLosses: synchronisation || has(watchdogConnection),
    uc: classes.includes(scpClass.nrt),
  }
}
