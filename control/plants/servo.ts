/**
 * A rotary servo motor with its load, as the plant of an emulated drive: inertia, viscous and Coulomb friction, a torque
 * limit, an absolute encoder. Pure and free of allocation; the state lies in one typed array.
 *
 * Integration is semi-implicit Euler: speed first (viscous friction implicitly, so that no step is too long for it), then
 * the angle from the new speed. Coulomb friction is applied last as a bound on the change of speed: it brings the motor to
 * an exact standstill and holds it there, where a sign function would chatter.
 */

export type ServoParameters = {
  /** Motor and load, kg m^2. Positive. */
  readonly inertiaKgM2: number
  /** Friction torque per speed, N m s/rad. */
  readonly viscousNmSPerRad: number
  /** Friction torque of any speed, and the breakaway torque, N m. */
  readonly coulombNm: number
  /** The motor gives no more torque than this, N m. */
  readonly peakTorqueNm: number
  /** Encoder counts a turn; multi-turn, absolute. */
  readonly countsPerTurn: number
  /** Longest integration step, s. Longer ones are divided. */
  readonly stepS: number
}

const angle = 0
const speed = 1
const torque = 2

export class ServoPlant {
  readonly parameters: ServoParameters
  private readonly state = new Float64Array(3)

  constructor(parameters: ServoParameters) {
    this.parameters = parameters
  }

  /** Angle, rad; not wrapped. */
  get angleRad(): number {
    return this.state[angle] as number
  }

  /** Speed, rad/s. */
  get speedRadPerS(): number {
    return this.state[speed] as number
  }

  /** Torque that the motor gave in the last step, N m. */
  get torqueNm(): number {
    return this.state[torque] as number
  }

  /** What the encoder shows: whole counts, rounded down as a disc's lines are counted. */
  get encoderCounts(): number {
    return Math.floor((this.angleRad / (2 * Math.PI)) * this.parameters.countsPerTurn)
  }

  /** At rest at an angle, rad. */
  reset(angleRad = 0): void {
    this.state.fill(0)
    this.state[angle] = angleRad
  }

  /**
   * Advances by `dtS` (>= 0). `commandNm`: torque asked of the motor, cut at its peak. `disturbanceNm`: torque from outside
   * (a cutting force, gravity), not cut. Cyclic; allocates nothing.
   */
  advance(commandNm: number, disturbanceNm: number, dtS: number): void {
    const { state, parameters } = this
    const peak = parameters.peakTorqueNm
    const motorNm = Math.max(-peak, Math.min(peak, commandNm))
    const steps = Math.max(1, Math.ceil(dtS / parameters.stepS - 1e-9))
    const h = dtS / steps
    const perInertia = h / parameters.inertiaKgM2
    const drive = (motorNm + disturbanceNm) * perInertia
    const damping = 1 / (1 + parameters.viscousNmSPerRad * perInertia)
    const friction = parameters.coulombNm * perInertia * damping
    let omega = state[speed] as number
    let phi = state[angle] as number
    for (let step = 0; step < steps; step++) {
      const free = (omega + drive) * damping
      omega = Math.abs(free) <= friction ? 0 : free - Math.sign(free) * friction
      phi += omega * h
    }
    state[speed] = omega
    state[angle] = phi
    state[torque] = motorNm
  }
}
