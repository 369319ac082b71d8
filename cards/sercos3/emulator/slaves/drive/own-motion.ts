/** The motion that a drive makes by itself, in drive halt and homing: its speed runs to a target in a straight ramp. */

/** Index of `values`. */
export const ownMotion = {
  /** Increments/s. */
  speed: 0,
  target: 1,
  /** Increments/s^2. */
  acceleration: 2,
} as const

export class OwnMotion {
  readonly values = new Float64Array(3)

  /** Runs the speed on by `h` seconds. Cyclic. */
  advance(h: number): void {
    const { values } = this
    const speed = values[ownMotion.speed] as number
    const change = (values[ownMotion.acceleration] as number) * h
    const missing = (values[ownMotion.target] as number) - speed
    values[ownMotion.speed] = speed + Math.max(-change, Math.min(change, missing))
  }
}
