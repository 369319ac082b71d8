/**
 * A servo motor and a load on an elastic shaft: the two-mass system behind most resonances of machines. Motor and load
 * each have their inertia and friction; between them a spring, a damper and, if wanted, play. Inputs and outputs as ServoPlant:
 * the encoder sits on the motor, the disturbance acts on the load.
 *
 * The closed forms it is held to: free resonance sqrt(k (1/Jm + 1/Jl)), antiresonance seen from the motor sqrt(k / Jl), damping
 * ratio d/2 sqrt((1/Jm + 1/Jl) / k) (e.g. G. Ellis, Control System Design Guide, chapter on compliance).
 *
 * Integration as ServoPlant: drift, kick, drift. The damper's torque is taken at the mean of the twist's rates before
 * and after the kick, the latter from a trial kick.
 */
import { type Friction, perStribeckSquared, stribeckSurplusNm } from './friction.ts'

export type TwoMassParameters = {
  /** Kg m^2, each positive. */
  readonly motorInertiaKgM2: number
  readonly loadInertiaKgM2: number
  /** Of the shaft, N m/rad. Positive. */
  readonly stiffnessNmPerRad: number
  /** Of the shaft, N m s/rad. */
  readonly dampingNmSPerRad: number
  /** Play of the shaft, rad from flank to flank. */
  readonly playRad: number
  readonly motorFriction: Friction
  readonly loadFriction: Friction
  /** The motor gives no more torque than this, N m. */
  readonly peakTorqueNm: number
  /** Time constant of the closed current loop, s; 0: the torque is there at once. */
  readonly torqueLagS: number
  /** Counts a turn of the motor's encoder; multi-turn, absolute. */
  readonly countsPerTurn: number
  /** Longest integration step, s. It is also held below a thirtieth of the resonance's period. */
  readonly stepS: number
}

const motor = 0
const load = 1
const stepsPerPeriod = 30

export class TwoMassServo {
  readonly parameters: TwoMassParameters
  /** Torque asked of the motor, cut at its peak, N m. Set before `advance`. */
  commandNm = 0.5
  /** Torque on the load from outside (a cutting force, gravity), not cut, N m. Set before `advance`. */
  disturbanceNm = 0.5
  /** How far `advance` goes, s; not negative. */
  dtS = 0.5
  /** Of the motor; not wrapped. */
  angleRad = 0.5
  speedRadPerS = 0.5
  loadAngleRad = 0.5
  loadSpeedRadPerS = 0.5
  /** What the motor gave at the end of the last step, N m. */
  torqueNm = 0.5
  /** What the shaft passes from the motor to the load, N m. */
  shaftNm = 0.5
  /** What the encoder shows: whole counts, rounded down as a disc's lines are counted. */
  encoderCounts = 0.5

  readonly #frictions: readonly [Friction, Friction]
  readonly #inertias: readonly [number, number]
  readonly #longestS: number
  readonly #countsPerRad: number
  // by body: motor, load
  readonly #angle = new Float64Array(2)
  readonly #speed = new Float64Array(2)
  /** Speeds after the trial kick. */
  readonly #trial = new Float64Array(2)
  readonly #torque = new Float64Array(2)
  readonly #coulomb = new Float64Array(2)
  readonly #surplus = new Float64Array(2)
  readonly #perStribeckSquared = new Float64Array(2)
  readonly #damping = new Float64Array(2)
  readonly #speedPerNm = new Float64Array(2)
  /** Length that the factors belong to. */
  #stepS = 0.5
  #torqueShare = 0.5
  #springNm = 0.5
  #damperNm = 0.5

  constructor(parameters: TwoMassParameters) {
    this.parameters = parameters
    this.#inertias = [parameters.motorInertiaKgM2, parameters.loadInertiaKgM2]
    this.#frictions = [parameters.motorFriction, parameters.loadFriction]
    const perInertia = 1 / parameters.motorInertiaKgM2 + 1 / parameters.loadInertiaKgM2
    const resonance = Math.sqrt(parameters.stiffnessNmPerRad * perInertia)
    const relaxation = parameters.dampingNmSPerRad * perInertia
    this.#longestS = Math.min(
      parameters.stepS,
      (2 * Math.PI) / resonance / stepsPerPeriod,
      // the trial kick stays a small correction
      relaxation === 0 ? Infinity : 0.25 / relaxation,
    )
    this.#countsPerRad = parameters.countsPerTurn / (2 * Math.PI)
    for (const body of [motor, load] as const) {
      const friction = this.#frictions[body]
      this.#coulomb[body] = friction.coulombNm
      this.#surplus[body] = stribeckSurplusNm(friction)
      this.#perStribeckSquared[body] = perStribeckSquared(friction)
    }
    this.commandNm = 0
    this.disturbanceNm = 0
    this.dtS = parameters.stepS
    this.#stepS = 0
    this.reset()
  }

  /** At rest with a relaxed shaft, rad. */
  reset(angleRad = 0): void {
    this.#angle.fill(angleRad)
    this.#speed.fill(0)
    this.torqueNm = 0
    this.#springNm = 0
    this.#damperNm = 0
    this.#show()
  }

  /** As `reset`, with the load turned away by `twistRad` and let go: how a shaft's ringing is looked at. */
  resetTwisted(twistRad: number): void {
    this.reset()
    this.#angle[load] = -twistRad
    this.#spring()
    this.#show()
  }

  /** Kinetic energy of both bodies and what the shaft stores, J. Not cyclic. */
  get energyJ(): number {
    const { motorInertiaKgM2, loadInertiaKgM2, stiffnessNmPerRad } = this.parameters
    return (
      0.5 * motorInertiaKgM2 * this.speedRadPerS ** 2 +
      0.5 * loadInertiaKgM2 * this.loadSpeedRadPerS ** 2 +
      (0.5 * this.#springNm ** 2) / stiffnessNmPerRad
    )
  }

  /** Goes on by `dtS`. Cyclic; allocates nothing. */
  advance(): void {
    const steps = Math.max(1, Math.ceil(this.dtS / this.#longestS - 1e-9))
    if (this.dtS / steps !== this.#stepS) this.#prepare(steps)
    for (let step = 0; step < steps; step++) {
      this.#giveTorque()
      this.#drift()
      this.#spring()
      this.#kick()
      this.#drift()
    }
    this.#spring()
    this.#show()
  }

  #prepare(steps: number): void {
    const h = this.dtS / steps
    for (const body of [motor, load] as const) {
      const viscous = this.#frictions[body].viscousNmSPerRad
      const inertia = this.#inertias[body]
      const lost = -Math.expm1((-viscous * h) / inertia)
      this.#damping[body] = 1 - lost
      this.#speedPerNm[body] = viscous === 0 ? h / inertia : lost / viscous
    }
    const { torqueLagS } = this.parameters
    this.#torqueShare = torqueLagS === 0 ? 1 : -Math.expm1(-h / torqueLagS)
    this.#stepS = h
  }

  #giveTorque(): void {
    const peak = this.parameters.peakTorqueNm
    const wanted = Math.max(-peak, Math.min(peak, this.commandNm))
    this.torqueNm += this.#torqueShare * (wanted - this.torqueNm)
  }

  #drift(): void {
    const half = 0.5 * this.#stepS
    const angle = this.#angle
    const speed = this.#speed
    angle[motor] = (angle[motor] as number) + half * (speed[motor] as number)
    angle[load] = (angle[load] as number) + half * (speed[load] as number)
  }

  /** Within the play the shaft passes nothing, and does not damp. */
  #spring(): void {
    const { stiffnessNmPerRad, playRad } = this.parameters
    const twist = (this.#angle[motor] as number) - (this.#angle[load] as number)
    const beyond = Math.abs(twist) - 0.5 * playRad
    this.#springNm = beyond <= 0 ? 0 : Math.sign(twist) * beyond * stiffnessNmPerRad
  }

  #kick(): void {
    const speed = this.#speed
    const trial = this.#trial
    const before = (speed[motor] as number) - (speed[load] as number)
    trial.set(speed)
    const damping = this.parameters.dampingNmSPerRad
    this.#damperNm = 0
    if (damping !== 0 && (this.parameters.playRad === 0 || this.#springNm !== 0)) {
      this.#damperNm = damping * before
      this.#change(trial)
      const after = (trial[motor] as number) - (trial[load] as number)
      this.#damperNm = 0.5 * damping * (before + after)
    }
    this.#change(speed)
  }

  /** What the torques of this step make of `speed`. */
  #change(speed: Float64Array): void {
    const shaftNm = this.#springNm + this.#damperNm
    const torque = this.#torque
    torque[motor] = this.torqueNm - shaftNm
    torque[load] = this.disturbanceNm + shaftNm
    for (let body = motor; body <= load; body++) {
      const speedPerNm = this.#speedPerNm[body] as number
      const omega = speed[body] as number
      const free = omega * (this.#damping[body] as number) + (torque[body] as number) * speedPerNm
      const surplus = this.#surplus[body] as number
      let dry = this.#coulomb[body] as number
      if (surplus !== 0)
        dry += surplus * Math.exp(-omega * omega * (this.#perStribeckSquared[body] as number))
      const bound = dry * speedPerNm
      speed[body] = Math.abs(free) <= bound ? 0 : free - Math.sign(free) * bound
    }
  }

  #show(): void {
    this.angleRad = this.#angle[motor] as number
    this.loadAngleRad = this.#angle[load] as number
    this.speedRadPerS = this.#speed[motor] as number
    this.loadSpeedRadPerS = this.#speed[load] as number
    this.shaftNm = this.#springNm + this.#damperNm
    this.encoderCounts = Math.floor(this.angleRad * this.#countsPerRad)
  }
}
