/**
 * The change from one speed to another with acceleration 0 at both ends, under limits of acceleration and jerk: how long a way
 * it needs, and which speed a way of given length allows. The closed forms of the S-curve (Biagiotti, Melchiorri, "Trajectory
 * Planning for Automatic Machines and Robots", Springer 2008, 3.4), solved for the speed. Speeds are not negative. Cyclic.
 */
export class SCurve {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Unit/s^2 and unit/s^3, both ways. */
  acceleration = 0.5
  jerk = 0.5
  /** The speed at one end, unit/s. */
  speed = 0.5
  /** The speed at the other end: what `findWay` takes and `findSpeed` finds. */
  other = 0.5
  /** Unit: what `findWay` finds and `findSpeed` takes. */
  way = 0.5

  /** The way from `speed` to `other`; backwards it is the same. */
  findWay(): void {
    const change = Math.abs(this.other - this.speed)
    const duration =
      change * this.jerk <= this.acceleration * this.acceleration
        ? 2 * Math.sqrt(change / this.jerk)
        : change / this.acceleration + this.acceleration / this.jerk
    this.way = ((this.speed + this.other) / 2) * duration
  }

  /** The highest speed `other` that lies not more than `way` beyond `speed`. */
  findSpeed(): void {
    const { acceleration, jerk, speed, way } = this
    // full acceleration reached: change^2 / 2a + change (speed / a + a / 2j) + speed a / j = way
    const slope = speed + (acceleration * acceleration) / (2 * jerk)
    const rest = 2 * acceleration * way - (2 * speed * acceleration * acceleration) / jerk
    const trapezoid = rest / (slope + Math.sqrt(slope * slope + Math.max(0, rest)))
    if (trapezoid * jerk >= acceleration * acceleration) {
      this.other = speed + trapezoid
      return
    }
    // not reached: with y = sqrt(change), y^3 + 2 speed y = way sqrt(jerk); one real root, in the form that does not cancel
    const right = way * Math.sqrt(jerk)
    const scale = Math.sqrt((2 * speed) / 3)
    const root =
      scale * scale * scale < 1e-9 * right
        ? Math.cbrt(right)
        : 2 * scale * Math.sinh(Math.asinh(right / (2 * scale * scale * scale)) / 3)
    this.other = speed + root * root
  }
}
