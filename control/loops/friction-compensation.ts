/**
 * The torque that friction will take at a known velocity, to be fed forward: viscous, Coulomb and Stribeck friction after
 * B. Armstrong-Helouvry, P. Dupont, C. Canudas de Wit, "A Survey of Models, Analysis Tools and Compensation Methods for the
 * Control of Machines with Friction", Automatica 30(7), 1994: Tc + (Ts - Tc) exp(-(v / vs)^2), and viscous friction.
 *
 * The exponential is (1 + z / 16)^-16, within 0.017 of it: four squarings and a division give the same bits in every
 * language, which a library's exp does not.
 *
 * Feed it the velocity setpoint rather than the measured one: compensation of what is measured is positive feedback, and with a
 * little too much of it the axis swings by itself.
 */
import { refuse, requireNotNegative, requirePositive } from './loop-parameter.ts'

/** Torque stands for the unit of the loop's output: N m, N, or per mille of the rated torque. */
export type FrictionParameters = {
  /** Torque per velocity. */
  readonly viscous: number
  /** Torque at any velocity. */
  readonly coulomb: number
  /** Torque that sets the axis moving; not below `coulomb`. Left out: `coulomb`. */
  readonly breakaway?: number
  /** Velocity at which the surplus of breakaway has fallen to 1/e, unit/s. Left out: the surplus has no effect. */
  readonly stribeckVelocity?: number
  /** Below it dry friction is fed forward in proportion, unit/s: no jump where the setpoint turns round. Positive. */
  readonly smoothingVelocity: number
}

export class FrictionCompensation {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Unit/s. Set before `update`. */
  velocity = 0.5
  /** Result of the last `update`. */
  torque = 0.5
  #viscous = 0.5
  #coulomb = 0.5
  #surplus = 0.5
  /** 1 / (16 vs^2), s^2/unit^2. */
  #perStribeckSquared = 0.5
  /** s/unit. */
  #perSmoothing = 0.5

  /** Left out: no friction, no torque. Throws DP_LOOP_PARAMETER. */
  constructor(parameters: FrictionParameters = { viscous: 0, coulomb: 0, smoothingVelocity: 1 }) {
    this.velocity = 0
    this.torque = 0
    this.set(parameters)
  }

  /** Throws DP_LOOP_PARAMETER. Not cyclic. */
  set(parameters: FrictionParameters): void {
    const { viscous, coulomb, breakaway, stribeckVelocity, smoothingVelocity } = parameters
    requireNotNegative('friction.viscous', viscous)
    requireNotNegative('friction.coulomb', coulomb)
    requirePositive('friction.smoothingVelocity', smoothingVelocity)
    if (breakaway !== undefined && !(breakaway >= coulomb))
      refuse('friction.breakaway', breakaway, `not less than friction.coulomb, ${coulomb}`)
    if (stribeckVelocity !== undefined)
      requirePositive('friction.stribeckVelocity', stribeckVelocity)
    this.#viscous = viscous
    this.#coulomb = coulomb
    this.#surplus = stribeckVelocity === undefined ? 0 : (breakaway ?? coulomb) - coulomb
    this.#perStribeckSquared =
      stribeckVelocity === undefined ? 0 : 1 / (16 * stribeckVelocity * stribeckVelocity)
    this.#perSmoothing = 1 / smoothingVelocity
  }

  /** Computes `torque` from `velocity`. Cyclic. */
  update(): void {
    const v = this.velocity
    const base = 1 + v * v * this.#perStribeckSquared
    const base2 = base * base
    const base4 = base2 * base2
    const base8 = base4 * base4
    const dry = this.#coulomb + this.#surplus / (base8 * base8)
    let share = v * this.#perSmoothing
    if (share > 1) share = 1
    else if (share < -1) share = -1
    this.torque = share * dry + this.#viscous * v
  }
}
