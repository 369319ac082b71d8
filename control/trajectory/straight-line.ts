/**
 * Several axes in phase: all go along one straight line, each a fixed share of one motion. Possible where the way, the
 * velocities and the accelerations at both ends all lie along it.
 */
import type { AxisTrajectory } from './axis-trajectory.ts'
import { planResult, type PlanResult } from './plan-result.ts'

/** How far a state may lie off the line, of its own size; and of its limit, or of its position, where it is nearly nothing. */
const tolerance = 1e-9
const rounding = 1e-13
/** What is compared of each axis: the way, and velocity and acceleration at both ends. */
const components = 5

export class StraightLine {
  /** How far each axis goes for one unit of the leading one. */
  readonly shares: Float64Array
  /** As they were, and where each axis began, when the line was adopted last: `shares` are those of the one being planned. */
  readonly adopted: Float64Array
  readonly begins: Float64Array
  readonly #begins: Float64Array
  /** The axis that goes furthest; the motion along the line is the one that it makes, from 0. */
  leading = 0
  readonly #path: AxisTrajectory
  /** Component k of axis n at `k * axes + n`. */
  readonly #components: Float64Array
  /** What rounding may make of each. */
  readonly #roundings: Float64Array

  /** `path`: the trajectory along the line, this object's to set up; the one that `axes` share. */
  constructor(path: AxisTrajectory, axes: number) {
    this.#path = path
    this.shares = new Float64Array(axes)
    this.adopted = new Float64Array(axes)
    this.begins = new Float64Array(axes)
    this.#begins = new Float64Array(axes)
    this.#components = new Float64Array(components * axes)
    this.#roundings = new Float64Array(components * axes)
  }

  /** Sets up the motion along the line, ready for `plan`; `forVelocity`: the positions do not matter. */
  prepare(axes: readonly AxisTrajectory[], forVelocity: boolean): PlanResult {
    this.#readComponents(axes, forVelocity)
    if (!this.#findLine()) return planResult.notInPhase
    const { from, to } = this.#path
    const lead = axes[this.leading] as AxisTrajectory
    from.position = 0
    from.velocity = lead.from.velocity
    from.acceleration = lead.from.acceleration
    to.position = lead.to.position - lead.from.position
    to.velocity = lead.to.velocity
    to.acceleration = lead.to.acceleration
    this.#limit(axes)
    return planResult.ok
  }

  /** The line is what the axes go along from now on. */
  adopt(): void {
    this.adopted.set(this.shares)
    this.begins.set(this.#begins)
  }

  #readComponents(axes: readonly AxisTrajectory[], forVelocity: boolean): void {
    const all = this.#components
    const roundings = this.#roundings
    const count = axes.length
    for (let n = 0; n < count; n++) {
      const { from, to, limits } = axes[n] as AxisTrajectory
      const size = Math.abs(from.position) + Math.abs(to.position)
      const range = limits.velocityMax - limits.velocityMin
      const fastest = range < Infinity ? range : 0
      const strongest = limits.accelerationMax - limits.accelerationMin
      this.#begins[n] = from.position
      all[n] = forVelocity ? 0 : to.position - from.position
      all[count + n] = from.velocity
      all[2 * count + n] = to.velocity
      all[3 * count + n] = from.acceleration
      all[4 * count + n] = to.acceleration
      roundings[n] = rounding * size
      roundings[count + n] = roundings[2 * count + n] = rounding * fastest
      roundings[3 * count + n] = roundings[4 * count + n] = rounding * strongest
    }
  }

  /** The first component that is not 0 in all axes tells the line; false where another one lies off it. */
  #findLine(): boolean {
    const { shares } = this
    const all = this.#components
    const count = shares.length
    this.leading = 0
    shares.fill(0)
    shares[0] = 1
    let told = 0
    while (told < components && this.#isZero(told)) told++
    if (told === components) return true
    const lead = this.leading
    const whole = all[told * count + lead] as number
    for (let n = 0; n < count; n++) shares[n] = (all[told * count + n] as number) / whole
    for (let k = 0; k < components; k++) {
      const along = all[k * count + lead] as number
      for (let n = 0; n < count; n++) {
        const part = all[k * count + n] as number
        const share = (shares[n] as number) * along
        const size = Math.abs(part) + Math.abs(share)
        const off = Math.abs(part - share)
        if (off > tolerance * size + (this.#roundings[k * count + n] as number)) return false
      }
    }
    return true
  }

  /** A component is 0 in all axes; where it is not, the axis with the greatest one leads. */
  #isZero(component: number): boolean {
    const count = this.shares.length
    let size = 0
    for (let n = 0; n < count; n++) {
      const part = Math.abs(this.#components[component * count + n] as number)
      if (part > size) {
        size = part
        this.leading = n
      }
    }
    return size === 0
  }

  /** The path may do what every axis may do of its share. */
  #limit(axes: readonly AxisTrajectory[]): void {
    const { limits } = this.#path
    limits.velocityMax = limits.accelerationMax = limits.jerkMax = limits.positionMax = Infinity
    limits.velocityMin = limits.accelerationMin = limits.jerkMin = limits.positionMin = -Infinity
    for (let n = 0; n < axes.length; n++) {
      const share = this.shares[n] as number
      if (share === 0) continue
      const { limits: of, from } = axes[n] as AxisTrajectory
      const ahead = share > 0
      const vMax = (ahead ? of.velocityMax : of.velocityMin) / share
      const vMin = (ahead ? of.velocityMin : of.velocityMax) / share
      const aMax = (ahead ? of.accelerationMax : of.accelerationMin) / share
      const aMin = (ahead ? of.accelerationMin : of.accelerationMax) / share
      const jMax = (ahead ? of.jerkMax : of.jerkMin) / share
      const jMin = (ahead ? of.jerkMin : of.jerkMax) / share
      const pMax = ((ahead ? of.positionMax : of.positionMin) - from.position) / share
      const pMin = ((ahead ? of.positionMin : of.positionMax) - from.position) / share
      limits.velocityMax = Math.min(limits.velocityMax, vMax)
      limits.velocityMin = Math.max(limits.velocityMin, vMin)
      limits.accelerationMax = Math.min(limits.accelerationMax, aMax)
      limits.accelerationMin = Math.max(limits.accelerationMin, aMin)
      limits.jerkMax = Math.min(limits.jerkMax, jMax)
      limits.jerkMin = Math.max(limits.jerkMin, jMin)
      limits.positionMax = Math.min(limits.positionMax, pMax)
      limits.positionMin = Math.max(limits.positionMin, pMin)
    }
  }
}
