/** How fast a commanded motion may be. 0 or NaN stands for the axis's own limit. Made once by who commands, filled for each command. */
export class Dynamics {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Unit/s, of a move; of the difference where a motion is laid over another one. */
  velocity = 0.5
  /** Unit/s^2: how fast the speed may grow, and how fast it may fall. */
  acceleration = 0.5
  deceleration = 0.5
  /** Unit/s^3. */
  jerk = 0.5

  /** A deceleration left out is that of the acceleration. */
  constructor(velocity = 0, acceleration = 0, jerk = 0, deceleration = acceleration) {
    this.set(velocity, acceleration, jerk, deceleration)
  }

  set(velocity: number, acceleration: number, jerk: number, deceleration = acceleration): void {
    this.velocity = velocity
    this.acceleration = acceleration
    this.deceleration = deceleration
    this.jerk = jerk
  }
}

/** The axis's own limits. */
export const ownDynamics: Readonly<Dynamics> = new Dynamics()
