/** Limits and gains of a PID loop. Gains are per second where they integrate and seconds where they differentiate. */
export type PidGains = {
  /** Output per unit of error. */
  readonly proportional: number
  /** Output per unit of error and second. */
  readonly integral: number
  /** Output per unit/s of change of the measured value. */
  readonly derivative: number
  /** Time constant of the derivative's low pass, s; 0: unfiltered. */
  readonly filterS: number
  readonly outputMin: number
  readonly outputMax: number
}

/**
 * A sampled PID loop. The derivative acts on the measured value, so that a step of the setpoint gives no kick, through a
 * first-order low pass. The integral stands still while the output is limited and the error would push it further (anti-windup).
 * Inputs are fields: a double passed to a function that the compiler did not inline is boxed on the heap.
 */
export class Pid {
  setpoint = 0
  measured = 0
  /** Added before limiting. */
  feedForward = 0
  /** Result of the last `update`. */
  output = 0
  readonly #gains: PidGains
  readonly #cycleS: number
  readonly #filterShare: number
  #integral = 0
  #slope = 0
  #lastMeasured = 0
  #started = false

  /** `cycleS`: s between two updates. */
  constructor(cycleS: number, gains: PidGains) {
    this.#cycleS = cycleS
    this.#gains = gains
    this.#filterShare = cycleS / (gains.filterS + cycleS)
  }

  /** Forgets the past: call it when the loop is closed anew. */
  reset(): void {
    this.#integral = 0
    this.#slope = 0
    this.#started = false
  }

  /** Computes `output` from `setpoint`, `measured` and `feedForward`. Cyclic. */
  update(): void {
    const gains = this.#gains
    const error = this.setpoint - this.measured
    if (this.#started) {
      const slope = (this.measured - this.#lastMeasured) / this.#cycleS
      this.#slope += this.#filterShare * (slope - this.#slope)
    }
    this.#started = true
    this.#lastMeasured = this.measured
    const step = gains.integral * error * this.#cycleS
    const free =
      gains.proportional * error +
      this.#integral +
      step -
      gains.derivative * this.#slope +
      this.feedForward
    if (free > gains.outputMax) {
      this.output = gains.outputMax
      if (step < 0) this.#integral += step
    } else if (free < gains.outputMin) {
      this.output = gains.outputMin
      if (step > 0) this.#integral += step
    } else {
      this.output = free
      this.#integral += step
    }
  }
}
