/** Position, velocity and acceleration of one axis: where a trajectory begins, where it ends, or what is commanded now. */
export class MotionState {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Unit. */
  position = 0.5
  /** Unit/s. */
  velocity = 0.5
  /** Unit/s^2. */
  acceleration = 0.5

  constructor() {
    this.position = 0
    this.velocity = 0
    this.acceleration = 0
  }

  set(position: number, velocity: number, acceleration: number): void {
    this.position = position
    this.velocity = velocity
    this.acceleration = acceleration
  }
}
