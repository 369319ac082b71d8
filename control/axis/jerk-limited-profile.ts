/**
 * A move from rest to rest in the least time that velocity, acceleration and jerk limits allow: seven segments, of
 * which some may be empty. The second half is the first one run backwards, so that the end is met exactly.
 *
 * `time` is a field, not an argument: a double passed to a function that the compiler did not inline is boxed on the heap.
 */
export class JerkLimitedProfile {
  /** s since the start of the move; set it, then call `evaluate`. */
  time = 0
  position = 0
  velocity = 0
  acceleration = 0
  /** s. */
  duration = 0
  #start = 0
  #end = 0
  #distance = 0
  #direction = 1
  #jerk = 0
  /** Length of each jerk segment, s. */
  #jerkTime = 0
  /** Length of the whole acceleration, s. */
  #rampTime = 0
  /** Acceleration and velocity where they are highest. */
  #peakAcceleration = 0
  #peakVelocity = 0
  /** s from whichever end of the move is nearer. */
  #halfTime = 0

  /**
   * Plans the move from `start` to `end` and goes to its beginning. Limits are positive and finite, in unit/s, unit/s^2,
   * unit/s^3. Not cyclic.
   */
  plan(start: number, end: number, velocity: number, acceleration: number, jerk: number): void {
    const distance = Math.abs(end - start)
    // How fast the velocity limit is reached, and the distance that speeding up and slowing down then take.
    let jerkTime = Math.min(acceleration / jerk, Math.sqrt(velocity / jerk))
    let rampTime = jerkTime + velocity / (jerk * jerkTime)
    let peakVelocity = velocity
    if (distance < velocity * rampTime) {
      // No cruise. Either the acceleration limit is held for a while, or it is not even reached.
      const limitTime = acceleration / jerk
      if (distance >= 2 * acceleration * limitTime * limitTime) {
        jerkTime = limitTime
        rampTime =
          (limitTime + Math.sqrt(limitTime * limitTime + (4 * distance) / acceleration)) / 2
      } else {
        jerkTime = Math.cbrt(distance / (2 * jerk))
        rampTime = 2 * jerkTime
      }
      peakVelocity = rampTime > 0 ? distance / rampTime : 0
    }
    this.#start = start
    this.#end = end
    this.#distance = distance
    this.#direction = end < start ? -1 : 1
    this.#jerk = jerk
    this.#jerkTime = jerkTime
    this.#rampTime = rampTime
    this.#peakAcceleration = jerk * jerkTime
    this.#peakVelocity = peakVelocity
    this.duration = peakVelocity > 0 ? rampTime + distance / peakVelocity : 0
    this.time = 0
    this.evaluate()
  }

  /** True when `time` is at or past the end. */
  get finished(): boolean {
    return this.time >= this.duration
  }

  /** Writes position, velocity and acceleration at `time`. Cyclic. */
  evaluate(): void {
    if (this.time >= this.duration) {
      this.position = this.#end
      this.velocity = 0
      this.acceleration = 0
    } else if (this.time + this.time <= this.duration) {
      this.#halfTime = this.time
      this.#firstHalf()
      this.position = this.#start + this.#direction * this.position
    } else {
      this.#halfTime = this.duration - this.time
      this.#firstHalf()
      this.position = this.#end - this.#direction * this.position
      this.acceleration = -this.acceleration
    }
  }

  /** Travel, velocity and acceleration at `#halfTime`, speeding up or cruising; travel without sign. */
  #firstHalf(): void {
    const t = this.#halfTime
    const jerk = this.#jerk
    const jerkTime = this.#jerkTime
    let travel: number
    let velocity: number
    let acceleration: number
    if (t < jerkTime) {
      acceleration = jerk * t
      velocity = 0.5 * acceleration * t
      travel = (velocity * t) / 3
    } else if (t < this.#rampTime - jerkTime) {
      const held = t - jerkTime
      const entry = 0.5 * this.#peakAcceleration * jerkTime
      acceleration = this.#peakAcceleration
      velocity = entry + acceleration * held
      travel = (entry * jerkTime) / 3 + (entry + 0.5 * acceleration * held) * held
    } else if (t < this.#rampTime) {
      // Seen backwards from the end of the ramp, where acceleration is 0 and half the ramp's way is done.
      const left = this.#rampTime - t
      acceleration = jerk * left
      const missing = 0.5 * acceleration * left
      velocity = this.#peakVelocity - missing
      travel = this.#peakVelocity * (0.5 * this.#rampTime - left) + (missing * left) / 3
    } else {
      acceleration = 0
      velocity = this.#peakVelocity
      travel = this.#peakVelocity * (t - 0.5 * this.#rampTime)
    }
    this.position = Math.min(travel, this.#distance)
    this.velocity = this.#direction * velocity
    this.acceleration = this.#direction * acceleration
  }
}
