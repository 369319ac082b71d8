/**
 * CP2: the connections of one device. SCP_VarCFG: the master says what travels in them, and the device how long that is.
 * SCP_FixCFG: they are the device's own, one each way, and the machine can only agree. CoSeMa CSMD_GET_TIME.c.
 */
import { DualportError } from '../../../../errors.ts'
import { extract, place } from '../../../../uio/bit-field.ts'
import { cyclicBytes } from '../../cyclic-words.ts'
import { connectionElement as element, connectionIdn, formatIdn, idn } from '../../idn.ts'
import { connectionSetup, svcAttribute, svcElement } from '../../telegram.ts'
import type { Sercos3ConnectionConfig } from '../config/config.ts'
import { connectionInstance, connectionOf, defaultToleratedLosses } from '../config/connections.ts'
import type { Connection, DeviceConnections } from '../config/connections.ts'
import { chooseWords, profileConnections } from '../config/profile-connections.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import {
  readAttribute,
  readLongs,
  readNumber,
  readNumberOr,
  readWords,
  writeList,
  writeNumber,
} from '../script/service-access.ts'

type Way = 'mdt' | 'at'

const ways: readonly Way[] = ['mdt', 'at']
const active = place(1, connectionSetup.active)
const producer = place(1, connectionSetup.producer)
const setupOf = { mdt: active, at: active | producer } as const
/** Lists of what a device can take from MDTs and put into ATs. General knowledge of the standard. */
const offeredIn = { mdt: idn('S-0-0188'), at: idn('S-0-0187') } as const
/** Configuration types of S-0-1050.x.1 whose content no IDN list tells. CSMD_GLOB.h. */
const containerType = 1
/** Instances that a device with fixed connections has. */
const fixedInstances = 2

/** Throws DP_SERCOS3_SVC and its kin, DP_SERCOS3_CONNECTION, DP_SERCOS3_WORD_LENGTH. */
export function* setUpConnections(
  context: RunUpContext,
  device: number,
  fixed: boolean,
): Script<DeviceConnections> {
  if (fixed) return yield* readFixedConnections(context, device)
  const instances = (yield* readWords(context, device, idn('S-0-1051'))).length
  if (instances < ways.length)
    throw new DualportError('DP_SERCOS3_CONNECTION', {
      at: context.at(device, 'S-0-1051'),
      actual: `${instances} connections`,
      expected: `at least ${ways.length}`,
    })
  const lists = {
    mdt: yield* wordsFor(context, device, 'mdt'),
    at: yield* wordsFor(context, device, 'at'),
  }
  // What a device kept from an earlier master is ended, too.
  for (let instance = 0; instance < instances; instance++) {
    const way = ways.find((each) => connectionInstance[each] === instance)
    const setup = way === undefined ? 0 : setupOf[way]
    yield* writeNumber(context, device, connectionIdn(instance, element.setup), setup)
  }
  for (const way of ways) {
    const list = connectionIdn(connectionInstance[way], element.idnList)
    yield* writeList(context, device, list, 4, lists[way])
  }
  return {
    mdt: yield* connectionFor(context, device, 'mdt', connectionInstance.mdt, lists.mdt),
    at: yield* connectionFor(context, device, 'at', connectionInstance.at, lists.at),
  }
}

/** What the machine says of this connection; undefined: the profile or the device decides. */
function configOf(
  context: RunUpContext,
  device: number,
  way: Way,
): Sercos3ConnectionConfig | undefined {
  const { connections } = context.device(device)
  return connections === 'fromDevice' ? undefined : connections?.[way]
}

function* wordsFor(context: RunUpContext, device: number, way: Way): Script<readonly number[]> {
  const { profile, connections } = context.device(device)
  if (connections !== 'fromDevice')
    return connections?.[way].idns ?? profileConnections[profile][way].words.map((word) => word.idn)
  const offered = yield* readLongs(context, device, offeredIn[way])
  const { idns, missing } = chooseWords(profile, way, offered)
  if (missing.length > 0)
    throw new DualportError('DP_SERCOS3_CONNECTION', {
      at: context.at(device, formatIdn(offeredIn[way])),
      actual: `without ${missing.map(formatIdn).join(', ')}`,
      expected: `all that the profile '${profile}' needs`,
      todo: 'Name the words in `connections` of the device, by its manual.',
    })
  return idns
}

/** The connection with its words, whose lengths agree with what the device says it has. */
function* connectionFor(
  context: RunUpContext,
  device: number,
  way: Way,
  instance: number,
  list: readonly number[],
): Script<Connection> {
  const { producerCycles = 1, toleratedLosses } = configOf(context, device, way) ?? {}
  const losses =
    toleratedLosses ??
    (way === 'at'
      ? defaultToleratedLosses
      : yield* lossesUntilWatchdog(context, device, instance, producerCycles))
  const lengthIdn = connectionIdn(instance, element.length)
  const bytes = yield* readNumber(context, device, lengthIdn)
  const known = list.map((id) => ({ idn: id, bytes: cyclicBytes(id) ?? 0 }))
  const quick = connectionOf(instance, known, producerCycles, losses)
  if (known.every((word) => word.bytes > 0) && quick.bytes === bytes) return quick
  const told: { idn: number; bytes: number }[] = []
  for (const id of list) told.push({ idn: id, bytes: yield* wordBytes(context, device, id) })
  const connection = connectionOf(instance, told, producerCycles, losses)
  if (connection.bytes !== bytes)
    throw new DualportError('DP_SERCOS3_CONNECTION', {
      at: context.at(device, formatIdn(lengthIdn)),
      actual: `${bytes} bytes`,
      expected: `${connection.bytes} bytes: C-CON and ${list.map(formatIdn).join(', ')}`,
      todo: 'Look in the manual of the device which words its connections take, and in which order.',
    })
  return connection
}

/**
 * A late task repeats its last telegram; how long that is borne is the chip's watchdog's to say, not each device's. So a
 * device bears as many cycles, if it can.
 */
function* lossesUntilWatchdog(
  context: RunUpContext,
  device: number,
  instance: number,
  producerCycles: number,
): Script<number> {
  const losses = connectionIdn(instance, element.allowedLosses)
  const most = yield* readNumberOr(context, device, losses, 0xffff, svcElement.maximum)
  return Math.min(Math.ceil(context.config.watchdogCycles / producerCycles), most)
}

const longestScalarCode = 3

/** By the word's attribute. */
function* wordBytes(context: RunUpContext, device: number, id: number): Script<number> {
  const attribute = yield* readAttribute(context, device, id)
  const code = extract(attribute, svcAttribute.length)
  const bytes = code >= 1 && code <= longestScalarCode ? 1 << code : 0
  const known = cyclicBytes(id)
  if (bytes > 0 && (known === undefined || bytes === known)) return bytes
  throw new DualportError('DP_SERCOS3_WORD_LENGTH', {
    at: context.at(device, formatIdn(id)),
    actual: bytes === 0 ? 'a list' : `${bytes} bytes`,
    expected: known === undefined ? 'a parameter of one value' : `${known} bytes`,
  })
}

/** SCP_FixCFG: what the connections carry is read, and must be what the machine says, where it says something. */
function* readFixedConnections(context: RunUpContext, device: number): Script<DeviceConnections> {
  const found: { -readonly [way in Way]?: Connection } = {}
  for (let instance = 0; instance < fixedInstances; instance++) {
    const setup = yield* readNumber(context, device, connectionIdn(instance, element.setup))
    if (extract(setup, connectionSetup.active) === 0) continue
    const way = extract(setup, connectionSetup.producer) === 1 ? 'at' : 'mdt'
    const list = yield* fixedWords(context, device, way, instance, setup)
    found[way] ??= yield* connectionFor(context, device, way, instance, list)
  }
  const { mdt, at } = found
  if (mdt !== undefined && at !== undefined) return { mdt, at }
  throw new DualportError('DP_SERCOS3_CONNECTION', {
    at: context.at(device, 'S-0-1050.x.1'),
    actual: mdt === undefined ? 'no connection in the MDT' : 'no connection in the AT',
    expected: 'one each way',
  })
}

function* fixedWords(
  context: RunUpContext,
  device: number,
  way: Way,
  instance: number,
  setup: number,
): Script<readonly number[]> {
  const wanted = configOf(context, device, way)?.idns
  // The device does not say what a container holds: the machine, or the profile, has to.
  if (extract(setup, connectionSetup.type) === containerType)
    return wanted ?? (yield* wordsFor(context, device, way))
  const listIdn = connectionIdn(instance, element.idnList)
  const own = yield* readLongs(context, device, listIdn)
  if (wanted === undefined || sameWords(wanted, own)) return own
  throw new DualportError('DP_SERCOS3_CONNECTION', {
    at: context.at(device, formatIdn(listIdn)),
    actual: own.map(formatIdn).join(', '),
    expected: wanted.map(formatIdn).join(', '),
    todo: 'The connections of this device are fixed: leave `connections` out.',
  })
}

function sameWords(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, n) => id === b[n])
}
