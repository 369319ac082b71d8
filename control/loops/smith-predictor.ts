/**
 * A loop around a plant with dead time, closed as if the dead time came after the loop (O. J. M. Smith, "Closer Control of
 * Loops with Dead Time", Chemical Engineering Progress 53, 1957): the controller sees what a model says the plant will do, and what
 * the plant did otherwise than the model once the dead time has gone by. Any controller tuned for the plant without dead
 * time may be used; how wrong the model may be, measure it with a frequency response.
 *
 * Not for a plant that is unstable. With an integrating one a constant load leaves an error of load times dead time.
 */
import { Biquad, type BiquadCoefficients } from './biquad.ts'
import { DeadTime } from './dead-time.ts'
import { requireNotNegative, requirePositive } from './loop-parameter.ts'

export class SmithPredictor {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** What the controller gave in the last cycle. Set before `update`. */
  given = 0.5
  /** What the plant shows in this cycle. Set before `update`. */
  measured = 0.5
  /** For the controller, in the place of what was measured; result of the last `update`. */
  predicted = 0.5
  readonly #model: Biquad
  readonly #late: DeadTime

  /**
   * `model`: the plant without dead time, from what is given in a cycle to what shows in the next; `deadCycles`: dead time in
   * cycles, whole. Throws DP_LOOP_PARAMETER.
   */
  constructor(model: BiquadCoefficients, deadCycles: number) {
    this.#model = new Biquad(model)
    this.#late = new DeadTime(deadCycles)
    this.given = 0
    this.measured = 0
    this.predicted = 0
  }

  /** As if `given` had been the same for ever. Not for an integrating model. */
  settle(): void {
    this.#model.input = this.given
    this.#model.settle()
    this.#late.input = this.#model.output
    this.#late.settle()
    this.predicted = this.measured
  }

  /** Computes `predicted` from `given` and `measured`. Cyclic. */
  update(): void {
    const model = this.#model
    const late = this.#late
    model.input = this.given
    model.update()
    late.input = model.output
    late.update()
    this.predicted = this.measured + (model.output - late.output)
  }
}

/** First-order plant, as the cycles see it (exact for an output that is held between them). Throws DP_LOOP_PARAMETER. */
export function firstOrderModel(
  gain: number,
  timeConstantS: number,
  cycleS: number,
): BiquadCoefficients {
  requireNotNegative('timeConstantS', timeConstantS)
  requirePositive('cycleS', cycleS)
  const kept = timeConstantS === 0 ? 0 : Math.exp(-cycleS / timeConstantS)
  return { b0: gain * (1 - kept), b1: 0, b2: 0, a1: -kept, a2: 0 }
}
