/** Why a command was refused or a group is in groupErrorStop: numbers, because the cycle throws nothing. */
import type { ErrorCode } from '../../errors.ts'

export const groupError = {
  none: 0,
  /** The group is not enabled. */
  disabled: 1,
  /** The diagram has no such transition from the present state. */
  state: 2,
  /** An argument is not finite, or negative where it must not be. */
  argument: 3,
  /** Above the path's limits. */
  pathLimit: 4,
  /** The way leads beyond a position limit of an axis. */
  positionLimit: 5,
  /** The way leads out of the space that the kinematics reach. */
  unreachable: 6,
  /** The way leads into or near a singularity of the kinematics. */
  singular: 7,
  /** No circle goes through these points. */
  circle: 8,
  /** As many motions wait as can. */
  full: 9,
  /** An axis moves on its own, or has no power. */
  axis: 10,
  homing: 11,
  /** The machine went to its safe state. */
  safeState: 12,
} as const
export type GroupErrorNumber = (typeof groupError)[keyof typeof groupError]

/** The code under which each number reaches the application; `undefined` for `none`. */
export const groupErrorCodes: readonly (ErrorCode | undefined)[] = [
  undefined,
  'DP_GROUP_DISABLED',
  'DP_GROUP_STATE',
  'DP_GROUP_ARGUMENT',
  'DP_GROUP_LIMIT',
  'DP_GROUP_LIMIT',
  'DP_GROUP_WORKSPACE',
  'DP_GROUP_WORKSPACE',
  'DP_GROUP_CIRCLE',
  'DP_GROUP_QUEUE',
  'DP_GROUP_AXIS',
  'DP_GROUP_AXIS',
  'DP_AXIS_SAFE',
]

const errorWords: readonly string[] = [
  'no error',
  'the group is not enabled',
  'the command is not allowed in this state',
  'an argument is not a usable number',
  'above the limits of the path',
  'the way leads beyond a position limit of an axis',
  'the way leads to where the kinematics do not reach',
  'the way leads through or near a singularity of the kinematics',
  'no circle goes through these points',
  'as many motions wait as can',
  'an axis of the group moves on its own, has no power or failed',
  'the homing of an axis failed',
  'the machine went to its safe state',
]

/** The number in words, for messages. */
export function describeGroupError(error: number): string {
  return errorWords[error] ?? `unknown group error ${error}`
}
