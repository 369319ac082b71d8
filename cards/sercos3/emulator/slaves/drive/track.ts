/** Where the axis is, increments: before and after a step of the motion, from where it stood at power-on. */

/** Index of `values`. */
export const track = {
  before: 0,
  after: 1,
  /** What a position shown has more than one on the track: 0 until the axis was homed. */
  offset: 2,
} as const

export class Track {
  readonly values = new Float64Array(3)
}
