/** How an experiment stands, as its `update` tells. */
export const experimentState = {
  running: 0,
  done: 1,
  /** What is measured left its bounds, or is no number. */
  outOfBounds: 2,
  /** The plant did not answer in time as the experiment needs it. */
  noAnswer: 3,
} as const

export type ExperimentState = (typeof experimentState)[keyof typeof experimentState]
