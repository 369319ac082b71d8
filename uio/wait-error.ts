/** Words for a wait that ended badly: the cycle only gets a number, and whoever reports it needs the sentence. */
import { DualportError } from '../errors.ts'
import { waitResult, type AttachedDevice, type WaitResult } from './device.ts'
import { rearmText } from './kernel-drivers.ts'
import { lockdownNote } from './lockdown.ts'
import { errnoName, errnoNumber, systemError } from './system/system-error.ts'

/**
 * The error behind `gone` (DP_UIO_GONE) or `failed` (DP_UIO_REARM, DP_UIO_NO_INTERRUPT, DP_SYSTEM_CALL); undefined for
 * the others. `path` is the device's. Not cyclic.
 */
export function waitError(
  result: WaitResult,
  device: Pick<AttachedDevice, 'interrupt' | 'driver'>,
  path: string,
): DualportError | undefined {
  const { interrupt, driver } = device
  const facts = { at: `read(${path})`, actual: errnoName(errnoNumber.EIO) }
  if (result === waitResult.gone) return new DualportError('DP_UIO_GONE', facts)
  if (result !== waitResult.failed) return undefined
  const { errno, rearmErrno } = interrupt
  if (rearmErrno !== 0) {
    const note = rearmErrno === errnoNumber.EPERM ? lockdownNote() : ''
    return new DualportError('DP_UIO_REARM', {
      at: `${path}, ${driver?.module ?? 'unknown driver'} (${rearmText(driver?.rearm ?? { by: 'nothing' })})`,
      actual: `${errnoName(rearmErrno)}${note}`,
    })
  }
  if (errno === errnoNumber.EIO) return new DualportError('DP_UIO_NO_INTERRUPT', facts)
  return systemError('poll', path, errno)
}
