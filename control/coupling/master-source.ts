/**
 * What a coupled axis follows: another axis's setpoint, its actual values, or a master that exists in numbers only. Fields,
 * because a double that a call returns is boxed on the heap where the call is not inlined.
 */
export interface MasterSource {
  /** Unit of the master. Endless: it is not wrapped at the end of a turn. */
  readonly position: number
  /** Unit/s. */
  readonly velocity: number
  /** Unit/s^2. */
  readonly acceleration: number
  /**
   * Sum of the jumps that `position` made because its coordinates were set anew (MC_SetPosition, homing), unit. A gear does
   * not take them for a motion; a cam in absolute coordinates does, and its slave goes to its new place within its limits.
   */
  readonly shifted: number
}

/** A master without a machine behind it: whoever leads it sets the fields, once a cycle and before its slaves step. */
export class VirtualMaster implements MasterSource {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  position = 0.5
  velocity = 0.5
  acceleration = 0.5
  shifted = 0.5

  constructor() {
    this.set(0, 0, 0)
    this.shifted = 0
  }

  set(position: number, velocity: number, acceleration: number): void {
    this.position = position
    this.velocity = velocity
    this.acceleration = acceleration
  }
}
