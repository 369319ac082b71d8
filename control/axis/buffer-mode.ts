/** PLCopen's buffer modes: when a motion begins that is commanded while another one runs. */
export const bufferModes = [
  'aborting',
  'buffered',
  'blendingLow',
  'blendingPrevious',
  'blendingNext',
  'blendingHigh',
] as const
export type BufferModeName = (typeof bufferModes)[number]

export const bufferMode = {
  /** At once; the motion under way and those that wait are aborted. */
  aborting: 0,
  /** After the motion before has come to its end, or to what it was asked for (in velocity, in gear). */
  buffered: 1,
  /**
   * As buffered, and the end of a move before is passed at a velocity: the lower of both, that of the move before, of the next one,
   * the higher of both. Only as fast as both ways are long enough for; not at all where the direction turns.
   */
  blendingLow: 2,
  blendingPrevious: 3,
  blendingNext: 4,
  blendingHigh: 5,
} as const satisfies Record<BufferModeName, number>
export type BufferMode = (typeof bufferMode)[BufferModeName]
