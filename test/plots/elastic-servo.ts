/** The plant of the figures: a servo with an elastic shaft and a lagging current loop, from torque to speed of the motor. */
import { TwoMassServo } from '../../control/index.ts'

export const cycleS = 0.001
export const shaft = {
  motorInertiaKgM2: 0.002,
  loadInertiaKgM2: 0.001,
  stiffnessNmPerRad: 300,
  dampingNmSPerRad: 0.05,
} as const

export class ElasticServo {
  readonly #servo: TwoMassServo

  constructor(frictionNm: number, torqueLagS: number) {
    this.#servo = new TwoMassServo({
      ...shaft,
      playRad: 0,
      motorFriction: { viscousNmSPerRad: 0.002, coulombNm: frictionNm },
      loadFriction: { viscousNmSPerRad: 0, coulombNm: 0 },
      peakTorqueNm: 20,
      torqueLagS,
      countsPerTurn: 1 << 20,
      stepS: cycleS,
    })
  }

  /** rad/s. */
  get speed(): number {
    return this.#servo.speedRadPerS
  }

  /** One cycle with this torque, N m. */
  advance(torqueNm: number): void {
    this.#servo.dtS = cycleS
    this.#servo.commandNm = torqueNm
    this.#servo.advance()
  }
}
