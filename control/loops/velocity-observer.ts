/**
 * What every observer of velocity offers, whatever lies behind it. Set `position` (and what the observer needs besides), call
 * `update`, read `velocity`. `settle` begins anew at `position`, at rest.
 */
export interface VelocityObserver {
  /** Measured, unit. */
  position: number
  /** Unit/s; result of the last `update`. */
  velocity: number
  settle(): void
  /** Cyclic. */
  update(): void
}
