/** For tests: looks at setpoints as they come, cycle by cycle, and throws at the first that a jerk-limited axis could not follow. */
import type { KinematicLimits } from '../../control/trajectory/kinematic-limits.ts'
import { MotionState } from '../../control/trajectory/motion-state.ts'

export class LimitWatch {
  /** Setpoints that were looked at. */
  looked = 0
  readonly #before = new MotionState()
  readonly #cycleS: number
  readonly #limits: KinematicLimits

  constructor(cycleS: number, limits: KinematicLimits) {
    this.#cycleS = cycleS
    this.#limits = limits
  }

  begin({ position, velocity, acceleration }: MotionState): void {
    this.#before.set(position, velocity, acceleration)
  }

  look(setpoint: MotionState): void {
    const { position: p, velocity: v, acceleration: a } = setpoint
    const { position: p0, velocity: v0, acceleration: a0 } = this.#before
    const { velocityMax, velocityMin, accelerationMax, accelerationMin, jerkMax, jerkMin } =
      this.#limits
    const t = this.#cycleS
    const jerk = Math.max(jerkMax, -jerkMin)
    between('velocity', v, velocityMin, velocityMax)
    between('acceleration', a, accelerationMin, accelerationMax)
    between('jerk', (a - a0) / t, jerkMin, jerkMax)
    // what a jerk within its limits can make of velocity and position in one cycle
    const play = (jerk * t * t) / 4
    const strayPlay = 0.1284 * jerk * t ** 3
    between('change of velocity', v - v0 - (t * (a + a0)) / 2, -play, play)
    const strayed = p - p0 - t * (v0 + t * (a0 / 3 + a / 6))
    const rounding = 1e-14 * Math.abs(p)
    between('change of position', strayed, -strayPlay - rounding, strayPlay + rounding)
    this.#before.set(p, v, a)
    this.looked += 1
  }
}

function between(what: string, value: number, low: number, high: number): void {
  const slack = 1e-6 * (high - low)
  if (!(value >= low - slack && value <= high + slack))
    throw new Error(`${what} ${value} is not between ${low} and ${high}`)
}
