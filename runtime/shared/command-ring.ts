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
  'writeDigital',
  'writeAnalog',
] as const
export type CommandVerb = (typeof commandVerbs)[number]

/** `target` is an axis, or an I/O device for the last two verbs. A motion value left out is NaN: the machine's limit. */
export const commandField = {
  id: 0,
  verb: 1,
  target: 2,
  /** Unit; the distance of moveRelative; the channel of writeDigital and writeAnalog. */
  position: 3,
  /** Unit/s; the value of writeDigital (0, 1) and writeAnalog (raw). */
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

export const commandEnds = ['done', 'aborted', 'failed'] as const

export const endField = {
  id: 0,
  /** Index into commandEnds. */
  end: 1,
  /** axisError of control/axis-error.ts when it failed. */
  error: 2,
  fields: 3,
} as const

export function allocateCommandRing(): SharedArrayBuffer {
  return allocateBoundedRing(commandField.fields, commandSlots)
}

export function allocateEndRing(): SharedArrayBuffer {
  return allocateBoundedRing(endField.fields, maxCommandsUnderWay)
}
