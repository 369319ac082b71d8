/**
 * A rotary servo motor with its load on a rigid shaft: inertia, friction with stiction, a torque limit, an absolute encoder.
 * Free of allocation: inputs and outputs are fields.
 *
 * A step drifts, kicks and drifts (Stoermer and Verlet): half a step of angle, the whole change of speed, half a step of
 * angle. It is exact under constant torque. Viscous friction is solved exactly within the kick, so that no step is too long
 * for it; dry friction is a bound on the change of speed: it brings the motor to an exact standstill and holds it there,
 * where a sign function would chatter. The Stribeck curve is taken at the speed before the kick, which is exact where speed
 * is constant.
 */
import { type Friction, perStribeckSquared, stribeckSurplusNm } from './friction.ts'

export type ServoParameters = {
  /** Motor and load, kg m^2. Positive. */
  readonly inertiaKgM2: number
  readonly friction: Friction
  /** The motor gives no more torque than this, N m. */
  readonly peakTorqueNm: number
  /** Encoder counts a turn; multi-turn, absolute. */
  readonly countsPerTurn: number
  /** Longest integration step, s. Longer ones are divided. */
  readonly stepS: number
}

export class ServoPlant {
  readonly parameters: ServoParameters
  /** Torque asked of the motor, cut at its peak, N m. Set before `advance`. */
  commandNm = 0.5
  /** Torque from outside (a cutting force, gravity), not cut, N m. Set before `advance`. */
  disturbanceNm = 0.5
  /** How far `advance` goes, s; not negative. */
  dtS = 0.5
  /** Not wrapped. */
  angleRad = 0.5
  speedRadPerS = 0.5
  /** What the motor gave in the last step, N m. */
  torqueNm = 0.5
  /** What the encoder shows: whole counts, rounded down as a disc's lines are counted. */
  encoderCounts = 0.5

  readonly #surplusNm: number
  readonly #perStribeckSquared: number
  readonly #countsPerRad: number
  /** Length that the two factors below belong to. */
  #stepS = 0.5
  #damping = 0.5
  #speedPerNm = 0.5

  constructor(parameters: ServoParameters) {
    this.parameters = parameters
    this.#surplusNm = stribeckSurplusNm(parameters.friction)
    this.#perStribeckSquared = perStribeckSquared(parameters.friction)
    this.#countsPerRad = parameters.countsPerTurn / (2 * Math.PI)
    this.commandNm = 0
    this.disturbanceNm = 0
    this.dtS = parameters.stepS
    this.#stepS = 0
    this.reset()
  }

  /** At rest at an angle, rad. */
  reset(angleRad = 0): void {
    this.angleRad = angleRad
    this.speedRadPerS = 0
    this.torqueNm = 0
    this.encoderCounts = Math.floor(angleRad * this.#countsPerRad)
  }

  /** Goes on by `dtS`. Cyclic; allocates nothing. */
  advance(): void {
    const { parameters, dtS } = this
    const steps = Math.max(1, Math.ceil(dtS / parameters.stepS - 1e-9))
    const h = dtS / steps
    if (h !== this.#stepS) this.#prepare(steps)
    const peak = parameters.peakTorqueNm
    const motorNm = Math.max(-peak, Math.min(peak, this.commandNm))
    const damping = this.#damping
    const speedPerNm = this.#speedPerNm
    const drive = (motorNm + this.disturbanceNm) * speedPerNm
    const coulomb = parameters.friction.coulombNm
    let omega = this.speedRadPerS
    let phi = this.angleRad
    for (let step = 0; step < steps; step++) {
      const free = omega * damping + drive
      const dry =
        this.#surplusNm === 0
          ? coulomb
          : coulomb + this.#surplusNm * Math.exp(-omega * omega * this.#perStribeckSquared)
      const bound = dry * speedPerNm
      phi += 0.5 * h * omega
      omega = Math.abs(free) <= bound ? 0 : free - Math.sign(free) * bound
      phi += 0.5 * h * omega
    }
    this.speedRadPerS = omega
    this.angleRad = phi
    this.torqueNm = motorNm
    this.encoderCounts = Math.floor(phi * this.#countsPerRad)
  }

  /** Under a constant torque T: w(h) = w e^(-b h / J) + T (1 - e^(-b h / J)) / b. */
  #prepare(steps: number): void {
    const { inertiaKgM2, friction } = this.parameters
    const h = this.dtS / steps
    const viscous = friction.viscousNmSPerRad
    const lost = -Math.expm1((-viscous * h) / inertiaKgM2)
    this.#stepS = h
    this.#damping = 1 - lost
    this.#speedPerNm = viscous === 0 ? h / inertiaKgM2 : lost / viscous
  }
}
