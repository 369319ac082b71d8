/** Words for a wait that ended badly: the cycle only gets a number, and whoever reports it needs the sentence. */
import { DualportError } from '../errors.ts'
import { waitResult, type InterruptLine, type WaitResult } from './device.ts'
import { errnoName, errnoNumber, systemError } from './system/system-error.ts'

/**
 * The error behind `gone` (DP_UIO_GONE) or `failed` (DP_UIO_NO_INTERRUPT, DP_SYSTEM_CALL); undefined for the others.
 * `path` is the device's. Not cyclic.
 */
export function waitError(
  result: WaitResult,
  line: InterruptLine,
  path: string,
): DualportError | undefined {
  const facts = { at: `read(${path})`, actual: errnoName(errnoNumber.EIO) }
  if (result === waitResult.gone) return new DualportError('DP_UIO_GONE', facts)
  if (result !== waitResult.failed) return undefined
  if (line.errno === errnoNumber.EIO) return new DualportError('DP_UIO_NO_INTERRUPT', facts)
  return systemError('poll', path, line.errno)
}
