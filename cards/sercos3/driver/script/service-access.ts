/** Parameters of a device through its service channel, for scripts. Errors name device, phase, IDN and say the code in words. */
import { formatIdn } from '../../idn.ts'
import { svcElement } from '../../telegram.ts'
import type { RunUpContext, Script } from './run-up-context.ts'
import type { ServiceChannel } from '../service/service-channel.ts'
import { svcFailure, svcState } from '../service/service-channel.ts'
import { serviceError } from '../service/service-failure.ts'

/** Throws DP_SERCOS3_SVC, DP_SERCOS3_SVC_TIMEOUT, DP_SERCOS3_SVC_DATA, DP_SERCOS3_SVC_PHASE. */
export function* readNumber(context: RunUpContext, device: number, idn: number): Script<number> {
  const channel = yield* done(context, device, idn, (it) => it.startRead(idn))
  return numberIn(channel)
}

/** As readNumber, but `fallback` where the device refuses: for what not every device has. */
export function* readNumberOr(
  context: RunUpContext,
  device: number,
  idn: number,
  fallback: number,
  element: number = svcElement.data,
): Script<number> {
  const failure = yield* access(context.channel(device), (it) => it.startRead(idn, element))
  if (failure === svcFailure.refused) return fallback
  throwIfFailed(context, device, idn, failure)
  return numberIn(context.channel(device))
}

/** The attribute of an IDN, see svcAttribute. `toWrite`: a value that is to be written then, which errors name. */
export function* readAttribute(
  context: RunUpContext,
  device: number,
  idn: number,
  toWrite?: number,
): Script<number> {
  const start = (it: ServiceChannel) => it.startRead(idn, svcElement.attribute)
  return numberIn(yield* done(context, device, idn, start, toWrite))
}

/** A list of 4-byte items. */
export function* readLongs(context: RunUpContext, device: number, idn: number): Script<number[]> {
  return longsIn(yield* done(context, device, idn, (it) => it.startReadList(idn)))
}

/** As readLongs, but `fallback` where the device refuses. */
export function* readLongsOr(
  context: RunUpContext,
  device: number,
  idn: number,
  fallback: number[],
): Script<number[]> {
  const channel = context.channel(device)
  const failure = yield* access(channel, (it) => it.startReadList(idn))
  if (failure === svcFailure.refused) return fallback
  throwIfFailed(context, device, idn, failure)
  return longsIn(channel)
}

/** A list of 2-byte items. */
export function* readWords(context: RunUpContext, device: number, idn: number): Script<number[]> {
  const channel = yield* done(context, device, idn, (it) => it.startReadList(idn))
  const view = new DataView(channel.data.buffer)
  return Array.from({ length: channel.length >> 1 }, (_, n) => view.getUint16(2 * n, true))
}

/** A text; empty where the device has none. */
export function* readText(context: RunUpContext, device: number, idn: number): Script<string> {
  const channel = context.channel(device)
  const failure = yield* access(channel, (it) => it.startReadList(idn))
  if (failure === svcFailure.refused) return ''
  throwIfFailed(context, device, idn, failure)
  return Buffer.from(channel.data.subarray(0, channel.length)).toString('latin1')
}

/** The acknowledgement of a procedure command, one of commandStatus. */
export function* readCommandStatus(
  context: RunUpContext,
  device: number,
  idn: number,
): Script<number> {
  // opening the IDN answers it; the attribute is what may be read of every one
  const start = (it: ServiceChannel) => it.startRead(idn, svcElement.attribute)
  const channel = yield* done(context, device, idn, start)
  return channel.dataStatus & 0xf
}

export function* writeNumber(
  context: RunUpContext,
  device: number,
  idn: number,
  value: number,
): Script {
  yield* done(context, device, idn, (it) => it.startWrite(idn, value), value)
}

/** A list of items of `itemBytes` bytes. */
export function* writeList(
  context: RunUpContext,
  device: number,
  idn: number,
  itemBytes: 2 | 4,
  items: readonly number[],
): Script {
  const start = (channel: ServiceChannel) => {
    const view = new DataView(channel.data.buffer)
    items.forEach((item, n) => {
      if (itemBytes === 2) view.setUint16(2 * n, item, true)
      else view.setUint32(4 * n, item, true)
    })
    channel.startWriteList(idn, itemBytes * items.length)
  }
  yield* done(context, device, idn, start, items)
}

/** Runs a procedure command to its end. Throws DP_SERCOS3_COMMAND too. */
export function* runCommand(context: RunUpContext, device: number, idn: number): Script {
  yield* done(context, device, idn, (it) => it.startCommand(idn))
}

/** An access that must succeed. Answers the channel, whose result is to be taken in this tick. */
function* done(
  context: RunUpContext,
  device: number,
  idn: number,
  start: (channel: ServiceChannel) => void,
  wrote?: unknown,
): Script<ServiceChannel> {
  const channel = context.channel(device)
  const failure = yield* access(channel, start)
  throwIfFailed(context, device, idn, failure, wrote)
  return channel
}

/**
 * Scripts run side by side: whoever has begun an access keeps the channel until it takes the result, in the tick in which
 * this returns, or until the script is ended from outside. Answers one of svcFailure. An access that was cancelled may
 * have been followed by another one already: that one's result is not its own.
 */
function* access(
  channel: ServiceChannel,
  start: (channel: ServiceChannel) => void,
): Script<number> {
  while (channel.claim !== 0 || channel.state === svcState.running) yield
  const claim = channel.takeClaim()
  try {
    start(channel)
    while (channel.claim === claim && channel.state === svcState.running) yield
    return channel.claim === claim ? channel.failure : channel.cancelledFor
  } finally {
    if (channel.claim === claim) channel.claim = 0
  }
}

function throwIfFailed(
  context: RunUpContext,
  device: number,
  idn: number,
  failure: number,
  wrote?: unknown,
): void {
  if (failure === svcFailure.none) return
  const did = wrote === undefined ? '' : ` = ${JSON.stringify(wrote)}`
  const { errorCode } = context.channel(device)
  throw serviceError(failure, errorCode, context.at(device, `${formatIdn(idn)}${did}`))
}

function longsIn(channel: ServiceChannel): number[] {
  const view = new DataView(channel.data.buffer)
  return Array.from({ length: channel.length >> 2 }, (_, n) => view.getUint32(4 * n, true))
}

function numberIn(channel: ServiceChannel): number {
  const view = new DataView(channel.data.buffer)
  if (channel.length === 2) return view.getUint16(0, true)
  return channel.length === 8 ? Number(view.getBigUint64(0, true)) : view.getUint32(0, true)
}
