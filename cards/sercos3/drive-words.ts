/**
 * Control and status word of a drive, its operation modes and the words of its homing, probes and scaling. Shared by
 * driver, emulator and runtime. Bits 15, 14, 13 and 8 were seen in S3SM_LC_MAIN.c; all else is general knowledge of the
 * drive profile.
 */

/** Drive control word S-0-0134. */
export const driveControl = {
  /** 1 to 0: brakes, then drops torque. */
  driveOn: [15, 15],
  /** 1 to 0: drops torque at once. */
  enable: [14, 14],
  /** 1 = go on, 0 = drive halt. */
  restart: [13, 13],
  /** With `mode`: secondary modes from 4 on, which no drive here has. */
  modeHigh: [11, 11],
  /** 0 primary mode (S-0-0032), 1 to 3 secondary modes (S-0-0033 to S-0-0035). */
  mode: [9, 8],
} as const

/** Drive status word S-0-0135. */
export const driveStatus = {
  /** 0 not ready, 1 ready for power (bb), 2 power on (Ab), 3 in operation (AF). */
  ready: [15, 14],
  /** An error of class 1 (S-0-0011): the drive shuts down. */
  error: [13, 13],
  /** S-0-0012 changed since it was read last. */
  class2Change: [12, 12],
  /** S-0-0013 changed since it was read last. */
  class3Change: [11, 11],
  /** The mode in effect, numbered as in the control word. */
  mode: [10, 8],
  /** The acknowledgement of a procedure command changed. */
  commandChange: [5, 5],
  /** Stands still by drive halt. */
  halted: [4, 4],
  /** Follows its command values; 0 while it moves or holds by itself. */
  follows: [3, 3],
} as const

export const driveReady = { notReady: 0, bb: 1, ab: 2, af: 3 } as const

/** Codes of S-0-0032 to S-0-0035: bits 2..0 the loop that is closed, bit 3 without lag. */
export const operationMode = { torque: 1, velocity: 2, position: 3, positionLagless: 11 } as const

/** Which mode of the control word stands for which loop: the master writes S-0-0032 to S-0-0034 so. */
export const modeNumber = { position: 0, velocity: 1, torque: 2 } as const

/** S-0-0147, homing parameter. */
export const homingParameter = {
  /** 1: the search goes in negative direction. */
  negative: [0, 0],
  /** 1: the falling edge of the home switch counts. */
  fallingEdge: [1, 1],
  /** 1: the switch is wired to the drive. */
  switchAtDrive: [2, 2],
  /** 1: without the home switch. */
  switchIgnored: [5, 5],
  /** 1: without the marker pulse of the encoder. */
  markerIgnored: [6, 6],
} as const

/** S-0-0169, probe control: which edges are latched. */
export const probeControl = {
  probe1Positive: [0, 0],
  probe1Negative: [1, 1],
  probe2Positive: [2, 2],
  probe2Negative: [3, 3],
} as const

/** Scaling types S-0-0076 (position), S-0-0044 (velocity), S-0-0086 (torque), S-0-0160 (acceleration). */
export const scalingType = {
  /** See `scalingMethod`. */
  method: [2, 0],
  /** 1: by factor and exponent; 0: the preferred ones of the standard. */
  byParameters: [3, 3],
  /** 1: inch (linear). */
  inch: [4, 4],
  /** Velocity, acceleration: 1 = second, 0 = minute. */
  perSecond: [5, 5],
} as const

/** Torque: 0 is % of the rated torque. */
export const scalingMethod = { none: 0, linear: 1, rotary: 2 } as const
