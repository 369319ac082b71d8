/** An axis of the control bench: to and fro between two positions, cascade, and a motor without surprises. */
import { Biquad, type BiquadCoefficients } from '../../control/loops/biquad.ts'
import { Cascade, type CascadeParameters } from '../../control/loops/cascade.ts'
import { AxisTrajectory } from '../../control/trajectory/axis-trajectory.ts'
import { planResult } from '../../control/trajectory/plan-result.ts'

export const cycleS = 0.001
/** A notch at 180 Hz, 60 Hz wide (bilinear, prewarped), as numbers: both sides must have the same. */
const notch: BiquadCoefficients = {
  b0: 0.8597863254178846,
  b1: -0.7323527283489363,
  b2: 0.8597863254178846,
  a1: -0.7323527283489363,
  a2: 0.7195726508357692,
}
const perInertia = 1 / 0.02
const damping = 2

export class ControlledAxis {
  readonly #there: AxisTrajectory
  readonly #back: AxisTrajectory
  readonly #cascade: Cascade
  readonly #parameters: CascadeParameters
  #onWayBack = false
  // fractions first: V8 then holds the fields as doubles and writes them in place
  #time = 0.5
  #position = 0.5
  #velocity = 0.5

  /** No two axes move alike. */
  constructor(n: number) {
    const length = 1 + n / 7
    this.#there = moveOf(0, length, n)
    this.#back = moveOf(length, 0, n)
    this.#parameters = {
      positionGain: 40 + n,
      velocityFeedForward: 0.95,
      velocityGain: 3,
      integralS: 0.02,
      velocityMax: 12,
      // now and then the torque is cut
      torqueMax: 1.6,
      inertia: 0.018,
      friction: {
        viscous: 0.03,
        coulomb: 0.05,
        breakaway: 0.08,
        stribeckVelocity: 0.1,
        smoothingVelocity: 0.01,
      },
    }
    this.#cascade = new Cascade(cycleS, this.#parameters, [new Biquad(notch)])
    this.#time = 0
    this.#position = n / 1000
    this.#velocity = 0
  }

  /** One cycle. */
  step(): void {
    let way = this.#onWayBack ? this.#back : this.#there
    this.#time += cycleS
    if (this.#time >= way.duration) {
      this.#time -= way.duration
      this.#onWayBack = !this.#onWayBack
      way = this.#onWayBack ? this.#back : this.#there
    }
    way.time = this.#time
    way.sample()
    const cascade = this.#cascade
    cascade.setpointPosition = way.position
    cascade.setpointVelocity = way.velocity
    cascade.setpointAcceleration = way.acceleration
    cascade.position = this.#position
    cascade.velocity = this.#velocity
    cascade.update()
    this.#velocity += (cascade.torque * perInertia - damping * this.#velocity) * cycleS
    this.#position += this.#velocity * cycleS
  }

  /** What it has come to: torque, integral, position. */
  outcome(): number[] {
    return [this.#cascade.torque, this.#cascade.integral, this.#position]
  }

  /** In the order in which native/control.c reads them. */
  numbers(): number[] {
    const parameters = this.#parameters
    const { friction, integralS, velocityMax, torqueMax } = parameters
    if (friction?.stribeckVelocity === undefined || friction.breakaway === undefined) return []
    const { coulomb, breakaway, stribeckVelocity: vs } = friction
    return [
      ...profileNumbers(this.#there),
      ...profileNumbers(this.#back),
      parameters.positionGain,
      parameters.velocityFeedForward ?? 1,
      velocityMax,
      -velocityMax,
      parameters.velocityGain,
      cycleS / integralS,
      cycleS / integralS,
      torqueMax,
      -torqueMax,
      parameters.inertia ?? 0,
      friction.viscous,
      coulomb,
      breakaway - coulomb,
      1 / (16 * vs * vs),
      1 / friction.smoothingVelocity,
      notch.b0,
      notch.b1,
      notch.b2,
      notch.a1,
      notch.a2,
      perInertia,
      damping,
      this.#position,
    ]
  }
}

function moveOf(from: number, to: number, n: number): AxisTrajectory {
  const move = new AxisTrajectory()
  move.from.set(from, 0, 0)
  move.to.set(to, 0, 0)
  move.limits.set(2 + n / 10, 40, 4000)
  if (move.plan() !== planResult.ok) throw new Error('the move of the bench was refused')
  return move
}

function profileNumbers({ profile, duration }: AxisTrajectory): number[] {
  const { count, times, positions, velocities, accelerations, jerks } = profile
  const numbers = [count, duration]
  for (let n = 0; n <= count; n++)
    for (const row of [times, positions, velocities, accelerations, jerks])
      numbers.push(row === jerks && n === count ? 0 : (row[n] as number))
  return numbers
}
