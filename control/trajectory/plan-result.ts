/** How a calculation of a trajectory ended. Anything but `ok`: nothing was changed, the trajectory of before goes on. */
export const planResult = {
  ok: 0,
  /** A limit is not finite, not positive (upper) or not negative (lower); a position limit is no number. */
  limits: 1,
  /** A number of the start or the target is not finite. */
  notFinite: 2,
  targetVelocity: 3,
  /** Beyond a limit itself, or not to be reached without the velocity passing one. */
  targetAcceleration: 4,
  /** The target lies beyond a position limit. */
  targetPosition: 5,
  /** The way there leads beyond a position limit, which the start did not yet pass. */
  positionLimit: 6,
  /** Axes that are to move in phase (straight line) do not: their states are not on one line. */
  notInPhase: 7,
  /** Numbers too far apart for a solution of the asked accuracy. */
  numeric: 8,
} as const
export type PlanResult = (typeof planResult)[keyof typeof planResult]
