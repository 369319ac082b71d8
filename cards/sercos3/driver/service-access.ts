/** Parameters of a device through its service channel, for scripts. Errors name device, phase, IDN and say the code in words. */
import { DualportError } from '../../../errors.ts'
import { formatIdn } from '../idn.ts'
import { svcElement, svcErrors } from '../telegram.ts'
import type { RunUpContext, Script } from './run-up-context.ts'
import type { ServiceChannel } from './service-channel.ts'
import { svcFailure, svcState } from './service-channel.ts'

/** Throws DP_SERCOS3_SVC, DP_SERCOS3_SVC_TIMEOUT, DP_SERCOS3_SVC_DATA. */
export function* readNumber(context: RunUpContext, device: number, idn: number): Script<number> {
  const channel = context.channel(device)
  channel.startRead(idn)
  yield* finish(context, device, idn)
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
  const channel = context.channel(device)
  channel.startRead(idn, element)
  yield* settle(channel)
  if (channel.failure === svcFailure.refused) return fallback
  throwIfFailed(context, device, idn)
  return numberIn(channel)
}

/** The attribute of an IDN, see svcAttribute. Errors name the value that `toWrite` it. */
export function* readAttribute(
  context: RunUpContext,
  device: number,
  idn: number,
  toWrite: number,
): Script<number> {
  const channel = context.channel(device)
  channel.startRead(idn, svcElement.attribute)
  yield* finish(context, device, idn, toWrite)
  return numberIn(channel)
}

/** A list of 2-byte items. */
export function* readWords(context: RunUpContext, device: number, idn: number): Script<number[]> {
  const channel = context.channel(device)
  channel.startReadList(idn)
  yield* finish(context, device, idn)
  const view = new DataView(channel.data.buffer)
  return Array.from({ length: channel.length >> 1 }, (_, n) => view.getUint16(2 * n, true))
}

export function* writeNumber(
  context: RunUpContext,
  device: number,
  idn: number,
  value: number,
): Script {
  context.channel(device).startWrite(idn, value)
  yield* finish(context, device, idn, value)
}

/** A list of items of `itemBytes` bytes. */
export function* writeList(
  context: RunUpContext,
  device: number,
  idn: number,
  itemBytes: 2 | 4,
  items: readonly number[],
): Script {
  const channel = context.channel(device)
  const view = new DataView(channel.data.buffer)
  items.forEach((item, n) => {
    if (itemBytes === 2) view.setUint16(2 * n, item, true)
    else view.setUint32(4 * n, item, true)
  })
  channel.startWriteList(idn, itemBytes * items.length)
  yield* finish(context, device, idn, items)
}

/** Runs a procedure command to its end. Throws DP_SERCOS3_COMMAND too. */
export function* runCommand(context: RunUpContext, device: number, idn: number): Script {
  context.channel(device).startCommand(idn)
  yield* finish(context, device, idn)
}

function* finish(context: RunUpContext, device: number, idn: number, wrote?: unknown): Script {
  yield* settle(context.channel(device))
  throwIfFailed(context, device, idn, wrote)
}

function* settle(channel: ServiceChannel): Script {
  while (channel.state === svcState.running) yield
}

function throwIfFailed(context: RunUpContext, device: number, idn: number, wrote?: unknown): void {
  const { failure, errorCode } = context.channel(device)
  if (failure === svcFailure.none) return
  const did = wrote === undefined ? '' : ` = ${JSON.stringify(wrote)}`
  const at = context.at(device, `${formatIdn(idn)}${did}`)
  switch (failure) {
    case svcFailure.refused:
      throw new DualportError('DP_SERCOS3_SVC', { at, actual: svcErrorText(errorCode) })
    case svcFailure.handshakeTimeout:
      throw new DualportError('DP_SERCOS3_SVC_TIMEOUT', { at, actual: 'handshake time-out' })
    case svcFailure.busyTimeout:
      throw new DualportError('DP_SERCOS3_SVC_TIMEOUT', { at, actual: 'busy time-out' })
    case svcFailure.commandTimeout:
      throw new DualportError('DP_SERCOS3_COMMAND', { at, actual: 'still in process after 10 s' })
    case svcFailure.commandError:
      throw new DualportError('DP_SERCOS3_COMMAND', { at })
    default:
      throw new DualportError('DP_SERCOS3_SVC_DATA', { at })
  }
}

/** `no such IDN (1001)`. */
export function svcErrorText(code: number): string {
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return `${svcErrors[code] ?? 'an error that only the manual of the device explains'} (${hex})`
}

function numberIn(channel: ServiceChannel): number {
  const view = new DataView(channel.data.buffer)
  if (channel.length === 2) return view.getUint16(0, true)
  return channel.length === 8 ? Number(view.getBigUint64(0, true)) : view.getUint32(0, true)
}
