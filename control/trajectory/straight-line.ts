/**
 * Several axes in phase: all go along one straight line, each a fixed share of one motion. Possible where the way, the
 * velocities and the accelerations at both ends all lie along it.
 */
import type { AxisTrajectory } from './axis-trajectory.ts'
import { planResult, type PlanResult } from './plan-result.ts'

/** How far a state may lie off the line, of its own size. */
const tolerance = 1e-9

export class StraightLine {
  /** The motion along the line; 1 is the way of the axis that goes furthest. */
  readonly #path: AxisTrajectory
  readonly #shares: Float64Array
  #leading = 0

  /** `path`: a trajectory of nobody else's; the one `n` axes share. */
  constructor(path: AxisTrajectory, n: number) {
    this.#path = path
    this.#shares = new Float64Array(n)
  }

  /** Of the axis that goes furthest, as it is planned. */
  get leading(): number {
    return this.#leading
  }

  /** How far axis `n` goes for each unit of the leading one. */
  share(n: number): number {
    return this.#shares[n] as number
  }

  /** Sets up the motion along the line, ready for `plan`; `forVelocity`: the ends' positions do not matter. */
  prepare(axes: readonly AxisTrajectory[], forVelocity: boolean): PlanResult {
    if (!this.#findLine(axes, forVelocity)) return planResult.notInPhase
    const lead = axes[this.#leading]
    if (lead === undefined) return planResult.notInPhase
    const path = this.#path
    path.from.set(0, lead.from.velocity, lead.from.acceleration)
    path.to.set(lead.to.position - lead.from.position, lead.to.velocity, lead.to.acceleration)
    this.#limit(axes)
    return planResult.ok
  }

  /** The leading axis is the one with the greatest way, velocity or acceleration, whichever tells the line. */
  #findLine(axes: readonly AxisTrajectory[], forVelocity: boolean): boolean {
    for (let kind = forVelocity ? 1 : 0; kind < 5; kind++) {
      let greatest = 0
      for (let n = 0; n < axes.length; n++) {
        const size = Math.abs(component(axes[n] as AxisTrajectory, kind))
        if (size > greatest) {
          greatest = size
          this.#leading = n
        }
      }
      if (greatest > 0) return this.#allOnLine(axes, kind, forVelocity)
    }
    this.#leading = 0
    this.#shares.fill(0)
    this.#shares[0] = 1
    return true
  }

  #allOnLine(axes: readonly AxisTrajectory[], kind: number, forVelocity: boolean): boolean {
    const lead = axes[this.#leading] as AxisTrajectory
    const whole = component(lead, kind)
    for (let n = 0; n < axes.length; n++)
      this.#shares[n] = component(axes[n] as AxisTrajectory, kind) / whole
    for (let other = forVelocity ? 1 : 0; other < 5; other++) {
      const along = component(lead, other)
      let scale = 0
      for (let n = 0; n < axes.length; n++)
        scale = Math.max(scale, Math.abs(component(axes[n] as AxisTrajectory, other)))
      for (let n = 0; n < axes.length; n++) {
        const off = component(axes[n] as AxisTrajectory, other) - this.share(n) * along
        if (Math.abs(off) > tolerance * scale) return false
      }
    }
    return true
  }

  /** The path may do what every axis may do of its share. */
  #limit(axes: readonly AxisTrajectory[]): void {
    const { limits } = this.#path
    limits.set(Infinity, Infinity, Infinity)
    limits.positionMax = Infinity
    limits.positionMin = -Infinity
    for (let n = 0; n < axes.length; n++) {
      const share = this.share(n)
      if (share === 0) continue
      const { limits: of, from } = axes[n] as AxisTrajectory
      const forward = share > 0
      limits.velocityMax = Math.min(
        limits.velocityMax,
        (forward ? of.velocityMax : of.velocityMin) / share,
      )
      limits.velocityMin = Math.max(
        limits.velocityMin,
        (forward ? of.velocityMin : of.velocityMax) / share,
      )
      limits.accelerationMax = Math.min(
        limits.accelerationMax,
        (forward ? of.accelerationMax : of.accelerationMin) / share,
      )
      limits.accelerationMin = Math.max(
        limits.accelerationMin,
        (forward ? of.accelerationMin : of.accelerationMax) / share,
      )
      limits.jerkMax = Math.min(limits.jerkMax, (forward ? of.jerkMax : of.jerkMin) / share)
      limits.jerkMin = Math.max(limits.jerkMin, (forward ? of.jerkMin : of.jerkMax) / share)
      const above = ((forward ? of.positionMax : of.positionMin) - from.position) / share
      const below = ((forward ? of.positionMin : of.positionMax) - from.position) / share
      limits.positionMax = Math.min(limits.positionMax, above)
      limits.positionMin = Math.max(limits.positionMin, below)
    }
  }
}

function component(axis: AxisTrajectory, kind: number): number {
  const { from, to } = axis
  if (kind === 0) return to.position - from.position
  if (kind === 1) return from.velocity
  if (kind === 2) return to.velocity
  return kind === 3 ? from.acceleration : to.acceleration
}
