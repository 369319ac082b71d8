/** CP2: a device is told the times of the ring and the places of its fields. Order as the vendors' master was seen to write. */
import { DualportError } from '../../../../errors.ts'
import { place } from '../../../../uio/bit-field.ts'
import { connectionElement as element, connectionIdn, idn } from '../../idn.ts'
import { telegramAssignment } from '../../telegram.ts'
import { defaultToleratedLosses } from '../config/connections.ts'
import type { Connection, DeviceConnections } from '../config/connections.ts'
import { takes } from './prepare-device.ts'
import { ringDelayNs } from '../chip/ring-delay.ts'
import type { RingTiming } from '../script/ring-set-up.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { readNumber, writeList, writeNumber } from '../script/service-access.ts'
import type { FieldPlace } from '../plan/telegram-layout.ts'
import type { Timing } from '../timing/timing.ts'

/** S-0-1032: MDT0 has the extended field, with Sercos time and TSref counter. CSMD_GLOB.h. */
const extendedFieldConfigured = 4

/** Throws DP_SERCOS3_SVC and its kin, DP_SERCOS3_RING_DELAY. */
export function* handOverTiming(
  context: RunUpContext,
  device: number,
  ring: RingTiming,
  facts: { readonly classes: readonly number[]; readonly connections: DeviceConnections },
): Script {
  const { layout, timing } = ring
  const places = layout.devices[device]
  if (places === undefined) return
  const write = (id: number, value: number) => writeNumber(context, device, id, value)
  const takesUp = takes(facts.classes)
  const { mdt, at } = facts.connections
  yield* write(idn('S-0-1002'), timing.cycleNs)
  yield* write(idn('S-0-1009'), offsetWord(places.cDev))
  yield* writeList(context, device, idn('S-0-1010'), 2, layout.mdtBytes)
  yield* write(idn('S-0-1011'), offsetWord(places.sDev))
  yield* writeList(context, device, idn('S-0-1012'), 2, layout.atBytes)
  yield* write(idn('S-0-1013'), offsetWord(places.mdtSvc))
  yield* write(idn('S-0-1014'), offsetWord(places.atSvc))
  const inMdt = place(1, telegramAssignment.inMdt)
  yield* write(of(mdt, element.assignment), offsetWord(places.mdtConnection) | inMdt)
  yield* write(of(at, element.assignment), offsetWord(places.atConnection))
  if (takesUp.configuration) {
    // Numbers are unique on the ring; 0 means none.
    yield* write(of(mdt, element.number), 2 * device + 1)
    yield* write(of(at, element.number), 2 * device + 2)
  }
  yield* write(idn('S-0-1003'), defaultToleratedLosses)
  if (takesUp.atStart) yield* write(idn('S-0-1006'), timing.atStartNs)
  if (takesUp.synchronisation) {
    yield* write(idn('S-0-1007'), timing.syncNs)
    yield* write(idn('S-0-1008'), timing.commandValidNs)
    const { delays, wiring, exchange } = context
    const delayNs = ringDelayNs(delays, wiring, exchange.portOf(device), timing.referenceNs)
    yield* write(idn('S-0-1015'), delayNs)
    yield* write(idn('S-0-1023'), timing.syncJitterNs)
  }
  for (const connection of [mdt, at]) {
    if (takesUp.producerCycle)
      yield* write(of(connection, element.producerCycleNs), periodNs(connection, timing))
    if (takesUp.allowedLosses)
      yield* write(of(connection, element.allowedLosses), connection.toleratedLosses)
  }
  yield* write(idn('S-0-1036'), timing.interFrameGap)
  if (takesUp.extendedField) yield* write(idn('S-0-1032'), extendedFieldConfigured)
  if (takesUp.maxTsref) yield* write(idn('S-0-1061'), ring.maxTsref)
  yield* writeList(context, device, idn('S-0-1017'), 4, [timing.ucOpenNs, timing.ucCloseNs])
  if (takesUp.uc && timing.uc !== undefined) yield* write(idn('S-0-1027.0.1'), timing.uc.mtu)
}

/**
 * CP3, where the MTU that was asked for is in effect: a longer frame than fits into the window would run into the telegrams.
 * Throws DP_SERCOS3_UC_MTU. CSMD_CFG_PARA.c.
 */
export function* checkMtu(context: RunUpContext, device: number, mtu: number): Script {
  const effective = yield* readNumber(context, device, idn('S-0-1027.0.2'))
  if (effective <= mtu) return
  throw new DualportError('DP_SERCOS3_UC_MTU', {
    at: context.at(device, 'S-0-1027.0.2'),
    actual: effective,
    expected: `at most ${mtu}, which fits into the window`,
  })
}

function of({ instance }: Connection, se: number): number {
  return connectionIdn(instance, se)
}

function periodNs({ producerCycles }: Connection, { cycleNs }: Timing): number {
  return producerCycles * cycleNs
}

/** S-0-1009, 1011, 1013, 1014 and, with the MDT's bit, S-0-1050.x.3. */
export function offsetWord({ telegram, offset }: FieldPlace): number {
  return place(telegram, telegramAssignment.telegram) | place(offset, telegramAssignment.offset)
}
