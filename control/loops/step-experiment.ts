/**
 * The answer of a plant at rest to a step, and the models that explain it. The fit takes all samples, not two of them: after
 * the dead time, measured(t) = -A(t) / T + (K / T) step (t - L) with A the area under it, which is linear in 1/T, K/T and K L / T.
 * (Q. Bi, W.-J. Cai et al., "Robust Identification of First-Order plus Dead-Time Model from Step Response", Control Engineering
 * Practice 7, 1999.)
 */
import { experimentState, type ExperimentState } from './experiment-state.ts'
import { LeastSquares } from './least-squares.ts'
import { noResult, requireNotNegative, requireNotZero, requirePositive } from './loop-parameter.ts'
import type { FirstOrderPlant, IntegratingPlant } from './tuning-rules.ts'

export type StepParameters = {
  /** What is given before the step. */
  readonly bias: number
  /** Added to it. */
  readonly step: number
  /** How long rest is looked at before, and the answer after the step, s. */
  readonly restS: number
  readonly answerS: number
  /** The experiment ends where `measured` goes further than this from rest, or is no number. Left out: it may go. */
  readonly bound?: number
}

/** Samples that the plant answered with, its rest taken off; the step was given with the first. */
export type StepAnswer = {
  readonly cycleS: number
  readonly step: number
  readonly samples: Float64Array
  /** The answer counts once it is beyond this: the largest deviation that was seen at rest. */
  readonly noise: number
}

export class StepExperiment {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Set before `update`. */
  measured = 0.5
  /** For the plant; result of the last `update`. */
  output = 0.5
  readonly #cycleS: number
  readonly #parameters: StepParameters
  readonly #samples: Float64Array
  readonly #restSamples: number
  #state: ExperimentState = experimentState.running
  #taken = 0
  #rest = 0.5
  #bound = 0.5

  /** Throws DP_LOOP_PARAMETER. */
  constructor(cycleS: number, parameters: StepParameters) {
    const { bias, step, restS, answerS, bound = Infinity } = parameters
    requirePositive('cycleS', cycleS)
    requirePositive('restS', restS)
    requirePositive('answerS', answerS)
    requireNotZero('step', step)
    this.#cycleS = cycleS
    this.#parameters = parameters
    this.#restSamples = Math.ceil(restS / cycleS)
    this.#samples = new Float64Array(this.#restSamples + Math.ceil(answerS / cycleS))
    this.#rest = 0
    this.#bound = bound
    this.measured = 0
    this.output = bias
  }

  /** Computes `output` from `measured`; once it does not tell `running` any more, the output is back at its bias. Cyclic. */
  update(): ExperimentState {
    if (this.#state !== experimentState.running) return this.#state
    const k = this.#taken
    const resting = k < this.#restSamples
    if (resting) this.#rest += (this.measured - this.#rest) / (k + 1)
    if (k === this.#samples.length) {
      this.#end(experimentState.done)
      // negated, so that a measurement that is no number ends it
    } else if (!(Math.abs(this.measured - this.#rest) <= this.#bound)) {
      this.#end(experimentState.outOfBounds)
    } else {
      this.#samples[k] = this.measured
      this.#taken = k + 1
      this.output = resting ? this.#parameters.bias : this.#parameters.bias + this.#parameters.step
    }
    return this.#state
  }

  /** What was measured; to be called once `update` has told `done`. Throws DP_LOOP_EXPERIMENT otherwise. Not cyclic. */
  answer(): StepAnswer {
    if (this.#state !== experimentState.done)
      noResult('answer', 'not there', 'an experiment that is done')
    const settled = this.#samples.map((sample) => sample - this.#rest)
    const noise = settled
      .subarray(0, this.#restSamples)
      .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    const samples = settled.subarray(this.#restSamples)
    return { cycleS: this.#cycleS, step: this.#parameters.step, samples, noise }
  }

  #end(state: ExperimentState): void {
    this.#state = state
    this.output = this.#parameters.bias
  }
}

/** Gain, time constant and dead time that explain an answer best. Throws DP_LOOP_EXPERIMENT where it is not one of first order. Not cyclic. */
export function fitFirstOrder(answer: StepAnswer): FirstOrderPlant {
  const { samples, step, cycleS } = answer
  const from = firstAnswer(answer)
  const fit = new LeastSquares(3)
  let area = 0
  for (let k = 1; k < samples.length; k++) {
    const value = samples[k] as number
    area += 0.5 * cycleS * (value + (samples[k - 1] as number))
    if (k < from) continue
    fit.row[0] = -area
    fit.row[1] = step * k * cycleS
    fit.row[2] = -step
    fit.value = value
    fit.add()
  }
  const [perTime = NaN, gainPerTime = NaN, deadGainPerTime = NaN] = fit.solve()
  if (!(perTime > 0)) noResult('answer', 1 / perTime, 'an answer with a positive time constant')
  return {
    gain: gainPerTime / perTime,
    timeConstantS: 1 / perTime,
    deadTimeS: Math.max(0, deadGainPerTime / gainPerTime),
  }
}

/**
 * Slope and dead time that explain the last part of an answer best, a straight line: `settleS` after its beginning, lags
 * shorter than that have settled and count as dead time. Throws DP_LOOP_EXPERIMENT. Not cyclic.
 */
export function fitIntegrating(answer: StepAnswer, settleS: number): IntegratingPlant {
  const { samples, step, cycleS } = answer
  requireNotNegative('settleS', settleS)
  const fit = new LeastSquares(2)
  for (let k = firstAnswer(answer) + Math.ceil(settleS / cycleS); k < samples.length; k++) {
    fit.row[0] = k * cycleS
    fit.row[1] = 1
    fit.value = samples[k] as number
    fit.add()
  }
  const [perS = NaN, atStep = NaN] = fit.solve()
  if (!(Math.abs(perS) > 0)) noResult('answer', perS, 'an answer that rises or falls')
  return { slope: perS / step, deadTimeS: Math.max(0, -atStep / perS) }
}

/** Sample from which on the answer stays out of the noise. */
function firstAnswer({ samples, noise }: StepAnswer): number {
  const last = samples.findLastIndex((sample) => Math.abs(sample) <= noise)
  if (last + 4 > samples.length) noResult('answer', 'none', 'an answer beyond the noise')
  return last + 1
}
