/**
 * The cascade of a servo axis: P of position, PI of velocity, and what is known beforehand fed forward: velocity, inertia,
 * friction, load. (H. Gross, J. Hamann, G. Wiegaertner, "Electrical Feed Drives in Automation", chapters on cascaded control.)
 *
 * Every cycle, in this order, each line in double precision and in the order of its parentheses; nothing is contracted, so
 * that any language gives the same bits:
 *
 *     wanted      = positionGain * (setpointPosition - position) + velocityFeedForward * setpointVelocity
 *     velocity*   = wanted within [velocityMin, velocityMax]
 *     share       = (setpointVelocity * (1 / smoothingVelocity)) within [-1, 1]
 *     base        = 1 + (setpointVelocity * setpointVelocity) * (1 / ((16 * vs) * vs)), squared four times: base16
 *     friction    = share * (coulomb + surplus / base16) + viscous * setpointVelocity
 *     forward     = (inertia * setpointAcceleration + friction) + loadTorque
 *     p           = velocityGain * (velocity* - velocity)
 *     free        = (p + integral) + forward
 *     filtered    = free through the filters, in their order; each:
 *                     y = b0 * x + s1;  s1 = (b1 * x - a1 * y) + s2;  s2 = b2 * x - a2 * y
 *     torque      = filtered within [torqueMin, torqueMax]
 *     integral    = integral + ((cycleS / integralS) * p + (cycleS / trackingS) * (torque - filtered))
 *
 * The last line is the anti-windup by back-calculation (K. J. Astrom, T. Hagglund, "Advanced PID Control", 2006): while the
 * torque is cut, the integral follows what is given with the time constant trackingS.
 */
import type { Biquad } from './biquad.ts'
import { FrictionCompensation, type FrictionParameters } from './friction-compensation.ts'
import { refuse, requireNotNegative, requirePositive } from './loop-parameter.ts'

/** Torque stands for the unit of the loop's output: N m, N, or per mille of the rated torque. */
export type CascadeParameters = {
  /** Velocity per following error, 1/s. 0: velocity control by `setpointVelocity` alone. */
  readonly positionGain: number
  /** How much of the setpoint's velocity is fed forward, 0 to 1. Left out: 1. */
  readonly velocityFeedForward?: number
  /** Torque per velocity error. */
  readonly velocityGain: number
  /** Reset time of the velocity loop, s. Infinity: no integral. */
  readonly integralS: number
  /** How fast the integral leaves a limit, s. Left out: `integralS`. */
  readonly trackingS?: number
  /** The velocity loop is asked for no more, unit/s. `velocityMin` left out: the same backwards. */
  readonly velocityMax: number
  readonly velocityMin?: number
  /** Bounds of the torque. `torqueMin` left out: the same backwards. */
  readonly torqueMax: number
  readonly torqueMin?: number
  /** Torque per acceleration, for the feed-forward. Left out: 0. */
  readonly inertia?: number
  /** Left out: none is compensated. */
  readonly friction?: FrictionParameters
}

export class Cascade {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Unit. Set before `update`, as all down to `loadTorque`. */
  setpointPosition = 0.5
  /** Unit/s. */
  setpointVelocity = 0.5
  /** Unit/s^2. */
  setpointAcceleration = 0.5
  /** Measured, unit. */
  position = 0.5
  /** Measured or observed, unit/s. */
  velocity = 0.5
  /** Known load, for example gravity's. */
  loadTorque = 0.5
  /** Result of the last `update`, within its bounds. */
  torque = 0.5
  /** What the velocity loop was asked for in the last `update`, unit/s. */
  commandedVelocity = 0.5
  /** Part of the torque that the velocity loop has learnt. */
  integral = 0.5
  readonly friction: FrictionCompensation
  /** On the way to the torque: notches and low passes, each of gain 1 at 0 Hz. */
  readonly filters: readonly Biquad[]
  readonly #cycleS: number
  #positionGain = 0.5
  #velocityFeedForward = 0.5
  #velocityMax = 0.5
  #velocityMin = 0.5
  #velocityGain = 0.5
  #integralShare = 0.5
  #trackingShare = 0.5
  #torqueMax = 0.5
  #torqueMin = 0.5
  #inertia = 0.5

  /** `cycleS`: s between two updates. Throws DP_LOOP_PARAMETER. */
  constructor(cycleS: number, parameters: CascadeParameters, filters: readonly Biquad[] = []) {
    requirePositive('cycleS', cycleS)
    this.#cycleS = cycleS
    this.friction = new FrictionCompensation()
    this.filters = filters
    this.setpointPosition = 0
    this.setpointVelocity = 0
    this.setpointAcceleration = 0
    this.position = 0
    this.velocity = 0
    this.loadTorque = 0
    this.torque = 0
    this.commandedVelocity = 0
    this.integral = 0
    this.set(parameters)
  }

  /** Other parameters, also while the loop is closed: the integral is a torque and stays. Throws DP_LOOP_PARAMETER. Not cyclic. */
  set(parameters: CascadeParameters): void {
    const { positionGain, velocityGain, integralS, velocityMax, torqueMax } = parameters
    const { velocityFeedForward = 1, trackingS = integralS, inertia = 0, friction } = parameters
    const { velocityMin = -velocityMax, torqueMin = -torqueMax } = parameters
    requireNotNegative('positionGain', positionGain)
    requireNotNegative('velocityFeedForward', velocityFeedForward)
    requireNotNegative('velocityGain', velocityGain)
    requireNotNegative('inertia', inertia)
    if (!(integralS > 0)) refuse('integralS', integralS, 'a positive number or Infinity')
    if (!(trackingS > 0)) refuse('trackingS', trackingS, 'a positive number or Infinity')
    if (!(velocityMin < velocityMax)) refuse('velocityMax', velocityMax, 'above velocityMin')
    if (!(torqueMin < torqueMax)) refuse('torqueMax', torqueMax, 'above torqueMin')
    this.friction.set(friction ?? { viscous: 0, coulomb: 0, smoothingVelocity: 1 })
    this.#positionGain = positionGain
    this.#velocityFeedForward = velocityFeedForward
    this.#velocityMax = velocityMax
    this.#velocityMin = velocityMin
    this.#velocityGain = velocityGain
    this.#integralShare = this.#cycleS / integralS
    this.#trackingShare = this.#cycleS / trackingS
    this.#torqueMax = torqueMax
    this.#torqueMin = torqueMin
    this.#inertia = inertia
  }

  /**
   * The loop is closed, or closed anew, and goes on from the torque that stands in `torque`, bumpless: the integral takes
   * what the other parts leave of it. Put the brake's load, or 0, into `torque` and set all inputs before. May be called in a cycle.
   */
  engage(): void {
    const held = this.torque
    for (let n = 0; n < this.filters.length; n++) {
      const filter = this.filters[n] as Biquad
      filter.input = held
      filter.settle()
    }
    this.integral = 0
    this.#sum()
    this.integral = held - this.torque
    this.torque = held
  }

  /** Computes `torque`. Cyclic. */
  update(): void {
    this.#sum()
    let filtered = this.torque
    for (let n = 0; n < this.filters.length; n++) {
      const filter = this.filters[n] as Biquad
      filter.input = filtered
      filter.update()
      filtered = filter.output
    }
    let torque = filtered
    if (torque > this.#torqueMax) torque = this.#torqueMax
    else if (torque < this.#torqueMin) torque = this.#torqueMin
    this.torque = torque
    const proportional = this.#velocityGain * (this.commandedVelocity - this.velocity)
    this.integral += this.#integralShare * proportional + this.#trackingShare * (torque - filtered)
  }

  /** Into `torque`: all parts together, neither filtered nor limited. */
  #sum(): void {
    const wanted =
      this.#positionGain * (this.setpointPosition - this.position) +
      this.#velocityFeedForward * this.setpointVelocity
    let commanded = wanted
    if (commanded > this.#velocityMax) commanded = this.#velocityMax
    else if (commanded < this.#velocityMin) commanded = this.#velocityMin
    this.commandedVelocity = commanded
    const { friction } = this
    friction.velocity = this.setpointVelocity
    friction.update()
    const forward = this.#inertia * this.setpointAcceleration + friction.torque + this.loadTorque
    this.torque = this.#velocityGain * (commanded - this.velocity) + this.integral + forward
  }
}
