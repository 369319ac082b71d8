/** Where a slave's fields lie in the telegrams: by topology address in CP1 and CP2, by the master's assignment from CP3 on. */
import { extract } from '../../../../uio/bit-field.ts'
import { connectionSetup, cp12, telegramAssignment } from '../../telegram.ts'
import type { CommunicationParameters } from './communication-parameters.ts'
import type { ConnectionParameters } from './connection-parameters.ts'
import type { ConnectionLayout } from './connection.ts'
import type { Parameter } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

/** A field's telegram number and byte offset in the payload; changed at phase switches only. */
export type FieldPlace = { telegram: number; offset: number }

export type FieldPlaces = {
  readonly mdtSvc: FieldPlace
  readonly atSvc: FieldPlace
  readonly cDev: FieldPlace
  readonly sDev: FieldPlace
}

const nowhere = { telegram: 0, offset: 0 }

export function newFieldPlaces(): FieldPlaces {
  return {
    mdtSvc: { ...nowhere },
    atSvc: { ...nowhere },
    cDev: { ...nowhere },
    sDev: { ...nowhere },
  }
}

/** CP1 and CP2: slot `topologyAddress` of 128 a telegram. */
export function placeBySlot(places: FieldPlaces, topologyAddress: number): void {
  const telegram = Math.floor(topologyAddress / cp12.slotsPerTelegram)
  const slot = topologyAddress % cp12.slotsPerTelegram
  const svcOffset = slot * cp12.svcBytes
  const deviceOffset = cp12.deviceOffset + slot * cp12.deviceBytes
  set(places.mdtSvc, telegram, svcOffset)
  set(places.atSvc, telegram, svcOffset)
  set(places.cDev, telegram, deviceOffset)
  set(places.sDev, telegram, deviceOffset)
}

/** CP3 and CP4: S-0-1009, S-0-1011, S-0-1013, S-0-1014. */
export function placeByAssignment(places: FieldPlaces, parameters: CommunicationParameters): void {
  assign(places.mdtSvc, parameters.mdtSvcOffset)
  assign(places.atSvc, parameters.atSvcOffset)
  assign(places.cDev, parameters.cDevOffset)
  assign(places.sDev, parameters.sDevOffset)
}

export function isActive(connection: ConnectionParameters): boolean {
  return extract(connection.setup.get(), connectionSetup.active) === 1
}

export function isProducer(connection: ConnectionParameters): boolean {
  return extract(connection.setup.get(), connectionSetup.producer) === 1
}

/** S-0-1050.x.5: C-CON and the data of the configuration list; unknown IDNs count nothing. */
export function connectionBytes(connection: ConnectionParameters, store: ParameterStore): number {
  let bytes = 2
  for (const parameter of contentsOf(connection, store)) bytes += parameter?.length ?? 0
  return bytes
}

/** The IDNs of S-0-1050.x.6; `undefined` for one that the device does not have. */
export function contentsOf(
  connection: ConnectionParameters,
  store: ParameterStore,
): (Parameter | undefined)[] {
  return Array.from({ length: connection.idnList.items }, (_, index) =>
    store.find(connection.idnList.item(index)),
  )
}

/** What S-0-0127 has found consistent. */
export function layoutOf(
  connection: ConnectionParameters,
  store: ParameterStore,
  tScycNs: number,
): ConnectionLayout {
  const assignment = connection.assignment.get()
  return {
    telegram: extract(assignment, telegramAssignment.telegram),
    offset: extract(assignment, telegramAssignment.offset),
    bytes: connectionBytes(connection, store),
    contents: contentsOf(connection, store).filter((parameter) => parameter !== undefined),
    period: Math.max(1, Math.round(connection.producerCycleNs.get() / tScycNs)),
    allowedLosses: connection.allowedLosses.get(),
    // 2: asynchronous without watchdog (general knowledge of the standard).
    monitored: extract(connection.setup.get(), connectionSetup.monitoring) !== 2,
  }
}

function assign(place: FieldPlace, parameter: Parameter): void {
  const word = parameter.get()
  set(place, extract(word, telegramAssignment.telegram), extract(word, telegramAssignment.offset))
}

function set(place: FieldPlace, telegram: number, offset: number): void {
  place.telegram = telegram
  place.offset = offset
}
