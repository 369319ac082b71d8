/**
 * Velocity by a Luenberger observer that knows the torque and the inertia: it does not wait for the position to tell of an
 * acceleration, so that it lags neither at constant velocity nor at constant acceleration, and what torque and inertia do not
 * explain (friction, load, gravity) it shows as a torque of its own. (G. F. Franklin, J. D. Powell, M. Workman, "Digital
 * Control of Dynamic Systems", chapter 8: current estimators.)
 */
import { requirePositive } from './loop-parameter.ts'
import type { VelocityObserver } from './velocity-observer.ts'

/**
 * What a wrong prediction of position corrects, each made free of units: position, velocity times cycleS, acceleration times
 * cycleS^2.
 */
export type DisturbanceGains = {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
}

/** All three poles at exp(-2 pi frequencyHz cycleS). Throws DP_LOOP_PARAMETER. */
export function disturbanceGains(frequencyHz: number, cycleS: number): DisturbanceGains {
  requirePositive('frequencyHz', frequencyHz)
  requirePositive('cycleS', cycleS)
  const pole = Math.exp(-2 * Math.PI * frequencyHz * cycleS)
  const away = 1 - pole
  return {
    alpha: 1 - pole * pole * pole,
    beta: 1.5 * away * away * (1 + pole),
    gamma: away * away * away,
  }
}

/** What a steady-state Kalman filter is designed for. */
export type DisturbanceNoise = {
  /** Standard deviation of the measured position, unit; of an encoder: one count by sqrt(12). */
  readonly positionNoise: number
  /** Standard deviation of the acceleration that the unknown torque changes by in a cycle, unit/s^2. Positive. */
  readonly accelerationChange: number
  readonly cycleS: number
}

/**
 * The steady-state Kalman gains for a disturbance that walks at random: the Riccati equation, run until it stands.
 * Throws DP_LOOP_PARAMETER. Not cyclic.
 */
export function kalmanDisturbanceGains(noise: DisturbanceNoise): DisturbanceGains {
  const { positionNoise, accelerationChange, cycleS } = noise
  requirePositive('positionNoise', positionNoise)
  requirePositive('accelerationChange', accelerationChange)
  requirePositive('cycleS', cycleS)
  // units: positionNoise and cycleS; the state is position, velocity, acceleration
  const index = (accelerationChange * cycleS * cycleS) / positionNoise
  const walk = index * index
  // the upper triangle of the covariance after a measurement, began with a position known alone
  let pp = 1
  let pv = 0
  let pa = 0
  let vv = 1
  let va = 0
  let aa = 1
  let gains: DisturbanceGains = { alpha: 0, beta: 0, gamma: 0 }
  for (let n = 0; n < 1_000_000; n++) {
    // foretold: A P A' + Q with A = [1 1 1/2; 0 1 1; 0 0 1]
    const fpp = pp + 2 * pv + pa + vv + va + 0.25 * aa
    const fpv = pv + vv + 1.5 * va + pa + 0.5 * aa
    const fpa = pa + va + 0.5 * aa
    const fvv = vv + 2 * va + aa
    const fva = va + aa
    const faa = aa + walk
    const alpha = fpp / (fpp + 1)
    const beta = fpv / (fpp + 1)
    const gamma = fpa / (fpp + 1)
    pp = fpp - alpha * fpp
    pv = fpv - alpha * fpv
    pa = fpa - alpha * fpa
    vv = fvv - beta * fpv
    va = fva - beta * fpa
    aa = faa - gamma * fpa
    const stands = Math.abs(gamma - gains.gamma) <= 1e-14 * gamma
    gains = { alpha, beta, gamma }
    if (stands && n > 3) break
  }
  return gains
}

export class DisturbanceObserver implements VelocityObserver {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  position = 0.5
  /** What was given from the last measurement of position to this one. Set before `update`. */
  torque = 0.5
  velocity = 0.5
  /** Position as the observer holds it, unit. */
  smoothPosition = 0.5
  /** Torque that acts besides the given one: against the axis where negative. */
  disturbance = 0.5
  readonly #cycleS: number
  readonly #perInertia: number
  readonly #alpha: number
  readonly #betaPerS: number
  readonly #gammaTorque: number

  /** `inertia`: torque per acceleration. Throws DP_LOOP_PARAMETER. */
  constructor(cycleS: number, inertia: number, gains: DisturbanceGains) {
    requirePositive('cycleS', cycleS)
    requirePositive('inertia', inertia)
    this.#cycleS = cycleS
    this.#perInertia = 1 / inertia
    this.#alpha = gains.alpha
    this.#betaPerS = gains.beta / cycleS
    this.#gammaTorque = (gains.gamma * inertia) / (cycleS * cycleS)
    this.position = 0
    this.torque = 0
    this.settle()
  }

  settle(): void {
    this.smoothPosition = this.position
    this.velocity = 0
    this.disturbance = 0
  }

  /** Computes `velocity`, `smoothPosition` and `disturbance` from `position` and `torque`. Cyclic. */
  update(): void {
    const h = this.#cycleS
    const change = h * ((this.torque + this.disturbance) * this.#perInertia)
    const foretold = this.smoothPosition + h * (this.velocity + 0.5 * change)
    const wrong = this.position - foretold
    this.smoothPosition = foretold + this.#alpha * wrong
    this.velocity = this.velocity + change + this.#betaPerS * wrong
    this.disturbance += this.#gammaTorque * wrong
  }
}
