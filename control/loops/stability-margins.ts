import type { FrequencyResponse } from './frequency-response.ts'

/** How far an open loop is from swinging once it is closed. NaN where the response does not cross within its range. */
export type StabilityMargins = {
  /** Where the gain falls through 1. */
  readonly crossoverHz: number
  /** Phase above -pi there, rad. */
  readonly phaseMarginRad: number
  /** Where the phase falls through -pi. */
  readonly phaseCrossoverHz: number
  /** By how much the gain may be multiplied there. */
  readonly gainMargin: number
}

/**
 * Margins of an open loop from its response: the lowest crossing of each kind, between two frequencies by the logarithms of
 * frequency and gain. Not cyclic.
 */
export function stabilityMargins(
  openLoop: Pick<FrequencyResponse, 'frequencyHz' | 'gain' | 'phaseRad'>,
): StabilityMargins {
  const logHz = openLoop.frequencyHz.map((hz) => Math.log(hz))
  const logGain = openLoop.gain.map((gain) => Math.log(gain))
  const phase = openLoop.phaseRad
  const atGain = fallsThrough(logGain, 0)
  const atPhase = fallsThrough(phase, -Math.PI)
  return {
    crossoverHz: Math.exp(between(logHz, atGain)),
    phaseMarginRad: Math.PI + between(phase, atGain),
    phaseCrossoverHz: Math.exp(between(logHz, atPhase)),
    gainMargin: Math.exp(-between(logGain, atPhase)),
  }
}

/** Index, with a fraction, where the values first fall through `level`; NaN where they do not. */
function fallsThrough(values: Float64Array, level: number): number {
  for (let n = 1; n < values.length; n++) {
    const before = (values[n - 1] as number) - level
    const after = (values[n] as number) - level
    if (before > 0 && after <= 0) return n - 1 + before / (before - after)
  }
  return NaN
}

function between(values: Float64Array, at: number): number {
  const n = Math.floor(at)
  const before = values[n] ?? NaN
  const after = values[n + 1] ?? before
  return before + (at - n) * (after - before)
}
