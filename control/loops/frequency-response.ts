/**
 * Gain, phase and coherence of a plant over frequency, measured while an excitation is added to what it is given; the loop around
 * it may be open or closed. Both what the plant is given and what it shows are compared with the excitation, not with each other:
 * noise that a controller feeds back then does not bias the result. (Pintelon, Schoukens, chapter 2: the joint
 * input-output method.)
 *
 * A cycle: `advance`, add `excitation`, give and measure, `record`. Both values are those of the same cycle: what the loop
 * read, and what it gave thereupon.
 */
import type { Excitation } from './excitation.ts'
import { experimentState, type ExperimentState } from './experiment-state.ts'
import { noResult, refuse } from './loop-parameter.ts'

/** One entry per frequency. */
export type FrequencyResponse = {
  readonly frequencyHz: Float64Array
  readonly gain: Float64Array
  /** Without jumps by 2 pi; the first is within pi of 0, so begin where it surely is. */
  readonly phaseRad: Float64Array
  /** How much of what was measured the excitation explains, 0 to 1: below 0.9 noise or a nonlinear plant speaks. */
  readonly coherence: Float64Array
}

export class FrequencyResponseMeasurement {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** To be added in this cycle; result of `advance`. */
  excitation = 0.5
  /** What the plant was given in this cycle, all told. Set before `record`. */
  given = 0.5
  /** What it showed at the beginning of this cycle. Set before `record`. */
  measured = 0.5
  readonly #excitation: Excitation
  readonly #given: Float64Array
  readonly #measured: Float64Array
  readonly #settleCycles: number
  #cycle = 0

  /** `settlePeriods` go by until the plant swings evenly, `periods` are measured. Throws DP_LOOP_PARAMETER. */
  constructor(excitation: Excitation, periods: number, settlePeriods = 1) {
    if (!Number.isInteger(periods) || periods < 1)
      refuse('periods', periods, 'a whole number from 1 on')
    if (!Number.isInteger(settlePeriods) || settlePeriods < 0)
      refuse('settlePeriods', settlePeriods, 'a whole number from 0 on')
    this.#excitation = excitation
    this.#settleCycles = settlePeriods * excitation.samples.length
    this.#given = new Float64Array(periods * excitation.samples.length)
    this.#measured = new Float64Array(periods * excitation.samples.length)
    this.excitation = 0
    this.given = 0
    this.measured = 0
  }

  /** Computes `excitation`, 0 once it tells `done`. Cyclic. */
  advance(): ExperimentState {
    const { samples } = this.#excitation
    if (this.#cycle === this.#settleCycles + this.#given.length) {
      this.excitation = 0
      return experimentState.done
    }
    this.excitation = samples[this.#cycle % samples.length] as number
    return experimentState.running
  }

  /** Takes `given` and `measured`. Cyclic. */
  record(): void {
    const k = this.#cycle - this.#settleCycles
    if (k === this.#given.length) return
    if (k >= 0) {
      this.#given[k] = this.given
      this.#measured[k] = this.measured
    }
    this.#cycle++
  }

  /** Measured by given; to be called once `advance` has told `done`. Throws DP_LOOP_EXPERIMENT. Not cyclic. */
  result(): FrequencyResponse {
    if (this.#cycle !== this.#settleCycles + this.#given.length)
      noResult('result', 'not there', 'a measurement that is done')
    const { samples, lines, cycleS } = this.#excitation
    const gain = new Float64Array(lines.length)
    const phaseRad = new Float64Array(lines.length)
    const coherence = new Float64Array(lines.length)
    const turn = new UnitCircle(samples.length)
    for (const [n, line] of lines.entries()) {
      const given = meanHarmonic(this.#given, line, turn)
      const measured = meanHarmonic(this.#measured, line, turn)
      const power = given.re * given.re + given.im * given.im
      const re = (measured.re * given.re + measured.im * given.im) / power
      const im = (measured.im * given.re - measured.re * given.im) / power
      gain[n] = Math.hypot(re, im)
      phaseRad[n] = Math.atan2(im, re)
      coherence[n] = (measured.re * measured.re + measured.im * measured.im) / measured.power
    }
    unwrap(phaseRad)
    const frequencyHz = Float64Array.from(lines, (line) => line / (samples.length * cycleS))
    return { frequencyHz, gain, phaseRad, coherence }
  }
}

/** Cosines and sines of a whole turn, in as many steps as a period has samples. */
class UnitCircle {
  readonly cos: Float64Array
  readonly sin: Float64Array

  constructor(steps: number) {
    this.cos = Float64Array.from({ length: steps }, (_, k) => Math.cos((2 * Math.PI * k) / steps))
    this.sin = Float64Array.from({ length: steps }, (_, k) => Math.sin((2 * Math.PI * k) / steps))
  }
}

/** A line's mean over the periods, and the mean of its power. */
function meanHarmonic(
  values: Float64Array,
  line: number,
  { cos, sin }: UnitCircle,
): { re: number; im: number; power: number } {
  const steps = cos.length
  const periods = values.length / steps
  let meanRe = 0
  let meanIm = 0
  let power = 0
  for (let period = 0; period < periods; period++) {
    let re = 0
    let im = 0
    for (let k = 0; k < steps; k++) {
      const value = values[period * steps + k] as number
      const at = (line * k) % steps
      re += value * (cos[at] as number)
      im -= value * (sin[at] as number)
    }
    meanRe += re / periods
    meanIm += im / periods
    power += (re * re + im * im) / periods
  }
  return { re: meanRe, im: meanIm, power }
}

function unwrap(phases: Float64Array): void {
  for (let n = 1; n < phases.length; n++) {
    const before = phases[n - 1] as number
    const turns = Math.round(((phases[n] as number) - before) / (2 * Math.PI))
    phases[n] = (phases[n] as number) - turns * 2 * Math.PI
  }
}
