/** Commands from the main thread to the cyclic worker, which takes them once a cycle; and how each ended, on the way back. */
import { allocateBoundedRing } from './bounded-ring.ts'

export const commandVerbs = [
  'enable',
  'disable',
  'home',
  'moveAbsolute',
  'moveRelative',
  'moveVelocity',
  'halt',
  'stop',
  'reset',
  'homeByDrive',
  'armProbe',
  'cancelProbe',
  'limitTorque',
  'writeDigital',
  'writeAnalog',
] as const
export type CommandVerb = (typeof commandVerbs)[number]

/** `target` is an axis, or an I/O device for the last two verbs. A motion value left out is NaN: the machine's limit. */
export const commandField = {
  id: 0,
  verb: 1,
  target: 2,
  /**
   * Unit; the distance of moveRelative; % of limitTorque; the probe (1, 2) of armProbe and cancelProbe; the channel of
   * writeDigital and writeAnalog.
   */
  position: 3,
  /** Unit/s; the edge of armProbe (0 rising, 1 falling); the value of writeDigital (0, 1) and writeAnalog (raw). */
  velocity: 4,
  acceleration: 5,
  jerk: 6,
  fields: 7,
} as const

/** Commands that may wait for the worker's next cycle; one more is refused with DP_COMMAND_QUEUE_FULL. */
export const commandSlots = 64
/**
 * Commands that may be under way; one more is refused with DP_COMMAND_QUEUE_FULL. The ring of ends has as many slots,
 * so an end always finds room and no Promise is left unsettled.
 */
export const maxCommandsUnderWay = 256

/** The command id of a user's task and of the runtime itself: nobody is told how these commands end. */
export const taskCommand = -1

export const commandEnds = ['done', 'aborted', 'failed'] as const

export const endField = {
  id: 0,
  /** Index into commandEnds. */
  end: 1,
  /** axisError of control/axis/axis-error.ts when it failed. */
  error: 2,
  /** Unit: where the axis was at the edge of a probe. */
  value: 3,
  fields: 4,
} as const

export function allocateCommandRing(): SharedArrayBuffer {
  return allocateBoundedRing(commandField.fields, commandSlots)
}

export function allocateEndRing(): SharedArrayBuffer {
  return allocateBoundedRing(endField.fields, maxCommandsUnderWay)
}
