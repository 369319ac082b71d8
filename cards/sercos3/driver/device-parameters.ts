/** CP2: what a device is told beside its communication: a drive's operation modes, the user's parameters, fallback values. */
import { DualportError } from '../../../errors.ts'
import { extract } from '../../../uio/bit-field.ts'
import { formatIdn, ioProfile } from '../idn.ts'
import { svcAttribute, svcFormat } from '../telegram.ts'
import type { Sercos3Parameter } from './config.ts'
import { driveModes } from './own-idns.ts'
import type { RunUpContext, Script } from './run-up-context.ts'
import { readAttribute, writeNumber } from './service-access.ts'

/** Throws DP_SERCOS3_PARAMETER, DP_SERCOS3_SVC and its kin. */
export function* writeParameters(context: RunUpContext, device: number): Script {
  const { parameters, fallback, profile } = context.device(device)
  if (profile === 'drive')
    for (const mode of driveModes) yield* writeNumber(context, device, mode.idn, mode.value)
  for (const parameter of parameters) yield* writeParameter(context, device, parameter)
  if (fallback === undefined) return
  yield* writeNumber(context, device, ioProfile.fallbackDigitalOutputs, fallback.digital)
  // Both channels travel in one 4-byte value, channel 0 in the low half, as in the connection.
  const [low = 0, high = 0] = fallback.analog
  const packed = ((low & 0xffff) | (high << 16)) >>> 0
  yield* writeNumber(context, device, ioProfile.fallbackAnalogOutputs, packed)
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
