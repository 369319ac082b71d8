/**
 * S-0-0127 and S-0-0128: whether the device could work in the next phase with what the master wrote. The IDNs at fault
 * are appended to S-0-0021 or S-0-0022.
 */
import { extract } from '../../../../uio/bit-field.ts'
import { scpClass } from '../../idn.ts'
import {
  connectionSetup,
  cp34,
  payloadMaxBytes,
  payloadMinBytes,
  telegramAssignment,
} from '../../telegram.ts'
import type { CommunicationParameters } from './communication-parameters.ts'
import type { ConnectionParameters } from './connection-parameters.ts'
import type { Parameter } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'
import { connectionBytes, contentsOf, isActive, isProducer } from './telegram-layout.ts'

/** A range of an AT that the slave fills; no two may overlap. */
type Range = { readonly telegram: number; readonly from: number; readonly to: number }

/** S-0-0127, in CP2. True when nothing is at fault. */
export function checkForCp3(parameters: CommunicationParameters, store: ParameterStore): boolean {
  const faults = new Set<Parameter>()
  checkWritten(parameters, faults)
  checkTimes(parameters, faults)
  checkClasses(parameters, faults)
  checkLengths(parameters.mdtLengths, faults)
  checkLengths(parameters.atLengths, faults)
  const filled: Range[] = []
  checkFields(parameters, faults, filled)
  for (const connection of parameters.connections) {
    if (isActive(connection)) checkConnection(connection, parameters, store, faults, filled)
  }
  report(parameters.invalidForCp3, faults)
  return faults.size === 0
}

/** S-0-0128, in CP3: `mdtBytes` and `atBytes` are the payload lengths that really pass. */
export function checkForCp4(
  parameters: CommunicationParameters,
  mdtBytes: Uint16Array,
  atBytes: Uint16Array,
): boolean {
  const faults = new Set<Parameter>()
  for (let n = 0; n < 4; n++) {
    if (parameters.mdtLengths.item(n) !== mdtBytes[n]) faults.add(parameters.mdtLengths)
    if (parameters.atLengths.item(n) !== atBytes[n]) faults.add(parameters.atLengths)
  }
  report(parameters.invalidForCp4, faults)
  return faults.size === 0
}

function report(list: Parameter, faults: ReadonlySet<Parameter>): void {
  list.setList([...faults].map((parameter) => parameter.idn))
}

function checkWritten(p: CommunicationParameters, faults: Set<Parameter>): void {
  // oxfmt-ignore
  const needed = [
    p.activeClasses, p.tScyc, p.mstLosses, p.t1, p.tSync, p.t3, p.cDevOffset, p.mdtLengths, p.sDevOffset,
    p.atLengths, p.mdtSvcOffset, p.atSvcOffset, p.ringDelay, p.ucWindow, p.syncJitter, p.interFrameGap,
  ]
  for (const parameter of needed) if (!parameter.written) faults.add(parameter)
}

function checkTimes(p: CommunicationParameters, faults: Set<Parameter>): void {
  const cycleNs = p.tScyc.get()
  const short = cycleNs === 31_250 || cycleNs === 62_500 || cycleNs === 125_000
  if (!short && (cycleNs === 0 || cycleNs % 250_000 !== 0)) faults.add(p.tScyc)
  for (const time of [p.t1, p.tSync, p.t3, p.ringDelay]) {
    if (time.get() >= cycleNs) faults.add(time)
  }
  if (p.ucWindow.items !== 2) faults.add(p.ucWindow)
}

function checkClasses(p: CommunicationParameters, faults: Set<Parameter>): void {
  const supported = p.supportedClasses.toArray()
  const active = p.activeClasses.toArray()
  const known = active.every((item) => supported.includes(item))
  const configured = active.includes(scpClass.varCfg1) || active.includes(scpClass.fixCfg1)
  if (!known || !configured) faults.add(p.activeClasses)
}

function checkLengths(list: Parameter, faults: Set<Parameter>): void {
  if (list.items !== 4) faults.add(list)
  for (let n = 0; n < list.items; n++) {
    const bytes = list.item(n)
    const used = bytes >= payloadMinBytes && bytes <= payloadMaxBytes && bytes % 2 === 0
    if (!used && (bytes !== 0 || n === 0)) faults.add(list)
  }
}

function checkFields(p: CommunicationParameters, faults: Set<Parameter>, filled: Range[]): void {
  checkRange(p.cDevOffset, cp34.deviceBytes, p.mdtLengths, faults, [])
  checkRange(p.mdtSvcOffset, cp34.svcBytes, p.mdtLengths, faults, [])
  checkRange(p.sDevOffset, cp34.deviceBytes, p.atLengths, faults, filled)
  checkRange(p.atSvcOffset, cp34.svcBytes, p.atLengths, faults, filled)
}

function checkConnection(
  connection: ConnectionParameters,
  p: CommunicationParameters,
  store: ParameterStore,
  faults: Set<Parameter>,
  filled: Range[],
): void {
  const { setup, assignment, idnList, producerCycleNs, allowedLosses, number } = connection
  // fixed connections: content and number are the device's own, and a master writes neither (CSMD_CFG_PARA.c)
  const own = idnList.changeable ? [setup, idnList, number] : []
  for (const needed of [...own, assignment, producerCycleNs, allowedLosses]) {
    if (!needed.written) faults.add(needed)
  }
  // Other types than a list of IDNs, and monitoring 3, are unknown to the device.
  const kind = setup.get()
  if (extract(kind, connectionSetup.type) !== 0 || extract(kind, connectionSetup.monitoring) === 3)
    faults.add(setup)
  const wanted = isProducer(connection) ? 'produce' : 'consume'
  for (const content of contentsOf(connection, store)) {
    if (content?.spec.cyclic !== wanted) faults.add(idnList)
  }
  const periodNs = producerCycleNs.get()
  if (periodNs === 0 || periodNs % Math.max(1, p.tScyc.get()) !== 0) faults.add(producerCycleNs)
  const bytes = connectionBytes(connection, store)
  const inMdt = extract(assignment.get(), telegramAssignment.inMdt) === 1
  // Devices here consume from the master only, never another device's AT.
  if (inMdt === isProducer(connection)) faults.add(assignment)
  else
    checkRange(assignment, bytes, inMdt ? p.mdtLengths : p.atLengths, faults, inMdt ? [] : filled)
}

/** The field must lie in a telegram that is sent, behind the hot-plug field, and apart from those in `filled`. */
function checkRange(
  word: Parameter,
  bytes: number,
  lengths: Parameter,
  faults: Set<Parameter>,
  filled: Range[],
): void {
  const telegram = extract(word.get(), telegramAssignment.telegram)
  const from = extract(word.get(), telegramAssignment.offset)
  const to = from + bytes
  const first = telegram === 0 ? cp34.hotPlugBytes : 0
  const overlaps = filled.some((r) => r.telegram === telegram && from < r.to && r.from < to)
  const length = telegram < lengths.items ? lengths.item(telegram) : 0
  if (from % 2 !== 0 || from < first || to > length || overlaps) faults.add(word)
  filled.push({ telegram, from, to })
}
