/** PLCopen Motion Control Part 1: the states of a single axis. The place in the list is the state's number. */
export const axisStates = [
  'disabled',
  'standstill',
  'homing',
  'stopping',
  'discreteMotion',
  'continuousMotion',
  'synchronizedMotion',
  'errorStop',
] as const

export type AxisState = (typeof axisStates)[number]

/** The states as numbers, for the cycle and its records. */
export const axisState = {
  disabled: 0,
  standstill: 1,
  homing: 2,
  stopping: 3,
  discreteMotion: 4,
  continuousMotion: 5,
  synchronizedMotion: 6,
  errorStop: 7,
} as const satisfies Record<AxisState, number>
export type AxisStateNumber = (typeof axisState)[AxisState]
