/**
 * Velocity by an observer that follows position as a phase-locked loop follows a phase: it foretells the next position from
 * position and velocity, and corrects both by what was foretold wrongly (alpha-beta filter; E. Brookner, "Tracking and Kalman
 * Filtering Made Easy", 1998). No lag at constant velocity; at constant acceleration a it stays a cycleS (alpha / beta - 1/2)
 * behind. Gains by bandwidth (`trackingGains`), or the best for known noise (`kalmanTrackingGains`).
 */
import { requireNotNegative, requirePositive } from './loop-parameter.ts'
import type { VelocityObserver } from './velocity-observer.ts'

/** Shares of a wrong prediction that correct position, and velocity times cycleS. */
export type TrackingGains = { readonly alpha: number; readonly beta: number }

/**
 * Poles of a second-order system of this natural frequency and damping, placed exactly: z = exp(s cycleS).
 * Throws DP_LOOP_PARAMETER.
 */
export function trackingGains(frequencyHz: number, cycleS: number, damping = 1): TrackingGains {
  requirePositive('frequencyHz', frequencyHz)
  requirePositive('cycleS', cycleS)
  requirePositive('damping', damping)
  const w = 2 * Math.PI * frequencyHz * cycleS
  const product = Math.exp(-2 * damping * w)
  const root = w * Math.sqrt(Math.abs(damping * damping - 1))
  const sum = 2 * Math.exp(-damping * w) * (damping < 1 ? Math.cos(root) : Math.cosh(root))
  // z^2 - (2 - alpha - beta) z + (1 - alpha)
  return { alpha: 1 - product, beta: 1 + product - sum }
}

/**
 * The steady-state Kalman gains for a position measured with noise of this standard deviation (unit; of an encoder: one count
 * by sqrt(12)) and an acceleration that takes another random value each cycle with this standard deviation (unit/s^2).
 * P. R. Kalata, "The Tracking Index", IEEE Trans. Aerospace and Electronic Systems 20(2), 1984. Throws DP_LOOP_PARAMETER.
 */
export function kalmanTrackingGains(
  positionNoise: number,
  accelerationNoise: number,
  cycleS: number,
): TrackingGains {
  requirePositive('positionNoise', positionNoise)
  requireNotNegative('accelerationNoise', accelerationNoise)
  requirePositive('cycleS', cycleS)
  const index = (accelerationNoise * cycleS * cycleS) / positionNoise
  const pole = (4 + index - Math.sqrt(8 * index + index * index)) / 4
  return { alpha: 1 - pole * pole, beta: 2 * (1 - pole) * (1 - pole) }
}

export class TrackingObserver implements VelocityObserver {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  position = 0.5
  velocity = 0.5
  /** Position as the observer holds it, less noisy than what is measured, unit. */
  smoothPosition = 0.5
  readonly #cycleS: number
  readonly #alpha: number
  readonly #betaPerS: number

  constructor(cycleS: number, gains: TrackingGains) {
    requirePositive('cycleS', cycleS)
    this.#cycleS = cycleS
    this.#alpha = gains.alpha
    this.#betaPerS = gains.beta / cycleS
    this.position = 0
    this.settle()
  }

  settle(): void {
    this.smoothPosition = this.position
    this.velocity = 0
  }

  /** Computes `velocity` and `smoothPosition` from `position`. Cyclic. */
  update(): void {
    const foretold = this.smoothPosition + this.#cycleS * this.velocity
    const wrong = this.position - foretold
    this.smoothPosition = foretold + this.#alpha * wrong
    this.velocity += this.#betaPerS * wrong
  }
}
