/**
 * The control loops of a drive around its motor: position P, velocity PI, torque limit; one step of the plant's length at
 * a time. Everything that changes lies in typed arrays: a double passed to a function that is not inlined, or returned by
 * it, would be allocated.
 */
import { ServoPlant } from '../../../../../control/plants/servo.ts'
import { TwoMassServo } from '../../../../../control/plants/two-mass-servo.ts'
import { elasticMotor, incrementsPerCount, motor, radPerIncrement } from './motor.ts'

/** Index of the loops' inputs. */
export const servoInput = {
  /** Increments, not wrapped. */
  position: 0,
  /** rad/s: the target under velocity control, the feed-forward under position control. */
  velocity: 1,
  /** N m. */
  torque: 2,
  /** The most torque one way and the other, N m, both positive. */
  torqueLimitNm: 3,
  velocityLimitRadPerS: 4,
  positionGainPerS: 5,
  stepS: 6,
  /** Torque on the shaft from outside, N m. */
  disturbanceNm: 7,
  negativeTorqueLimitNm: 8,
} as const

/** Index of what the drive measures. */
export const servoFeedback = {
  /** rad/s */
  velocity: 0,
  /** As the encoder shows it: increments, not wrapped. */
  position: 1,
} as const

/** Velocity loop: bandwidth of 400 rad/s, and a reset time of four of its time constants. */
const velocityGain = motor.inertiaKgM2 * 400
const resetS = 0.01
/** Smooths the speed taken from encoder counts. */
const filterS = 0.0005
const radPerCount = (2 * Math.PI) / motor.countsPerTurn

const integral = 0
const lastCounts = 1
const target = 2
const command = 3

export class ServoLoops {
  readonly plant: ServoPlant | TwoMassServo
  readonly inputs = new Float64Array(9)
  readonly feedback = new Float64Array(2)
  private readonly state = new Float64Array(4)

  constructor(shaft: 'rigid' | 'elastic') {
    this.plant = shaft === 'elastic' ? new TwoMassServo(elasticMotor) : new ServoPlant(motor)
  }

  powerOn(): void {
    this.plant.reset()
    this.state.fill(0)
    this.inputs.fill(0)
    this.feedback.fill(0)
  }

  /** The torque is switched on: the integral part starts empty. */
  engage(): void {
    this.state[integral] = 0
  }

  /** A step under position control. Cyclic. */
  holdPosition(): void {
    const { inputs, state, feedback } = this
    const actual = feedback[servoFeedback.position] as number
    const lag = ((inputs[servoInput.position] as number) - actual) * radPerIncrement
    const wanted =
      lag * (inputs[servoInput.positionGainPerS] as number) +
      (inputs[servoInput.velocity] as number)
    state[target] = bounded(wanted, inputs[servoInput.velocityLimitRadPerS] as number)
    this.followTarget()
  }

  /** A step under velocity control. Cyclic. */
  holdVelocity(): void {
    const { inputs, state } = this
    const wanted = inputs[servoInput.velocity] as number
    state[target] = bounded(wanted, inputs[servoInput.velocityLimitRadPerS] as number)
    this.followTarget()
  }

  /** A step that brakes as hard as the torque limit allows. Cyclic. */
  brake(): void {
    this.state[target] = 0
    this.followTarget()
  }

  /** A step with a given torque, which does not drive the motor beyond its velocity limit. Cyclic. */
  giveTorque(): void {
    const { inputs, state } = this
    const wanted = inputs[servoInput.torque] as number
    const velocity = this.feedback[servoFeedback.velocity] as number
    const fastest = inputs[servoInput.velocityLimitRadPerS] as number
    state[command] = Math.abs(velocity) > fastest && velocity * wanted > 0 ? 0 : wanted
    this.move()
  }

  /** A step without torque. Cyclic. */
  coast(): void {
    this.state[command] = 0
    this.move()
  }

  private followTarget(): void {
    const { state, inputs, feedback } = this
    const actual = feedback[servoFeedback.velocity] as number
    const proportional = velocityGain * ((state[target] as number) - actual)
    const sum =
      (state[integral] as number) + (proportional * (inputs[servoInput.stepS] as number)) / resetS
    // The integral part takes only what the torque limits leave.
    const most = (inputs[servoInput.torqueLimitNm] as number) - Math.abs(proportional)
    const least = (inputs[servoInput.negativeTorqueLimitNm] as number) - Math.abs(proportional)
    state[integral] = Math.max(-Math.max(0, least), Math.min(Math.max(0, most), sum))
    state[command] = proportional + state[integral]
    this.move()
  }

  private move(): void {
    const { state, inputs, plant, feedback } = this
    const h = inputs[servoInput.stepS] as number
    const most = inputs[servoInput.torqueLimitNm] as number
    const least = -(inputs[servoInput.negativeTorqueLimitNm] as number)
    const torqueNm = Math.max(least, Math.min(most, state[command] as number))
    plant.commandNm = torqueNm
    plant.disturbanceNm = inputs[servoInput.disturbanceNm] as number
    plant.dtS = h
    plant.advance()
    const counts = plant.encoderCounts
    const raw = ((counts - (state[lastCounts] as number)) * radPerCount) / h
    state[lastCounts] = counts
    const before = feedback[servoFeedback.velocity] as number
    feedback[servoFeedback.velocity] = before + ((raw - before) * h) / (filterS + h)
    feedback[servoFeedback.position] = counts * incrementsPerCount
  }
}

function bounded(value: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, value))
}
