/**
 * CP2: parameters. Order of the accesses as CoSeMa, the vendors' master, was seen to make them.
 * All devices are worked on at once, each through its own service channel.
 */
import { DualportError } from '../../../errors.ts'
import { connectionElement, connectionIdn, idn, scpClass } from '../idn.ts'
import { connectionSetup, svcElement, telegramAssignment } from '../telegram.ts'
import { place } from '../../../uio/bit-field.ts'
import { clearCommunicationError } from './communication-error.ts'
import type { RingDelays } from './cp0.ts'
import { cp12Settings } from './cp1.ts'
import { toleratedLosses } from './cyclic-exchange.ts'
import { writeParameters } from './device-parameters.ts'
import {
  awaitServiceChannels,
  awaitSlaves,
  leavePhase,
  restartTelegrams,
  showsServiceChannel,
} from './phase-switch.ts'
import type { ConnectionContent } from './profile-connections.ts'
import { connectionInstance, profileConnections } from './profile-connections.ts'
import { together } from './run-up-context.ts'
import type { RunUpContext, Script } from './run-up-context.ts'
import {
  readNumber,
  readNumberOr,
  readWords,
  runCommand,
  writeList,
  writeNumber,
} from './service-access.ts'
import type { FieldPlace, TelegramLayout } from './telegram-layout.ts'
import { calculateTiming, defaultSlaveJitterNs } from './timing.ts'
import type { Timing } from './timing.ts'

/** Gap in CP3 and CP4 until the real one is known. CSMD_GLOB.h. */
const defaultInterFrameGap = 37

const active = place(1, connectionSetup.active)
const producer = place(1, connectionSetup.producer)
const classNumber = (item: number) => item >> 8
const fixCfgClass = classNumber(scpClass.fixCfg1)
const varCfgClass = classNumber(scpClass.varCfg1)
const syncClass = classNumber(scpClass.sync1)

/** What a device told about itself. */
type DeviceFacts = {
  readonly synchronises: boolean
  readonly producerNs: number
  readonly earliestAtNs: number
  readonly jitterNs: number
}

/** Throws DP_SERCOS3_SVC and its kin, DP_SERCOS3_PARAMETER, DP_SERCOS3_CLASSES, DP_SERCOS3_CONNECTION, those of calculateTiming. */
export function* runCp2(
  context: RunUpContext,
  layout: TelegramLayout,
  delays: RingDelays,
): Script<Timing> {
  yield* leavePhase(context, 2, (device) => showsServiceChannel(context, device))
  for (const channel of context.exchange.channels) channel.rest()
  yield* restartTelegrams(context, cp12Settings(context, 2))
  yield* awaitSlaves(context)
  yield* awaitServiceChannels(context)
  context.say('reading what the devices can, setting their parameters')
  const facts = yield* together(context, (device) => prepareDevice(context, device))
  const timing = calculateTiming(timingInput(context, layout, delays, facts))
  context.say('telling the devices times and places', 0.5)
  yield* together(context, (device) => transmitTiming(context, device, layout, timing))
  context.say('measuring the synchronisation delay', 0.8)
  yield* together(context, (device) =>
    measureDelay(context, device, facts[device]?.synchronises === true),
  )
  context.say('CP3 transition check (S-0-0127)', 0.9)
  yield* together(context, (device) => runCommand(context, device, idn('S-0-0127')))
  return timing
}

function* prepareDevice(context: RunUpContext, device: number): Script<DeviceFacts> {
  if (context.device(device).profile === 'drive') yield* clearCommunicationError(context, device)
  const listed = yield* readWords(context, device, idn('S-0-1000'))
  const classes = chooseClasses(context, device, listed)
  yield* writeList(context, device, idn('S-0-1000.0.1'), 2, classes)
  yield* writeNumber(context, device, idn('S-0-1036'), defaultInterFrameGap)
  yield* writeParameters(context, device)
  yield* setUpConnections(context, device)
  const jitterNs = yield* readNumberOr(context, device, idn('S-0-1037'), defaultSlaveJitterNs)
  return {
    synchronises: classes.some((item) => classNumber(item) === syncClass),
    producerNs: yield* readNumber(context, device, idn('S-0-1005')),
    earliestAtNs: yield* readNumber(context, device, idn('S-0-1006')),
    jitterNs,
  }
}

/** A device configures its connections either freely or not at all; this master needs the first. */
function chooseClasses(context: RunUpContext, device: number, listed: readonly number[]): number[] {
  const has = (number: number) => listed.some((item) => classNumber(item) === number)
  if (has(fixCfgClass) === has(varCfgClass) || !listed.includes(scpClass.varCfg1))
    throw new DualportError('DP_SERCOS3_CLASSES', {
      at: context.at(device, 'S-0-1000'),
      actual: listed.map((item) => item.toString(16).padStart(4, '0')).join(' '),
      expected: 'SCP_VarCFG version 1 (0201) and no SCP_FixCFG',
    })
  const sync = Math.max(...listed.filter((item) => classNumber(item) === syncClass))
  const diagnosis = listed.filter((item) => item === scpClass.diagnosis)
  return [scpClass.varCfg1, ...(sync > 0 ? [sync] : []), ...diagnosis]
}

function* setUpConnections(context: RunUpContext, device: number): Script {
  const instances = (yield* readWords(context, device, idn('S-0-1051'))).length
  const { profile } = context.device(device)
  const contents: readonly (ConnectionContent & { setup: number })[] = [
    { ...profileConnections[profile].mdt, setup: active },
    { ...profileConnections[profile].at, setup: active | producer },
  ]
  if (instances < contents.length)
    throw new DualportError('DP_SERCOS3_CONNECTION', {
      at: context.at(device, 'S-0-1051'),
      actual: `${instances} connections`,
      expected: `at least ${contents.length}`,
    })
  for (let instance = 0; instance < instances; instance++) {
    const setup = contents[instance]?.setup ?? 0
    yield* writeNumber(context, device, connectionIdn(instance, connectionElement.setup), setup)
  }
  for (const [instance, content] of contents.entries()) {
    const list = connectionIdn(instance, connectionElement.idnList)
    yield* writeList(context, device, list, 4, content.idns)
    const lengthIdn = connectionIdn(instance, connectionElement.length)
    const bytes = yield* readNumber(context, device, lengthIdn)
    if (bytes !== content.bytes)
      throw new DualportError('DP_SERCOS3_CONNECTION', {
        at: context.at(device, `S-0-1050.${instance}.5`),
        actual: `${bytes} bytes`,
        expected: `${content.bytes} bytes, as profile '${profile}' has them`,
      })
  }
}

function timingInput(
  context: RunUpContext,
  layout: TelegramLayout,
  delays: RingDelays,
  facts: readonly DeviceFacts[],
): Parameters<typeof calculateTiming>[0] {
  const { cycleNs, topology, devices } = context.config
  return {
    cycleNs,
    topology,
    devices: devices.length,
    mdtBytes: layout.mdtBytes,
    atBytes: layout.atBytes,
    slaveJitterNs: Math.max(...facts.map(({ jitterNs }) => jitterNs)),
    producerNs: Math.max(...facts.map(({ producerNs }) => producerNs)),
    earliestAtNs: Math.max(...facts.map(({ earliestAtNs }) => earliestAtNs)),
    delayP1Ns: delays.p1Ns,
    delayP2Ns: delays.p2Ns,
  }
}

function* transmitTiming(
  context: RunUpContext,
  device: number,
  layout: TelegramLayout,
  timing: Timing,
): Script {
  const places = layout.devices[device]
  if (places === undefined) return
  const write = (id: number, value: number) => writeNumber(context, device, id, value)
  const { mdt, at } = connectionInstance
  const element = connectionElement
  yield* write(idn('S-0-1002'), timing.cycleNs)
  yield* write(idn('S-0-1009'), offsetWord(places.cDev))
  yield* writeList(context, device, idn('S-0-1010'), 2, layout.mdtBytes)
  yield* write(idn('S-0-1011'), offsetWord(places.sDev))
  yield* writeList(context, device, idn('S-0-1012'), 2, layout.atBytes)
  yield* write(idn('S-0-1013'), offsetWord(places.mdtSvc))
  yield* write(idn('S-0-1014'), offsetWord(places.atSvc))
  const inMdt = place(1, telegramAssignment.inMdt)
  yield* write(connectionIdn(mdt, element.assignment), offsetWord(places.mdtConnection) | inMdt)
  yield* write(connectionIdn(at, element.assignment), offsetWord(places.atConnection))
  // Numbers are unique on the ring; 0 means none.
  yield* write(connectionIdn(mdt, element.number), 2 * device + 1)
  yield* write(connectionIdn(at, element.number), 2 * device + 2)
  yield* write(idn('S-0-1003'), toleratedLosses)
  yield* write(idn('S-0-1006'), timing.atStartNs)
  yield* write(idn('S-0-1007'), timing.syncNs)
  yield* write(idn('S-0-1008'), timing.commandValidNs)
  yield* write(idn('S-0-1015'), timing.ringDelayNs)
  yield* write(idn('S-0-1023'), timing.syncJitterNs)
  yield* write(connectionIdn(mdt, element.producerCycleNs), timing.cycleNs)
  yield* write(connectionIdn(at, element.producerCycleNs), timing.cycleNs)
  // A late task repeats its last telegram; how long that is borne is the chip's watchdog's to say, not each device's.
  const losses = connectionIdn(mdt, element.allowedLosses)
  const most = yield* readNumberOr(context, device, losses, 0xffff, svcElement.maximum)
  yield* write(losses, Math.min(context.config.watchdogCycles, most))
  yield* write(connectionIdn(at, element.allowedLosses), toleratedLosses)
  yield* write(idn('S-0-1036'), timing.interFrameGap)
  yield* writeList(context, device, idn('S-0-1017'), 4, [timing.ucOpenNs, timing.ucCloseNs])
}

function* measureDelay(context: RunUpContext, device: number, synchronises: boolean): Script {
  if (synchronises) yield* runCommand(context, device, idn('S-0-1024'))
}

function offsetWord({ telegram, offset }: FieldPlace): number {
  return place(telegram, telegramAssignment.telegram) | place(offset, telegramAssignment.offset)
}
