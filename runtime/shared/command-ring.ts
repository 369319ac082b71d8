/** Commands from the main thread to the cyclic worker, which takes them once a cycle; and how each ended, on the way back. */
import { allocateBoundedRing } from './bounded-ring.ts'

/** Each by its number in the ring. */
export const commandVerb = {
  enable: 0,
  disable: 1,
  reset: 2,
  home: 3,
  homeByDrive: 4,
  homeBySequence: 5,
  setPosition: 6,
  setOverride: 7,
  moveAbsolute: 8,
  moveRelative: 9,
  moveAdditive: 10,
  moveSuperimposed: 11,
  haltSuperimposed: 12,
  moveVelocity: 13,
  moveContinuousAbsolute: 14,
  moveContinuousRelative: 15,
  torqueControl: 16,
  runProfile: 17,
  halt: 18,
  stop: 19,
  gearIn: 20,
  gearInPos: 21,
  gearOut: 22,
  camIn: 23,
  camOut: 24,
  phasingAbsolute: 25,
  phasingRelative: 26,
  combineAxes: 27,
  camSwitch: 28,
  camSwitchOff: 29,
  armProbe: 30,
  abortTrigger: 31,
  limitTorque: 32,
  readActual: 33,
  freeTable: 34,
  writeDigital: 35,
  writeAnalog: 36,
  // of groups, up to the end
  groupEnable: 37,
  groupDisable: 38,
  groupReset: 39,
  groupHalt: 40,
  groupStop: 41,
  groupInterrupt: 42,
  groupContinue: 43,
  groupSetOverride: 44,
  moveLinear: 45,
  moveCircular: 46,
} as const
export type CommandVerb = keyof typeof commandVerb

/** `target` is an axis, an I/O device for the write verbs, a group for those of groups. A value left out is NaN: the axis's own limit, or none. */
export const commandField = {
  id: 0,
  verb: 1,
  target: 2,
  /** Unit, also a distance; % of limitTorque; the probe (1, 2) of armProbe and abortTrigger; the channel of the write verbs. */
  position: 3,
  /** Unit/s; the value of writeDigital (0, 1) and writeAnalog (raw). */
  velocity: 4,
  /** Unit/s^2; unit/s^3. */
  acceleration: 5,
  deceleration: 6,
  jerk: 7,
  /** See control/axis/buffer-mode.ts. */
  bufferMode: 8,
  /** Unit/s. */
  endVelocity: 9,
  /** % of rated torque; %/s. */
  torque: 10,
  torqueRamp: 11,
  /** Factors of setOverride. */
  velocityFactor: 12,
  accelerationFactor: 13,
  jerkFactor: 14,
  /** The place of the master among the axes; 1 where its actual values are followed, not its setpoint. */
  master: 15,
  masterActual: 16,
  /** The other one of combineAxes. */
  second: 17,
  secondActual: 18,
  /** Of a gear, or of the first and the second of combineAxes. */
  numerator: 19,
  denominator: 20,
  secondNumerator: 21,
  secondDenominator: 22,
  /** Where both are to be in gear, and how long before the way begins. Unit of the master, of the slave. */
  masterSync: 23,
  slaveSync: 24,
  masterStart: 25,
  /** Cams. */
  masterOffset: 26,
  slaveOffset: 27,
  masterScaling: 28,
  slaveScaling: 29,
  /** Bits, see camFlag and groupFlag. */
  flags: 30,
  /** A cam, a profile or cam switches, by its number in the table store. */
  table: 31,
  /**
   * What else a verb must know: the edge of armProbe (0 rising, 1 falling), the way of combineAxes (0 add, 1 subtract), the
   * syncMode of gearInPos (control/coupling/gear-law.ts), the kind of a profile, what is to be read, the transition of a group's motion.
   */
  choice: 32,
  /** The window of armProbe, unit. */
  windowMin: 33,
  windowMax: 34,
  /** Of groups: where to, in the order of its axes; the auxiliary point or vector of a circle. Unit. */
  coordinate0: 35,
  coordinate1: 36,
  coordinate2: 37,
  coordinate3: 38,
  coordinate4: 39,
  coordinate5: 40,
  aid0: 41,
  aid1: 42,
  aid2: 43,
  /** See circleMode of control/groups/circle.ts. */
  circleMode: 44,
  /** Distance or deviation of a transition, unit. */
  amount: 45,
  /** Of gearInPos: places of the slave so far apart are equal, unit. */
  slaveModulo: 46,
  fields: 47,
} as const
export type CommandValue = Exclude<keyof typeof commandField, 'id' | 'verb' | 'target' | 'fields'>

/** Bits of `flags`. 1 alone: the position of setPosition is relative. */
export const camFlag = { periodic: 1, masterAbsolute: 2, slaveAbsolute: 4 } as const

export const groupFlag = { relative: 1, ofAxes: 2, clockwise: 4, longWay: 8 } as const

/** `choice` of readActual. */
export const actualValues = ['position', 'velocity', 'torquePercent'] as const

/** Commands that may wait for the worker's next cycle; one more is refused with DP_COMMAND_QUEUE_FULL. */
export const commandSlots = 64
/**
 * Commands that may be under way; one more is refused with DP_COMMAND_QUEUE_FULL. The ring of ends has as many slots,
 * so an end always finds room and no Promise is left unsettled.
 */
export const maxCommandsUnderWay = 256

/**
 * The command id of a user's task and of the runtime itself: nobody is told how these commands end. Ids of the blocks of a
 * user's task are below it, those of the application above 0.
 */
export const taskCommand = -1

export const commandEnds = ['done', 'aborted', 'failed'] as const

export const endField = {
  id: 0,
  /** Index into commandEnds. */
  end: 1,
  /** axisError of control/axis/axis-error.ts when it failed. */
  error: 2,
  /** Unit: where the axis was at the edge of a probe; what was read. */
  value: 3,
  fields: 4,
} as const

export function allocateCommandRing(): SharedArrayBuffer {
  return allocateBoundedRing(commandField.fields, commandSlots)
}

export function allocateEndRing(): SharedArrayBuffer {
  return allocateBoundedRing(endField.fields, maxCommandsUnderWay)
}
