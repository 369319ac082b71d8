/**
 * A relay in the place of the controller lets the plant swing by itself, at about the frequency where its phase is -180
 * degrees, with an amplitude that the relay bounds (K. J. Astrom, T. Hagglund, "Automatic Tuning of Simple Regulators with
 * Specifications on Phase and Gain Margins", Automatica 20(5), 1984). Where theirs takes the amplitude by its peaks and the relay
 * by its describing function, here both are taken by their first harmonics: what comes out is the plant's response at
 * that frequency as the cycles see it, hysteresis, load and noise notwithstanding.
 *
 * A constant load makes the halves of the period unequal; while the swing settles, the relay's middle moves until they are not.
 */
import { experimentState, type ExperimentState } from './experiment-state.ts'
import {
  noResult,
  refuse,
  requireNotNegative,
  requireNotZero,
  requirePositive,
} from './loop-parameter.ts'

export type RelayParameters = {
  /** The plant swings around it. */
  readonly setpoint: number
  /** The output goes this far to both sides of its middle. Negative for a plant of negative gain. */
  readonly amplitude: number
  /** Middle of the output at the beginning: the load, where it is known. Left out: 0. */
  readonly bias?: number
  /** The relay switches this far beyond the setpoint: more than the noise of what is measured. */
  readonly hysteresis: number
  /** Periods that are let go by, and that are then taken. Left out: 4 and 4. */
  readonly settlePeriods?: number
  readonly periods?: number
  /** The experiment ends after this time at the latest, s. */
  readonly timeoutS: number
  /** The experiment ends where `measured` goes further than this from the setpoint. Left out: it may. */
  readonly bound?: number
}

/** The plant at the frequency of the swing, and what rules of tuning take from it. */
export type RelayResult = {
  readonly frequencyHz: number
  /** Measured by given; the phase is between -2 pi and 0, rad. */
  readonly gain: number
  readonly phaseRad: number
  /** The gain at which a proportional controller would make the loop swing, as far as the phase is -pi. */
  readonly ultimateGain: number
  readonly periodS: number
  /** First harmonic of what was measured. */
  readonly amplitude: number
  /** Mean output: what holds the plant at the setpoint. */
  readonly bias: number
}

export class RelayExperiment {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Set before `update`. */
  measured = 0.5
  /** For the plant; result of the last `update`. */
  output = 0.5
  readonly #cycleS: number
  readonly #parameters: RelayParameters
  readonly #settlePeriods: number
  readonly #periods: number
  readonly #given: Float64Array
  readonly #shown: Float64Array
  /** Sample at which each period began. */
  readonly #begins: Int32Array
  #state: ExperimentState = experimentState.running
  #samples = 0
  #begun = 0
  #fellAt = 0
  #up = true
  #bias = 0.5
  #lower = 0.5
  #upper = 0.5
  #bound = 0.5

  /** Throws DP_LOOP_PARAMETER. */
  constructor(cycleS: number, parameters: RelayParameters) {
    const { setpoint, amplitude, bias = 0, hysteresis, timeoutS, bound = Infinity } = parameters
    const { settlePeriods = 4, periods = 4 } = parameters
    requirePositive('cycleS', cycleS)
    requireNotNegative('hysteresis', hysteresis)
    requirePositive('timeoutS', timeoutS)
    requireNotZero('amplitude', amplitude)
    if (!(bound > hysteresis)) refuse('bound', bound, 'more than hysteresis')
    if (!Number.isInteger(settlePeriods) || settlePeriods < 1)
      refuse('settlePeriods', settlePeriods, 'a whole number from 1 on')
    if (!Number.isInteger(periods) || periods < 1)
      refuse('periods', periods, 'a whole number from 1 on')
    this.#cycleS = cycleS
    this.#parameters = parameters
    this.#settlePeriods = settlePeriods
    this.#periods = periods
    const samples = Math.ceil(timeoutS / cycleS)
    this.#given = new Float64Array(samples)
    this.#shown = new Float64Array(samples)
    this.#begins = new Int32Array(settlePeriods + periods + 1)
    this.#bias = bias
    this.#lower = setpoint - hysteresis
    this.#upper = setpoint + hysteresis
    this.#bound = bound
    this.measured = setpoint
    this.output = bias
  }

  /** Computes `output` from `measured`; once it does not tell `running` any more, the output stays at its middle. Cyclic. */
  update(): ExperimentState {
    if (this.#state !== experimentState.running) return this.#state
    // negated, so that a measurement that is no number ends it
    if (!(Math.abs(this.measured - this.#parameters.setpoint) <= this.#bound)) {
      this.#end(experimentState.outOfBounds)
    } else if (this.#samples === this.#given.length) {
      this.#end(experimentState.noAnswer)
    } else {
      this.#swing()
    }
    return this.#state
  }

  /** What was found; to be called once `update` has told `done`. Throws DP_LOOP_EXPERIMENT otherwise. Not cyclic. */
  result(): RelayResult {
    if (this.#state !== experimentState.done)
      noResult('result', 'not there', 'an experiment that is done')
    const from = this.#begins[this.#settlePeriods] as number
    const to = this.#begins[this.#settlePeriods + this.#periods] as number
    const given = this.#given.subarray(from, to)
    const shown = this.#shown.subarray(from, to)
    const [givenRe, givenIm] = harmonic(given, this.#periods)
    const [shownRe, shownIm] = harmonic(shown, this.#periods)
    const power = givenRe * givenRe + givenIm * givenIm
    const re = (shownRe * givenRe + shownIm * givenIm) / power
    const im = (shownIm * givenRe - shownRe * givenIm) / power
    const gain = Math.hypot(re, im)
    const periodS = ((to - from) * this.#cycleS) / this.#periods
    const phase = Math.atan2(im, re)
    return {
      frequencyHz: 1 / periodS,
      gain,
      phaseRad: phase > 0 ? phase - 2 * Math.PI : phase,
      ultimateGain: Math.sign(this.#parameters.amplitude) / gain,
      periodS,
      amplitude: Math.hypot(shownRe, shownIm),
      bias: given.reduce((sum, value) => sum + value, 0) / given.length,
    }
  }

  #end(state: ExperimentState): void {
    this.#state = state
    this.output = this.#bias
  }

  #swing(): void {
    const k = this.#samples
    const { amplitude } = this.#parameters
    if (this.#up && this.measured > this.#upper) {
      this.#up = false
      this.#fellAt = k
    } else if (!this.#up && this.measured < this.#lower) {
      this.#up = true
      this.#beginPeriod(k)
      if (this.#begun === this.#begins.length) {
        this.#end(experimentState.done)
        return
      }
    }
    this.output = this.#up ? this.#bias + amplitude : this.#bias - amplitude
    this.#given[k] = this.output
    this.#shown[k] = this.measured
    this.#samples = k + 1
  }

  #beginPeriod(k: number): void {
    this.#begins[this.#begun] = k
    this.#begun++
    if (this.#begun < 2 || this.#begun > this.#settlePeriods) return
    const from = this.#begins[this.#begun - 2] as number
    // more time above than below: the plant wants more
    this.#bias += (this.#parameters.amplitude * (2 * this.#fellAt - from - k)) / (k - from)
  }
}

/** Real and imaginary part of the harmonic that has `periods` periods in the samples. */
function harmonic(samples: Float64Array, periods: number): [number, number] {
  let re = 0
  let im = 0
  const w = (2 * Math.PI * periods) / samples.length
  for (let k = 0; k < samples.length; k++) {
    const value = samples[k] as number
    re += value * Math.cos(w * k)
    im -= value * Math.sin(w * k)
  }
  return [(2 * re) / samples.length, (2 * im) / samples.length]
}
