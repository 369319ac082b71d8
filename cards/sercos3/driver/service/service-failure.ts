/** What a failed transfer through a service channel is called. */
import { DualportError } from '../../../../errors.ts'
import { svcErrorText } from '../../svc-errors.ts'
import { svcFailure } from './service-codes.ts'

/** `at`: device, phase, IDN. */
export function serviceError(failure: number, errorCode: number, at: string): DualportError {
  switch (failure) {
    case svcFailure.refused:
      return new DualportError('DP_SERCOS3_SVC', { at, actual: svcErrorText(errorCode) })
    case svcFailure.handshakeTimeout:
      return new DualportError('DP_SERCOS3_SVC_TIMEOUT', { at, actual: 'handshake time-out' })
    case svcFailure.busyTimeout:
      return new DualportError('DP_SERCOS3_SVC_TIMEOUT', { at, actual: 'busy time-out' })
    case svcFailure.commandTimeout:
      return new DualportError('DP_SERCOS3_COMMAND', {
        at,
        actual: 'out of time; it was cleared',
      })
    case svcFailure.commandInterrupted:
      return new DualportError('DP_SERCOS3_COMMAND', {
        at,
        actual: 'interrupted by the device; it was cleared',
      })
    case svcFailure.commandError:
      return new DualportError('DP_SERCOS3_COMMAND', { at })
    case svcFailure.cancelled:
      return new DualportError('DP_SERCOS3_SVC_ABORTED', { at })
    case svcFailure.stopped:
      return new DualportError('DP_SERCOS3_SVC_PHASE', { at, actual: 'the phase was left' })
    case svcFailure.absent:
      return new DualportError('DP_SERCOS3_SVC_PHASE', {
        at,
        actual: 'the device is not on the ring',
        todo: 'Switch it on and plug it in; a device is optional where the machine file says so.',
      })
    case svcFailure.tooLong:
      return new DualportError('DP_SERCOS3_SVC_DATA', { at, actual: 'longer than a list may be' })
    default:
      return new DualportError('DP_SERCOS3_SVC_DATA', { at })
  }
}
