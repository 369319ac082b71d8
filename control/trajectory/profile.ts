/**
 * A motion as a row of segments of constant jerk: the state at the beginning of each, and where the motion is at a time.
 * Room for the longest: three segments that lead back inside the limits, and two motions of seven laid over each other.
 */
import type { MotionState } from './motion-state.ts'

const most = 18

export class Profile {
  count = 0
  readonly durations = new Float64Array(most)
  readonly jerks = new Float64Array(most)
  /** Of segment n; the end of the last one is number `count`. s, unit, unit/s, unit/s^2. */
  readonly times = new Float64Array(most + 1)
  readonly positions = new Float64Array(most + 1)
  readonly velocities = new Float64Array(most + 1)
  readonly accelerations = new Float64Array(most + 1)
  /** Where `sample` looks, s from the beginning, and what it finds. */
  time = 0.5
  position = 0.5
  velocity = 0.5
  acceleration = 0.5
  jerk = 0.5
  /** What `findExtremes` finds, unit. */
  lowest = 0.5
  highest = 0.5
  /** What `add` adds: duration, s, and jerk, unit/s^3. */
  stretch = 0.5
  push = 0.5
  /** Of all segments, s. */
  duration = 0.5
  #at = 0
  // s since the beginning of a segment, for #widen
  #moment = 0.5

  begin(from: MotionState): void {
    this.count = 0
    this.#at = 0
    this.times[0] = 0
    this.duration = 0
    this.positions[0] = from.position
    this.velocities[0] = from.velocity
    this.accelerations[0] = from.acceleration
  }

  /** Goes on for `stretch` s with `push` unit/s^3. Segments without duration are left out. */
  add(): void {
    const duration = this.stretch
    const jerk = this.push
    if (!(duration > 0)) return
    const n = this.count
    const a = this.accelerations[n] as number
    const v = this.velocities[n] as number
    this.durations[n] = duration
    this.jerks[n] = jerk
    this.duration = (this.times[n] as number) + duration
    this.times[n + 1] = this.duration
    this.positions[n + 1] =
      (this.positions[n] as number) + duration * (v + duration * (a / 2 + (duration * jerk) / 6))
    this.velocities[n + 1] = v + duration * (a + (duration * jerk) / 2)
    this.accelerations[n + 1] = a + duration * jerk
    this.count = n + 1
  }

  /** What rounding left of the acceleration goes: a long cruise would make velocity of it. */
  levelOff(): void {
    this.accelerations[this.count] = 0
  }

  /** Before the end; for what comes after, the target knows better. */
  sample(): void {
    const { time, times } = this
    let n = this.#at
    if (time < (times[n] as number)) n = 0
    while (n < this.count - 1 && time >= (times[n + 1] as number)) n++
    this.#at = n
    const t = Math.max(time - (times[n] as number), 0)
    const jerk = n < this.count ? (this.jerks[n] as number) : 0
    const a = this.accelerations[n] as number
    const v = this.velocities[n] as number
    this.jerk = jerk
    this.acceleration = a + t * jerk
    this.velocity = v + t * (a + (t * jerk) / 2)
    this.position = (this.positions[n] as number) + t * (v + t * (a / 2 + (t * jerk) / 6))
  }

  /** The positions furthest out: at the ends, and where the velocity passes zero. */
  findExtremes(): void {
    this.lowest = this.positions[0] as number
    this.highest = this.lowest
    for (let n = 0; n < this.count; n++) {
      this.#moment = this.durations[n] as number
      this.#widen(n)
      const j = this.jerks[n] as number
      const a = this.accelerations[n] as number
      const v = this.velocities[n] as number
      // v + a t + j t^2 / 2 = 0, without cancellation
      const square = a * a - 2 * j * v
      if (square < 0) continue
      const sum = -(a + (a >= 0 ? Math.sqrt(square) : -Math.sqrt(square)))
      this.#moment = sum / j
      this.#widen(n)
      this.#moment = (2 * v) / sum
      this.#widen(n)
    }
  }

  /** Not where the moment is none: a division by zero found none. */
  #widen(n: number): void {
    const t = this.#moment
    if (!(t > 0 && t <= (this.durations[n] as number))) return
    const v = this.velocities[n] as number
    const a = this.accelerations[n] as number
    const j = this.jerks[n] as number
    const position = (this.positions[n] as number) + t * (v + t * (a / 2 + (t * j) / 6))
    if (position < this.lowest) this.lowest = position
    if (position > this.highest) this.highest = position
  }
}
