/**
 * What one axis may do, each direction by itself. Upper limits are positive, lower ones negative: a crane that may brake
 * harder than it speeds up has a lower limit of acceleration beyond the upper one.
 */
export class KinematicLimits {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Unit/s. */
  velocityMax = 0.5
  velocityMin = -0.5
  /** Unit/s^2. */
  accelerationMax = 0.5
  accelerationMin = -0.5
  /** Unit/s^3: how fast acceleration may rise and fall. */
  jerkMax = 0.5
  jerkMin = -0.5
  /** Unit. Infinite: no limit. */
  positionMax = 0.5
  positionMin = -0.5

  constructor() {
    this.positionMax = Infinity
    this.positionMin = -Infinity
  }

  /** The same both ways. Unit/s, unit/s^2, unit/s^3. */
  set(velocity: number, acceleration: number, jerk: number): void {
    this.velocityMax = velocity
    this.velocityMin = -velocity
    this.accelerationMax = acceleration
    this.accelerationMin = -acceleration
    this.jerkMax = jerk
    this.jerkMin = -jerk
  }
}
