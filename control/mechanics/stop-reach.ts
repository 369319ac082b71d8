/**
 * How far an axis still gets if it stops now: the end of its jerk-limited ramp to rest, and the lowest and highest position
 * on the way there. The end is not always the furthest: an axis that already brakes hard passes a turning point first.
 */
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { VelocityChange } from '../trajectory/velocity-change.ts'

export class StopReach {
  /** From here the axis stops. Set before `solve`; within `limits`. */
  readonly from = new MotionState()
  /** What the ramp uses; velocity and position limits do not concern it. */
  readonly limits: KinematicLimits
  // found by `solve`, unit
  end = 0.5
  lowest = 0.5
  highest = 0.5

  readonly #ramp = new VelocityChange()
  /** Of the three parts of the ramp, s and unit/s^3. */
  readonly #durations = new Float64Array(3)
  readonly #jerks = new Float64Array(3)

  constructor(limits: KinematicLimits = new KinematicLimits()) {
    this.limits = limits
    this.#ramp.velocity1 = 0
    this.#ramp.acceleration1 = 0
    this.end = 0
    this.lowest = 0
    this.highest = 0
  }

  /** Cyclic; about 50 ns. */
  solve(): void {
    this.#solveRamp()
    const durations = this.#durations
    const jerks = this.#jerks
    let p = this.from.position
    let v = this.from.velocity
    let a = this.from.acceleration
    let lowest = p
    let highest = p
    for (let part = 0; part < 3; part++) {
      const t = durations[part] as number
      const j = jerks[part] as number
      // the turning point: v + a t + j t^2 / 2 = 0, its first root in the form that has no cancellation; the other one lies
      // beyond this part, for the ramp does not pass rest twice
      const root = Math.sqrt(Math.max(a * a - 2 * j * v, 0))
      const turns = (-2 * v) / (a + (a < 0 ? -root : root))
      if (turns > 0 && turns < t) {
        const turn = p + turns * (v + turns * (a / 2 + (turns * j) / 6))
        lowest = Math.min(lowest, turn)
        highest = Math.max(highest, turn)
      }
      p += t * (v + t * (a / 2 + (t * j) / 6))
      v += t * (a + (t * j) / 2)
      a += t * j
    }
    this.end = p
    this.lowest = Math.min(lowest, p)
    this.highest = Math.max(highest, p)
  }

  #solveRamp(): void {
    const { limits, from } = this
    const ramp = this.#ramp
    ramp.velocity0 = from.velocity
    ramp.acceleration0 = from.acceleration
    ramp.accelerationMax = limits.accelerationMax
    ramp.accelerationMin = limits.accelerationMin
    ramp.riseS3 = 1 / limits.jerkMax
    ramp.fallS3 = -1 / limits.jerkMin
    ramp.solve()
    const durations = this.#durations
    const jerks = this.#jerks
    durations[0] = ramp.first
    durations[1] = ramp.hold
    durations[2] = ramp.last
    jerks[0] = ramp.rises ? limits.jerkMax : limits.jerkMin
    jerks[1] = 0
    jerks[2] = ramp.rises ? limits.jerkMin : limits.jerkMax
  }
}
