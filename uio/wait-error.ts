/** Words for a wait that ended badly: the cycle only gets a number, and whoever reports it needs the sentence. */
import { DualportError } from '../errors.ts'
import { waitResult, type AttachedDevice, type WaitResult } from './device.ts'
import { rearmText } from './kernel-drivers.ts'
import { lockdownNote } from './lockdown.ts'
import { errnoName, errnoNumber, systemError } from './system/system-error.ts'

type Waited = Pick<AttachedDevice, 'interrupt' | 'driver'>

/**
 * The error behind `gone` (DP_UIO_GONE) or `failed` (DP_UIO_REARM, DP_UIO_NO_INTERRUPT, DP_SYSTEM_CALL), of the last
 * wait; undefined for the others. `path` is the device's. Not cyclic.
 */
export function waitError(
  result: WaitResult,
  device: Waited,
  path: string,
): DualportError | undefined {
  if (result !== waitResult.gone && result !== waitResult.failed) return undefined
  const { errno, failedIn } = device.interrupt
  if (failedIn === 'rearm') return rearmError(result, device, path)
  const facts = { at: `read(${path})`, actual: errnoName(errnoNumber.EIO) }
  if (result === waitResult.gone) return new DualportError('DP_UIO_GONE', facts)
  if (failedIn === 'read' && errno === errnoNumber.EIO)
    return new DualportError('DP_UIO_NO_INTERRUPT', facts)
  return systemError(failedIn, path, errno)
}

function rearmError(
  result: WaitResult,
  { interrupt, driver }: Waited,
  path: string,
): DualportError {
  const way = rearmText(driver?.rearm ?? { by: 'nothing' })
  const at = `${path}, ${driver?.module ?? 'unknown driver'} (${way})`
  // which errno an unbound device answers differs from way to way, and tells nobody anything
  if (result === waitResult.gone) return new DualportError('DP_UIO_GONE', { at })
  const { errno } = interrupt
  const note = errno === errnoNumber.EPERM ? lockdownNote() : ''
  return new DualportError('DP_UIO_REARM', { at, actual: `${errnoName(errno)}${note}` })
}
