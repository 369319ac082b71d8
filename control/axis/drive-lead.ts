/** A drive that moves by itself, in homing or under a torque, and how it is brought to rest. Cyclic. */
export class DriveLead {
  /** The drive leads: the setpoint follows the feedback. */
  on = false
  /** The drive is to stop by its own halt, and to hold. */
  halts = false
  /** It did. Set before `AxisMotion.update`. */
  halted = false

  begin(): void {
    this.on = true
    this.halts = false
  }

  end(): void {
    this.on = false
    this.halts = false
  }

  get hasStopped(): boolean {
    return this.halts && this.halted
  }
}
