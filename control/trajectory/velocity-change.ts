/**
 * The fastest way from one velocity and acceleration to another: acceleration goes to an extreme by full jerk, stays there if
 * that is its limit, and goes to where it must end. What a velocity-controlled axis does, and one half of every long move.
 *
 * Jerk limits are held as their reciprocals, s^3/unit: `riseS3` for acceleration that rises, `fallS3` for one that falls.
 */
export class VelocityChange {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  velocity0 = 0.5
  acceleration0 = 0.5
  velocity1 = 0.5
  acceleration1 = 0.5
  accelerationMax = 0.5
  accelerationMin = -0.5
  riseS3 = 0.5
  fallS3 = 0.5
  /** What the velocities are not known better than, unit/s. */
  rounding = 0.5

  /** Acceleration rises first and falls then; otherwise the other way round. */
  rises = true
  /** The acceleration between the two ramps. */
  extreme = 0.5
  /** Duration of the first ramp, of the extreme, of the last ramp; of all three, s. */
  first = 0.5
  hold = 0.5
  last = 0.5
  duration = 0.5
  /** What is travelled meanwhile, unit. */
  distance = 0.5

  constructor() {
    this.rounding = 0
  }

  solve(): void {
    const a0 = this.acceleration0
    const a1 = this.acceleration1
    const rise = this.riseS3
    const fall = this.fallS3
    const half = (rise + fall) / 2
    let change = this.velocity1 - this.velocity0
    const straight =
      a1 >= a0 ? ((a1 - a0) * (a1 + a0) * rise) / 2 : ((a0 - a1) * (a0 + a1) * fall) / 2
    let hold = 0
    // between accelerations of one sign a little too much or too little costs a swing through zero: rounding must not
    if (Math.abs(change - straight) <= this.rounding) change = straight
    if (a0 + a1 > 0 ? change >= straight : change > straight) {
      const needed = change + (a0 * a0 * rise + a1 * a1 * fall) / 2
      const limit = this.accelerationMax
      let extreme = Math.sqrt(Math.max(needed / half, 0))
      if (extreme > limit) {
        extreme = limit
        hold = Math.max(needed - half * limit * limit, 0) / limit
      }
      this.rises = true
      this.extreme = extreme
      this.first = Math.max((extreme - a0) * rise, 0)
      this.last = Math.max((extreme - a1) * fall, 0)
    } else {
      const needed = (a0 * a0 * fall + a1 * a1 * rise) / 2 - change
      const limit = -this.accelerationMin
      let depth = Math.sqrt(Math.max(needed / half, 0))
      if (depth > limit) {
        depth = limit
        hold = Math.max(needed - half * limit * limit, 0) / limit
      }
      this.rises = false
      this.extreme = -depth
      this.first = Math.max((a0 + depth) * fall, 0)
      this.last = Math.max((a1 + depth) * rise, 0)
    }
    this.hold = hold
    this.#measure()
  }

  /** Distance: the first ramp from its beginning, the last one from its end, so that no error of one adds to the other's. */
  #measure(): void {
    const { first, hold, last, extreme } = this
    const sign = this.rises ? 1 : -1
    const jerk0 = sign / (this.rises ? this.riseS3 : this.fallS3)
    const jerk1 = -sign / (this.rises ? this.fallS3 : this.riseS3)
    const a0 = this.acceleration0
    const a1 = this.acceleration1
    const v0 = this.velocity0
    const reached = v0 + first * (a0 + (first * jerk0) / 2)
    this.duration = first + hold + last
    this.distance =
      first * (v0 + first * (a0 / 2 + (first * jerk0) / 6)) +
      hold * (reached + (hold * extreme) / 2) +
      last * (this.velocity1 - last * (a1 / 2 - (last * jerk1) / 6))
  }
}
