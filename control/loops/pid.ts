/**
 * A sampled PID loop in parallel form, with the parts that practice asks for after K. J. Astrom, T. Hagglund, "Advanced PID
 * Control" (ISA, 2006), chapter 3: filtered derivative, setpoint weights, anti-windup, bumpless transfer, feed-forward.
 *
 *     u = Kp (b r - y) + I + Kd d/dt (c r - y) / (1 + s Tf) + feed-forward,   dI/dt = Ki (r - y)
 *
 * Integral and derivative go by backward differences: stable for every filter time.
 */
import { refuse, requireNotNegative, requirePositive } from './loop-parameter.ts'

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
  /** How much of the setpoint the proportional part sees, 0 to 1. Less: less overshoot. Left out: 1. */
  readonly setpointWeight?: number
  /** The same for the derivative. Left out: 0, a step of the setpoint gives no kick. */
  readonly derivativeWeight?: number
  /**
   * Anti-windup. Given: back-calculation; while the output is limited, the integral follows it with this time constant, s.
   * Left out: clamping; the integral stands still while the output is limited and the error would push it further.
   */
  readonly trackingS?: number
}

/** Inputs are fields: a double passed to a function that the compiler did not inline is boxed on the heap. */
export class Pid {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  setpoint = 0.5
  measured = 0.5
  /** Added before limiting. */
  feedForward = 0.5
  /** Result of the last `update`. */
  output = 0.5
  readonly #cycleS: number
  #proportional = 0.5
  #integralGain = 0.5
  #setpointWeight = 0.5
  #derivativeWeight = 0.5
  /** Of the derivative's last value, and output per change of what it sees. */
  #kept = 0.5
  #perChange = 0.5
  #outputMin = 0.5
  #outputMax = 0.5
  /** 0: clamping. */
  #trackingShare = 0.5
  #integral = 0.5
  #derivativePart = 0.5
  /** What the derivative saw last. */
  #lastSeen = 0.5
  #started = false

  /** `cycleS`: s between two updates. Throws DP_LOOP_PARAMETER. */
  constructor(cycleS: number, gains: PidGains) {
    requirePositive('cycleS', cycleS)
    this.#cycleS = cycleS
    this.setpoint = 0
    this.measured = 0
    this.feedForward = 0
    this.output = 0
    this.#lastSeen = 0
    this.reset()
    this.#take(gains)
  }

  /**
   * Other gains while the loop is closed: the integral takes the change of the proportional part, so that the output does
   * not jump. Throws DP_LOOP_PARAMETER, with the gains as they were. Not cyclic.
   */
  set(gains: PidGains): void {
    const before = this.#proportionalPart()
    const weightBefore = this.#derivativeWeight
    this.#take(gains)
    this.#integral += before - this.#proportionalPart()
    // the derivative sees the setpoint with another weight: no change of its own
    this.#lastSeen += (this.#derivativeWeight - weightBefore) * this.setpoint
  }

  /** Forgets the past: call it when the loop is closed anew. */
  reset(): void {
    this.#integral = 0
    this.#derivativePart = 0
    this.#started = false
  }

  /**
   * Bumpless transfer: the loop takes over from `output`, which was set by hand or by another loop. Set the inputs before.
   * The next update goes on from there. May be called in a cycle.
   */
  engage(): void {
    this.#derivativePart = 0
    this.#started = false
    const proportional = this.#proportional * (this.#setpointWeight * this.setpoint - this.measured)
    this.#integral = this.output - proportional - this.feedForward
  }

  /** Computes `output` from `setpoint`, `measured` and `feedForward`. Cyclic. */
  update(): void {
    const seen = this.#derivativeWeight * this.setpoint - this.measured
    if (this.#started) {
      this.#derivativePart =
        this.#kept * this.#derivativePart + this.#perChange * (seen - this.#lastSeen)
    }
    this.#started = true
    this.#lastSeen = seen
    const step = this.#integralGain * (this.setpoint - this.measured) * this.#cycleS
    const proportional = this.#proportional * (this.#setpointWeight * this.setpoint - this.measured)
    const free = proportional + this.#integral + step + this.#derivativePart + this.feedForward
    let output = free
    if (output > this.#outputMax) output = this.#outputMax
    else if (output < this.#outputMin) output = this.#outputMin
    this.output = output
    if (this.#trackingShare !== 0) this.#integral += step + this.#trackingShare * (output - free)
    else if (output === free || step * (output - free) > 0) this.#integral += step
  }

  /** Not cyclic: returns a double. */
  #proportionalPart(): number {
    return this.#proportional * (this.#setpointWeight * this.setpoint - this.measured)
  }

  #take(gains: PidGains): void {
    const { proportional, integral, derivative, filterS, outputMin, outputMax } = gains
    const { setpointWeight = 1, derivativeWeight = 0, trackingS } = gains
    for (const [name, value] of Object.entries({ proportional, integral, derivative }))
      if (!Number.isFinite(value)) refuse(name, value, 'a finite number')
    requireNotNegative('filterS', filterS)
    requireNotNegative('setpointWeight', setpointWeight)
    requireNotNegative('derivativeWeight', derivativeWeight)
    if (!(outputMin < outputMax)) refuse('outputMax', outputMax, 'above outputMin')
    if (trackingS !== undefined) requirePositive('trackingS', trackingS)
    this.#proportional = proportional
    this.#integralGain = integral
    this.#setpointWeight = setpointWeight
    this.#derivativeWeight = derivativeWeight
    this.#kept = filterS / (filterS + this.#cycleS)
    this.#perChange = derivative / (filterS + this.#cycleS)
    this.#outputMin = outputMin
    this.#outputMax = outputMax
    // no faster than in one cycle
    this.#trackingShare = trackingS === undefined ? 0 : Math.min(1, this.#cycleS / trackingS)
  }
}
