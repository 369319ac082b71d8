/** Why a homing sequence gave up: numbers, because the cycle throws nothing. */
export const homingFailure = {
  none: 0,
  /** Neither on the way nor, where a limit switch turned the search round, on the way back. */
  switchNotFound: 1,
  /** The switch did not open while the axis moved off it. */
  switchNotLeft: 2,
  indexNotFound: 3,
  blockNotFound: 4,
  timeout: 5,
  /** The limit switch behind the axis came on: switches are exchanged, or the axis moves the wrong way. */
  wrongSwitch: 6,
  /** Whoever catches the index pulse refused to. */
  latchRefused: 7,
  /** The encoder does not know where it is. */
  notAbsolute: 8,
  /** No motion could be calculated from these limits. */
  trajectory: 9,
  /** Of a gantry: its two sides are further out of square than it may be. */
  skew: 10,
} as const
export type HomingFailure = (typeof homingFailure)[keyof typeof homingFailure]

const words: readonly string[] = [
  'no failure',
  'the switch was not found within the distance',
  'the switch did not open while the axis moved off it',
  'no index pulse came within the distance',
  'no block was met within the distance',
  'the time for homing is over',
  'the limit switch behind the axis came on: are the switches exchanged?',
  'the drive refused to catch the index pulse',
  'the encoder does not know its absolute position',
  'no motion can be calculated from the limits of this homing',
  'the two sides are further out of square than they may be',
]

/** The number in words, for messages. */
export function describeHomingFailure(failure: number): string {
  return words[failure] ?? `unknown homing failure ${failure}`
}
