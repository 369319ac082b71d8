/**
 * From a state beyond its limits back inside: acceleration first, as fast as jerk allows; then velocity, as fast as acceleration
 * allows, and no further than leaves the opposite limit of velocity alone. From there on a motion that keeps the limits exists.
 * At most three segments, added to a profile.
 */
import type { KinematicLimits } from './kinematic-limits.ts'
import type { MotionState } from './motion-state.ts'
import type { Profile } from './profile.ts'

/** `state` becomes the one inside; `profile`, which was begun, gets the way there. Cyclic. */
export function leadInside(profile: Profile, state: MotionState, limits: KinematicLimits): void {
  leadAccelerationInside(profile, state, limits)
  const v = state.velocity
  const a = state.acceleration
  // velocity where acceleration is zero again at full jerk
  const after = v - (a * a) / (2 * (a > 0 ? limits.jerkMin : limits.jerkMax))
  const { velocityMax, velocityMin } = limits
  const high = v > velocityMax ? a >= 0 || after > velocityMin : a > 0 && after > velocityMax
  const low = v < velocityMin ? a <= 0 || after < velocityMax : a < 0 && after < velocityMin
  if (high) limitVelocity(profile, state, limits, 1)
  else if (low) limitVelocity(profile, state, limits, -1)
}

/** As `leadInside`, where velocity has no limit. Cyclic. */
export function leadAccelerationInside(
  profile: Profile,
  state: MotionState,
  limits: KinematicLimits,
): void {
  const { accelerationMax, accelerationMin } = limits
  const a = state.acceleration
  if (a <= accelerationMax && a >= accelerationMin) return
  const high = a > accelerationMax
  const inside = high ? accelerationMax : accelerationMin
  profile.push = high ? limits.jerkMin : limits.jerkMax
  profile.stretch = (inside - a) / profile.push
  profile.add()
  take(profile, state)
  state.acceleration = inside
}

/** `sign` 1: from above, -1: from below, which is the same mirrored. */
function limitVelocity(
  profile: Profile,
  state: MotionState,
  limits: KinematicLimits,
  sign: number,
): void {
  const up = sign > 0
  const v = sign * state.velocity
  const a = sign * state.acceleration
  const velocityMax = up ? limits.velocityMax : -limits.velocityMin
  const velocityMin = up ? limits.velocityMin : -limits.velocityMax
  const least = up ? limits.accelerationMin : -limits.accelerationMax
  const rise = up ? limits.jerkMax : -limits.jerkMin
  const fall = up ? -limits.jerkMin : limits.jerkMax
  // how deep acceleration goes until velocity is back, or until rising to zero from there ends at the opposite limit
  const back = Math.sqrt(Math.max(a * a + 2 * fall * (v - velocityMax), 0))
  const half = (1 / rise + 1 / fall) / 2
  const room = Math.max(v - velocityMin + (a * a) / (2 * fall), 0)
  const depth = Math.min(back, Math.sqrt(room / half))
  const deep = Math.min(depth, -least)
  profile.stretch = (a + deep) / fall
  profile.push = -sign * fall
  profile.add()
  if (depth > deep) {
    const reached = v + ((a - least) * (a + least)) / (2 * fall)
    const toMax = (velocityMax - reached) / least
    const toMin = (velocityMin - (reached - (least * least) / (2 * rise))) / least
    profile.stretch = Math.min(toMax, toMin)
    profile.push = 0
    profile.add()
  }
  take(profile, state)
}

function take(profile: Profile, state: MotionState): void {
  const n = profile.count
  state.position = profile.positions[n] as number
  state.velocity = profile.velocities[n] as number
  state.acceleration = profile.accelerations[n] as number
}
