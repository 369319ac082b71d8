/** CP2: what a device is told beside its communication: a drive's operation modes, the user's parameters, fallback values. */
import { DualportError } from '../../../../errors.ts'
import { extract } from '../../../../uio/bit-field.ts'
import { operationMode } from '../../drive-words.ts'
import { formatIdn, ioGroup } from '../../idn.ts'
import { svcAttribute, svcFormat } from '../../telegram.ts'
import type { Sercos3DeviceConfig, Sercos3Parameter } from '../config/config.ts'
import { driveModes } from '../config/own-idns.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { readAttribute, readNumberOr, writeNumber } from '../script/service-access.ts'

/** Throws DP_SERCOS3_PARAMETER, DP_SERCOS3_SVC and its kin. */
export function* writeParameters(context: RunUpContext, device: number): Script {
  const { parameters, fallback, profile } = context.device(device)
  if (profile === 'drive') yield* writeModes(context, device)
  for (const parameter of parameters) yield* writeParameter(context, device, parameter)
  if (fallback !== undefined) yield* writeFallback(context, device, fallback)
}

const absent = -1

function* writeModes(context: RunUpContext, device: number): Script {
  for (const { idn, value } of driveModes) {
    const optional = value === operationMode.torque
    if (optional && (yield* readNumberOr(context, device, idn, absent)) === absent) continue
    yield* writeNumber(context, device, idn, value)
  }
}

/** What the outputs become when the device loses the master: 16 digital, or 2 analogue ones, a parameter. */
function* writeFallback(
  context: RunUpContext,
  device: number,
  { digital, analog }: NonNullable<Sercos3DeviceConfig['fallback']>,
): Script {
  const words = typeof digital === 'number' ? [digital] : digital
  for (const [group, word] of words.entries())
    yield* writeNumber(context, device, ioGroup(group).fallbackDigitalOutputs, word)
  for (let channel = 0; channel < analog.length; channel += 2) {
    // As in the connection: the lower channel in the low half.
    const [low = 0, high = 0] = analog.slice(channel, channel + 2)
    const packed = ((low & 0xffff) | (high << 16)) >>> 0
    yield* writeNumber(context, device, ioGroup(channel >> 1).fallbackAnalogOutputs, packed)
  }
}

/** The service channel cuts a value to the length of the parameter: what it would cut is refused before. */
function* writeParameter(
  context: RunUpContext,
  device: number,
  { idn, value }: Sercos3Parameter,
): Script {
  const attribute = yield* readAttribute(context, device, idn, value)
  const fitting = rangeOf(attribute)
  if (!Number.isSafeInteger(value) || value < fitting.low || value > fitting.high)
    throw new DualportError('DP_SERCOS3_PARAMETER', {
      at: context.at(device, formatIdn(idn)),
      actual: value,
      expected: fitting.text,
    })
  yield* writeNumber(context, device, idn, value)
}

type Range = { readonly low: number; readonly high: number; readonly text: string }

const longestScalarCode = 3

/** Display format decides on the sign; a binary, hex or IDN value may be written either way. */
function rangeOf(attribute: number): Range {
  const code = extract(attribute, svcAttribute.length)
  if (code === 0 || code > longestScalarCode)
    return { low: Infinity, high: -Infinity, text: 'a parameter of one value; this one is a list' }
  const bytes = 1 << code
  const format = extract(attribute, svcAttribute.format)
  // A double holds whole numbers up to 2^53, less than 8 bytes do.
  const low = format === svcFormat.unsigned ? 0 : -(2 ** (8 * bytes - 1))
  const high = 2 ** (8 * bytes - (format === svcFormat.signed ? 1 : 0)) - 1
  const most = Math.min(high, Number.MAX_SAFE_INTEGER)
  const least = Math.max(low, Number.MIN_SAFE_INTEGER)
  const text = `a whole number from ${least} to ${most} (${bytes} bytes)`
  return { low: least, high: most, text }
}
