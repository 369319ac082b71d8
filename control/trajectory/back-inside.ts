/**
 * From a state beyond its limits back inside: acceleration first, as fast as jerk allows; then velocity, as fast as acceleration
 * allows, and no further than leaves the opposite limit of velocity alone. From there on a motion that keeps the limits exists.
 * At most three segments, added to a profile.
 */
import type { KinematicLimits } from './kinematic-limits.ts'
import type { MotionState } from './motion-state.ts'
import type { Profile } from './profile.ts'

export class BackInside {
  readonly #profile: Profile
  // of a velocity beyond its limit upwards; mirrored otherwise
  #velocity = 0.5
  #acceleration = 0.5
  #velocityMax = 0.5
  #velocityMin = -0.5
  #accelerationMin = -0.5
  #riseJerk = 0.5
  #fallJerk = 0.5

  constructor(profile: Profile) {
    this.#profile = profile
  }

  /** `state` becomes the one inside, the profile, which was begun, gets the way there. */
  lead(state: MotionState, limits: KinematicLimits): void {
    this.#limitAcceleration(state, limits)
    const v = state.velocity
    const a = state.acceleration
    // velocity where acceleration is zero again at full jerk
    const after = a > 0 ? v - (a * a) / (2 * limits.jerkMin) : v - (a * a) / (2 * limits.jerkMax)
    const high =
      v > limits.velocityMax
        ? a >= 0 || after > limits.velocityMin
        : a > 0 && after > limits.velocityMax
    const low =
      v < limits.velocityMin
        ? a <= 0 || after < limits.velocityMax
        : a < 0 && after < limits.velocityMin
    if (high) this.#limitVelocity(state, limits, 1)
    else if (low) this.#limitVelocity(state, limits, -1)
  }

  /** As `lead`, where velocity has no limit. */
  leadAcceleration(state: MotionState, limits: KinematicLimits): void {
    this.#limitAcceleration(state, limits)
  }

  #limitAcceleration(state: MotionState, limits: KinematicLimits): void {
    const { accelerationMax, accelerationMin, jerkMax, jerkMin } = limits
    if (state.acceleration > accelerationMax) {
      this.#profile.add((accelerationMax - state.acceleration) / jerkMin, jerkMin)
      this.#take(state)
      state.acceleration = accelerationMax
    } else if (state.acceleration < accelerationMin) {
      this.#profile.add((accelerationMin - state.acceleration) / jerkMax, jerkMax)
      this.#take(state)
      state.acceleration = accelerationMin
    }
  }

  #limitVelocity(state: MotionState, limits: KinematicLimits, sign: number): void {
    const up = sign > 0
    this.#velocity = sign * state.velocity
    this.#acceleration = sign * state.acceleration
    this.#velocityMax = up ? limits.velocityMax : -limits.velocityMin
    this.#velocityMin = up ? limits.velocityMin : -limits.velocityMax
    this.#accelerationMin = up ? limits.accelerationMin : -limits.accelerationMax
    this.#riseJerk = up ? limits.jerkMax : -limits.jerkMin
    this.#fallJerk = up ? -limits.jerkMin : limits.jerkMax
    this.#fall(sign)
    this.#take(state)
  }

  #fall(sign: number): void {
    const v = this.#velocity
    const a = this.#acceleration
    const fall = this.#fallJerk
    const rise = this.#riseJerk
    const least = this.#accelerationMin
    // how deep acceleration goes until velocity is back, or until rising to zero from there ends at the opposite limit
    const back = Math.sqrt(Math.max(a * a + 2 * fall * (v - this.#velocityMax), 0))
    const half = (1 / rise + 1 / fall) / 2
    const room = Math.max(v - this.#velocityMin + (a * a) / (2 * fall), 0)
    const depth = Math.min(back, Math.sqrt(room / half))
    if (-depth >= least) {
      this.#profile.add((a + depth) / fall, -sign * fall)
      return
    }
    this.#profile.add((a - least) / fall, -sign * fall)
    const reached = v + ((a - least) * (a + least)) / (2 * fall)
    const toMax = (this.#velocityMax - reached) / least
    const toMin = (this.#velocityMin - (reached - (least * least) / (2 * rise))) / least
    this.#profile.add(Math.max(Math.min(toMax, toMin), 0), 0)
  }

  #take(state: MotionState): void {
    const profile = this.#profile
    const n = profile.count
    state.position = profile.positions[n] as number
    state.velocity = profile.velocities[n] as number
    state.acceleration = profile.accelerations[n] as number
  }
}
