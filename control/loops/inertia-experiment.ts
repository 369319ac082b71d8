/**
 * Inertia, friction and load of an axis from a run to and fro: a constant torque one way until a velocity is reached, then the
 * other way. What was given must have gone somewhere: at each sample
 *
 *     integral of torque = inertia * velocity + viscous * integral of velocity + coulomb * integral of sign(velocity) + load * time
 *                          + lag * torque + constant
 *
 * which is linear in the unknowns. Integrals of what is measured are used, never derivatives: noise averages out. `lag * torque` is
 * what was given but does not show yet, because the current loop or the observer of the velocity lag; without it a lag
 * would be taken for friction.
 */
import { experimentState, type ExperimentState } from './experiment-state.ts'
import { LeastSquares } from './least-squares.ts'
import { noResult, refuse, requireNotNegative, requirePositive } from './loop-parameter.ts'

export type InertiaParameters = {
  /** Given one way and the other; well above friction. Positive. */
  readonly torque: number
  /** Added to it: the load, where it is known. Left out: 0. */
  readonly bias?: number
  /** Where the torque turns round, unit/s. Positive. */
  readonly velocity: number
  /** Samples are not looked at for this time after the torque has turned round: a few lags, s. Left out: 10 cycles. */
  readonly settleS?: number
  /** How often it turns round. Whole, 2 or more. */
  readonly turns: number
  /** The experiment ends where the axis is further from its beginning, unit. */
  readonly bound: number
  /** The experiment ends after this time at the latest, s. */
  readonly timeoutS: number
}

export type AxisEstimate = {
  /** Torque per acceleration. */
  readonly inertia: number
  /** Torque per velocity. */
  readonly viscous: number
  readonly coulomb: number
  /** Torque that is needed to stand still: gravity's. */
  readonly load: number
  /** From a torque to the velocity that shows it, s: the current loop's lag, the observer's, dead times. */
  readonly lagS: number
}

export class InertiaExperiment {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Measured, unit. Set before `update`. */
  position = 0.5
  /** Measured or observed, unit/s. Set before `update`. */
  velocity = 0.5
  /** For the drive; result of the last `update`. Brake the axis when the experiment has ended. */
  torque = 0.5
  readonly #cycleS: number
  readonly #parameters: InertiaParameters
  readonly #fit = new LeastSquares(6)
  readonly #longest: number
  readonly #settleCycles: number
  #sinceTurn = 0
  #state: ExperimentState = experimentState.running
  #samples = 0
  #turns = 0
  #forward = true
  #bias = 0.5
  #beginPosition = 0.5
  #lastVelocity = 0.5
  #impulse = 0.5
  #signed = 0.5
  #travel = 0.5

  /** Throws DP_LOOP_PARAMETER. */
  constructor(cycleS: number, parameters: InertiaParameters) {
    const { torque, velocity, turns, bound, timeoutS, bias = 0 } = parameters
    const { settleS = 10 * cycleS } = parameters
    requirePositive('cycleS', cycleS)
    requirePositive('torque', torque)
    requirePositive('velocity', velocity)
    requirePositive('bound', bound)
    requirePositive('timeoutS', timeoutS)
    requireNotNegative('settleS', settleS)
    if (!Number.isInteger(turns) || turns < 2) refuse('turns', turns, 'a whole number from 2 on')
    this.#cycleS = cycleS
    this.#parameters = parameters
    this.#longest = Math.ceil(timeoutS / cycleS)
    this.#settleCycles = Math.ceil(settleS / cycleS)
    this.#bias = bias
    this.#beginPosition = 0
    this.#lastVelocity = 0
    this.#impulse = 0
    this.#signed = 0
    this.#travel = 0
    this.position = 0
    this.velocity = 0
    this.torque = 0
  }

  /** Computes `torque` from `position` and `velocity`; once it does not tell `running` any more, the torque is the bias. Cyclic. */
  update(): ExperimentState {
    if (this.#state !== experimentState.running) return this.#state
    if (this.#samples === 0) {
      this.#beginPosition = this.position
      this.#lastVelocity = this.velocity
    } else {
      this.#learn()
    }
    this.#samples++
    const { torque, velocity, bound } = this.#parameters
    // negated, so that a feedback that is no number ends it
    const isInside = Math.abs(this.position - this.#beginPosition) <= bound
    if (!isInside || Number.isNaN(this.velocity)) {
      this.#end(experimentState.outOfBounds)
    } else if (this.#samples > this.#longest) {
      this.#end(experimentState.noAnswer)
    } else if (this.#forward ? this.velocity >= velocity : this.velocity <= -velocity) {
      this.#forward = !this.#forward
      this.#turns++
      this.#sinceTurn = 0
      if (this.#turns > this.#parameters.turns) this.#end(experimentState.done)
    }
    if (this.#state === experimentState.running)
      this.torque = this.#forward ? this.#bias + torque : this.#bias - torque
    return this.#state
  }

  /** What was found; to be called once `update` has told `done`. Throws DP_LOOP_EXPERIMENT. Not cyclic. */
  result(): AxisEstimate {
    if (this.#state !== experimentState.done)
      noResult('result', 'not there', 'an experiment that is done')
    const [inertia = NaN, viscous = NaN, coulomb = NaN, load = NaN, lagS = NaN] = this.#fit.solve()
    if (!(inertia > 0))
      noResult('result', inertia, 'a positive inertia: check the sign of the torque')
    return { inertia, viscous, coulomb, load, lagS }
  }

  #learn(): void {
    const h = this.#cycleS
    const { row } = this.#fit
    this.#impulse += h * this.torque
    this.#signed += h * Math.sign(this.velocity)
    this.#travel += 0.5 * h * (this.velocity + this.#lastVelocity)
    this.#lastVelocity = this.velocity
    this.#sinceTurn++
    if (this.#sinceTurn <= this.#settleCycles) return
    row[0] = this.velocity
    row[1] = this.#travel
    row[2] = this.#signed
    row[3] = h * this.#samples
    row[4] = this.torque
    row[5] = 1
    this.#fit.value = this.#impulse
    this.#fit.add()
  }

  #end(state: ExperimentState): void {
    this.#state = state
    this.torque = this.#bias
  }
}
