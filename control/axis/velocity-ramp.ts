/**
 * A change from any velocity and acceleration to a constant velocity, in the least time that acceleration and jerk
 * limits allow: jerk, hold, jerk. It says nothing of where it ends; `restPosition` and the extremes tell afterwards.
 *
 * Inputs and results are fields: a double that is passed to or returned by a function (or getter) that the compiler did
 * not inline is boxed on the heap.
 */
export class VelocityRamp {
  /** Where the ramp starts when `plan` is called; where it is after `evaluate`. */
  position = 0
  velocity = 0
  acceleration = 0
  /** The velocity to reach. Read by `plan`. */
  target = 0
  /** Positive, unit/s^2. An acceleration beyond it at the start is brought down to it. Read by `plan`. */
  maxAcceleration = 1
  /** Positive, unit/s^3. Read by `plan`. */
  maxJerk = 1
  /** s since the start; set it, then call `evaluate`. */
  time = 0
  /** s until `target` is reached with no acceleration. */
  duration = 0
  /** Position at the end of `duration`. */
  endPosition = 0
  /**
   * Where a ramp to rest turns round before it rests: it was slowing down so hard that it passes zero velocity before the
   * acceleration can be taken back. The start where it does not turn. Written by `findTurn`.
   */
  turnPosition = 0
  #position0 = 0
  #velocity0 = 0
  #acceleration0 = 0
  #jerk1 = 0
  #time1 = 0
  #position1 = 0
  #velocity1 = 0
  #acceleration1 = 0
  /** End of the hold. */
  #time2 = 0
  #jerk3 = 0

  /** Plans from the present position, velocity and acceleration to `target`; `time` becomes 0. Cyclic. */
  plan(): void {
    const jerk = this.maxJerk
    const limit = this.maxAcceleration
    // The velocity that bringing the acceleration straight to zero would end at decides the direction.
    const settled = this.velocity + (this.acceleration * Math.abs(this.acceleration)) / (2 * jerk)
    const direction = this.target >= settled ? 1 : -1
    const start = direction * this.acceleration
    const change = direction * (this.target - this.velocity)
    // change = (peak^2 - start^2) / 2 jerk + peak^2 / 2 jerk
    let peak = Math.max(Math.sqrt(Math.max(jerk * change + 0.5 * start * start, 0)), start)
    let hold = 0
    if (peak > limit) {
      peak = limit
      const toPeak = (Math.abs(limit - start) * (limit + start)) / (2 * jerk)
      hold = Math.max((change - toPeak - (limit * limit) / (2 * jerk)) / limit, 0)
    }
    const time1 = Math.abs(peak - start) / jerk
    this.#jerk1 = peak >= start ? direction * jerk : -direction * jerk
    this.#jerk3 = -direction * jerk
    this.#position0 = this.position
    this.#velocity0 = this.velocity
    this.#acceleration0 = this.acceleration
    this.#time1 = time1
    this.#acceleration1 = direction * peak
    this.#velocity1 = this.velocity + (this.acceleration + 0.5 * this.#jerk1 * time1) * time1
    this.#position1 =
      this.position +
      (this.velocity + (0.5 * this.acceleration + (this.#jerk1 * time1) / 6) * time1) * time1
    this.#time2 = time1 + hold
    const time3 = peak / jerk
    this.duration = this.#time2 + time3
    this.endPosition =
      this.#position1 +
      (this.#velocity1 + 0.5 * this.#acceleration1 * hold) * hold +
      (this.target + (this.#jerk3 * time3 * time3) / 6) * time3
    this.time = 0
  }

  get finished(): boolean {
    return this.time >= this.duration
  }

  /** Writes position, velocity and acceleration at `time`; past the end the target velocity goes on. Cyclic. */
  evaluate(): void {
    const t = this.time
    if (t >= this.duration) {
      this.acceleration = 0
      this.velocity = this.target
      this.position = this.endPosition + this.target * (t - this.duration)
    } else if (t < this.#time1) {
      const jerk = this.#jerk1
      this.acceleration = this.#acceleration0 + jerk * t
      this.velocity = this.#velocity0 + (this.#acceleration0 + 0.5 * jerk * t) * t
      this.position =
        this.#position0 + (this.#velocity0 + (0.5 * this.#acceleration0 + (jerk * t) / 6) * t) * t
    } else if (t < this.#time2) {
      const held = t - this.#time1
      this.acceleration = this.#acceleration1
      this.velocity = this.#velocity1 + this.#acceleration1 * held
      this.position = this.#position1 + (this.#velocity1 + 0.5 * this.#acceleration1 * held) * held
    } else {
      // Seen backwards from the end, so that the target is met exactly.
      const left = this.duration - t
      this.acceleration = -this.#jerk3 * left
      this.velocity = this.target + 0.5 * this.#jerk3 * left * left
      this.position = this.endPosition - (this.target + (this.#jerk3 * left * left) / 6) * left
    }
  }

  /** Writes `turnPosition` of the ramp that was planned, whose `target` is 0. Cyclic. */
  findTurn(): void {
    const velocity = this.#velocity0
    const acceleration = this.#acceleration0
    this.turnPosition = this.#position0
    if (velocity * acceleration >= 0 || velocity * this.#jerk1 < 0) return
    // Both signs agree that the first segment takes acceleration back: 0 = v + a t + j t^2 / 2, the earlier root.
    const root = acceleration * acceleration - 2 * this.#jerk1 * velocity
    if (root <= 0) return
    const t = (2 * Math.abs(velocity)) / (Math.abs(acceleration) + Math.sqrt(root))
    this.turnPosition += (velocity + (0.5 * acceleration + (this.#jerk1 * t) / 6) * t) * t
  }
}
