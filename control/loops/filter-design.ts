/**
 * Coefficients of sampled filters from their continuous forms by the bilinear transform, prewarped: at one frequency the
 * sampled filter has exactly the gain and phase of the continuous one. (A. V. Oppenheim, R. W. Schafer, "Discrete-Time
 * Signal Processing", chapter 7; the notch after S. J. Orfanidis, "Introduction to Signal Processing", chapter 11.)
 * Not cyclic. Frequencies lie below half the rate of the cycles; each function throws DP_LOOP_PARAMETER otherwise.
 */
import type { BiquadCoefficients } from './biquad.ts'
import { requireBetween, requireNotNegative, requirePositive } from './loop-parameter.ts'

/** H(s) = (b2 s^2 + b1 s + b0) / (a2 s^2 + a1 s + a0), s in rad/s. */
export type ContinuousBiquad = {
  readonly b2: number
  readonly b1: number
  readonly b0: number
  readonly a2: number
  readonly a1: number
  readonly a0: number
}

/** The sampled form of `continuous`, exact at `exactHz`, Hz. */
export function bilinear(
  continuous: ContinuousBiquad,
  exactHz: number,
  cycleS: number,
): BiquadCoefficients {
  requireFrequency('exactHz', exactHz, cycleS)
  const { b2, b1, b0, a2, a1, a0 } = continuous
  // s = k (z - 1) / (z + 1)
  const k = (2 * Math.PI * exactHz) / Math.tan(Math.PI * exactHz * cycleS)
  const whole = (a2 * k + a1) * k + a0
  return {
    b0: ((b2 * k + b1) * k + b0) / whole,
    b1: (2 * (b0 - b2 * k * k)) / whole,
    b2: ((b2 * k - b1) * k + b0) / whole,
    a1: (2 * (a0 - a2 * k * k)) / whole,
    a2: ((a2 * k - a1) * k + a0) / whole,
  }
}

/** First-order low pass; at `cutoffHz` the gain is 1/sqrt(2) and the phase -45 degrees. */
export function lowPass1(cutoffHz: number, cycleS: number): BiquadCoefficients {
  requireFrequency('cutoffHz', cutoffHz, cycleS)
  const t = Math.tan(Math.PI * cutoffHz * cycleS)
  return { b0: t / (1 + t), b1: t / (1 + t), b2: 0, a1: (t - 1) / (1 + t), a2: 0 }
}

/** Second-order low pass; at `cutoffHz` the gain is 1 / (2 damping) and the phase -90 degrees. Damping 1/sqrt(2): Butterworth. */
export function lowPass2(
  cutoffHz: number,
  cycleS: number,
  damping: number = Math.SQRT1_2,
): BiquadCoefficients {
  requirePositive('damping', damping)
  const w = 2 * Math.PI * cutoffHz
  const continuous = { b2: 0, b1: 0, b0: w * w, a2: 1, a1: 2 * damping * w, a0: w * w }
  return bilinear(continuous, cutoffHz, cycleS)
}

/**
 * Takes a narrow band out, against a resonance. `depth`: gain in the middle, 0 (nothing passes) to 1; `widthHz`: between the
 * two frequencies where the gain's square is halfway between depth^2 and 1. Both hold exactly in the sampled filter.
 */
export function notch(
  frequencyHz: number,
  widthHz: number,
  cycleS: number,
  depth = 0,
): BiquadCoefficients {
  requireFrequency('frequencyHz', frequencyHz, cycleS)
  requireFrequency('widthHz', widthHz, cycleS)
  requireNotNegative('depth', depth)
  const width = Math.tan(Math.PI * widthHz * cycleS)
  const whole = 1 + width
  const middle = (-2 * Math.cos(2 * Math.PI * frequencyHz * cycleS)) / whole
  return {
    b0: (1 + depth * width) / whole,
    b1: middle,
    b2: (1 - depth * width) / whole,
    a1: middle,
    a2: (1 - width) / whole,
  }
}

/** Gain and phase (rad, -pi to pi) of a sampled filter at a frequency, Hz. */
export function biquadResponse(
  filter: BiquadCoefficients,
  frequencyHz: number,
  cycleS: number,
): { gain: number; phaseRad: number } {
  const w = 2 * Math.PI * frequencyHz * cycleS
  const c1 = Math.cos(w)
  const s1 = Math.sin(w)
  const c2 = Math.cos(2 * w)
  const s2 = Math.sin(2 * w)
  const aboveRe = filter.b0 + filter.b1 * c1 + filter.b2 * c2
  const aboveIm = -(filter.b1 * s1 + filter.b2 * s2)
  const belowRe = 1 + filter.a1 * c1 + filter.a2 * c2
  const belowIm = -(filter.a1 * s1 + filter.a2 * s2)
  return {
    gain: Math.hypot(aboveRe, aboveIm) / Math.hypot(belowRe, belowIm),
    phaseRad: Math.atan2(
      aboveIm * belowRe - aboveRe * belowIm,
      aboveRe * belowRe + aboveIm * belowIm,
    ),
  }
}

function requireFrequency(at: string, frequencyHz: number, cycleS: number): void {
  requirePositive('cycleS', cycleS)
  requireBetween(at, frequencyHz, 0, 0.5 / cycleS)
}
