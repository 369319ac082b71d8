/** Why a command was refused or an axis is in errorStop: numbers, because the cycle throws nothing. */
import type { ErrorCode } from '../../errors.ts'

export const axisError = {
  none: 0,
  /** The axis has no power. */
  disabled: 1,
  /** The PLCopen diagram has no such transition from the present state. */
  state: 2,
  /** An argument is not finite, or not positive where it must be. */
  argument: 3,
  positionLimit: 4,
  velocityLimit: 5,
  accelerationLimit: 6,
  jerkLimit: 7,
  /** The drive did not give up power in time. */
  powerTimeout: 8,
  /** The drive lost power while it was asked to hold it. */
  powerLost: 9,
  followingError: 10,
  driveError: 11,
  /** The card or its bus failed. */
  cardFault: 12,
  /** The machine went to its safe state. */
  safeState: 13,
  /** The steps of taking power, by what the drive still shows: not ready, then ready (bb), then under mains (Ab). */
  powerNotReady: 14,
  powerNoMains: 15,
  powerNotEnabled: 16,
  /** The drive stays in another operation mode than asked for. */
  operationMode: 17,
  /** The drive's data do not come any more; the others' do. */
  deviceLost: 18,
  /** The drive, or the sequence that led the homing, did not find the reference. */
  homing: 19,
  /** The drive refused, or somebody else has the probe. */
  probe: 20,
  /** The drive refused a value. */
  service: 21,
  /** As many motions wait as the axis's buffer holds. */
  queue: 22,
  /** No motion can be calculated from the numbers given. */
  trajectory: 23,
  /** The holding brake did not open or close, or the load moved while it opened. */
  brake: 24,
  /** The axis whose setpoint is followed has no power: what it shows is its feedback, and nobody leads it. */
  master: 25,
  /** The axis would follow itself, at once or through others. */
  masterCircle: 26,
} as const
export type AxisErrorNumber = (typeof axisError)[keyof typeof axisError]

/** The code under which each number reaches the application; `undefined` for `none`. */
export const axisErrorCodes: readonly (ErrorCode | undefined)[] = [
  undefined,
  'DP_AXIS_DISABLED',
  'DP_AXIS_STATE',
  'DP_AXIS_ARGUMENT',
  'DP_AXIS_LIMIT',
  'DP_AXIS_LIMIT',
  'DP_AXIS_LIMIT',
  'DP_AXIS_LIMIT',
  'DP_AXIS_POWER',
  'DP_AXIS_POWER',
  'DP_AXIS_FOLLOWING_ERROR',
  'DP_AXIS_DRIVE',
  'DP_AXIS_CARD',
  'DP_AXIS_SAFE',
  'DP_AXIS_POWER',
  'DP_AXIS_POWER',
  'DP_AXIS_POWER',
  'DP_AXIS_DRIVE',
  'DP_AXIS_DEVICE_LOST',
  'DP_AXIS_HOMING',
  'DP_AXIS_PROBE',
  'DP_AXIS_SERVICE',
  'DP_AXIS_QUEUE',
  'DP_AXIS_ARGUMENT',
  'DP_AXIS_BRAKE',
  'DP_AXIS_MASTER',
  'DP_AXIS_MASTER',
]

const errorWords: readonly string[] = [
  'no error',
  'the axis has no power',
  'the command is not allowed in this state',
  'an argument is not a usable number',
  'a software position limit',
  "above the axis's velocity limit",
  "above the axis's acceleration limit",
  "above the axis's jerk limit",
  'the drive did not give up its power in time',
  'the drive lost its power',
  'the following error exceeds its limit',
  'the drive reports an error',
  'the card or its bus failed',
  'the machine went to its safe state',
  'the drive does not get ready: bb is missing',
  'the drive is ready (bb) but gets no power: Ab is missing, look at mains and contactor',
  'the drive has power (Ab) but does not take up operation: AF is missing, look at its enable inputs and brake',
  'the drive stays in another operation mode than asked for',
  'the data of the drive do not come any more',
  'homing ended in error',
  'the drive refused the probe, or another command waits for it',
  'the drive refused the value',
  'as many motions wait already as the axis takes',
  'no motion can be calculated from these numbers',
  'the holding brake did not open or close, or the load moved while it opened',
  'the axis that is followed has no power',
  'the axis would follow itself, at once or through others',
]

/** The number in words, for messages. */
export function describeAxisError(error: number): string {
  return errorWords[error] ?? `unknown axis error ${error}`
}
