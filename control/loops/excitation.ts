/**
 * Periodic signals that excite all frequencies of interest at once. One period is computed before, cycles only play it.
 * (R. Pintelon, J. Schoukens, "System Identification: A Frequency Domain Approach", 2012, chapter 5.) Not cyclic.
 */
import { refuse, requireBetween, requirePositive } from './loop-parameter.ts'

/** One period. Each excited frequency has a whole number of periods in it. */
export type Excitation = {
  readonly cycleS: number
  readonly samples: Float64Array
  /** Excited frequencies, rising, as periods of theirs in one period of the signal. */
  readonly lines: Int32Array
}

export type ExcitationParameters = {
  readonly cycleS: number
  /** Length of a period, s: its inverse is the resolution in frequency. */
  readonly periodS: number
  readonly fromHz: number
  /** Below half the rate of the cycles. */
  readonly toHz: number
  /** Largest value of the signal. */
  readonly amplitude: number
  /** How many frequencies are measured, at most, evenly spread by their logarithms. */
  readonly lines: number
}

/**
 * A sum of sines at the measured frequencies alone, with the phases of M. R. Schroeder ("Synthesis of Low-Peak-Factor
 * Signals", 1970): all of the amplitude goes where it is measured. Throws DP_LOOP_PARAMETER.
 */
export function multisine(parameters: ExcitationParameters): Excitation {
  const { cycleS, amplitude } = parameters
  const lines = spreadLines(parameters)
  const samples = new Float64Array(periodSamples(parameters))
  for (const [n, line] of lines.entries()) {
    const phase = (-Math.PI * n * (n + 1)) / lines.length
    for (let k = 0; k < samples.length; k++) {
      // a whole number of turns is taken off: the argument stays exact
      const turns = ((line * k) % samples.length) / samples.length
      samples[k] = (samples[k] as number) + Math.cos(2 * Math.PI * turns + phase)
    }
  }
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  return { cycleS, samples: samples.map((sample) => (sample * amplitude) / peak), lines }
}

/** A sine whose frequency rises evenly through the range and begins again. Throws DP_LOOP_PARAMETER. */
export function sweptSine(parameters: ExcitationParameters): Excitation {
  const { cycleS, amplitude } = parameters
  const lines = spreadLines(parameters)
  const samples = new Float64Array(periodSamples(parameters))
  const first = lines[0] as number
  const last = lines[lines.length - 1] as number
  // as many whole turns in a period as make its end meet its beginning
  const rise = last - first - ((last - first) % 2)
  for (let k = 0; k < samples.length; k++) {
    const share = k / samples.length
    samples[k] = amplitude * Math.sin(2 * Math.PI * share * (first + 0.5 * rise * share))
  }
  return { cycleS, samples, lines }
}

function periodSamples({ cycleS, periodS }: ExcitationParameters): number {
  return Math.round(periodS / cycleS)
}

function spreadLines(parameters: ExcitationParameters): Int32Array {
  const { cycleS, periodS, fromHz, toHz, amplitude, lines } = parameters
  requirePositive('cycleS', cycleS)
  requirePositive('periodS', periodS)
  requirePositive('amplitude', amplitude)
  requireBetween('toHz', toHz, 0, 0.5 / cycleS)
  requireBetween('fromHz', fromHz, 0, toHz)
  const wholeS = periodSamples(parameters) * cycleS
  const first = Math.max(1, Math.ceil(fromHz * wholeS - 1e-9))
  const last = Math.floor(toHz * wholeS + 1e-9)
  if (!Number.isInteger(lines) || lines < 2) refuse('lines', lines, 'a whole number from 2 on')
  if (last <= first) refuse('periodS', periodS, 'two periods of difference between fromHz and toHz')
  const spread = new Set<number>()
  for (let n = 0; n < lines; n++)
    spread.add(Math.round(first * (last / first) ** (n / (lines - 1))))
  return Int32Array.from(spread)
}
