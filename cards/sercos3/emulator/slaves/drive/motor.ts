/** The motor behind every emulated drive, and the drive's scaling: 20 units a turn, 1/10000 unit, 1/1000 unit/s, 0.1 %. */
import { frictionless } from '../../../../../control/plants/friction.ts'
import type { ServoParameters } from '../../../../../control/plants/servo.ts'
import type { TwoMassParameters } from '../../../../../control/plants/two-mass-servo.ts'

/** A 1 kW servo: 28 000 units/s^2 at its peak torque without friction. */
export const motor: ServoParameters = {
  inertiaKgM2: 1e-3,
  friction: { viscousNmSPerRad: 2e-3, coulombNm: 0.1, breakawayNm: 0.12, stribeckRadPerS: 1 },
  peakTorqueNm: 9,
  countsPerTurn: 2 ** 24,
  stepS: 125e-6,
}

const loadShare = 0.6

/** The same motor with the greater part of its inertia behind an elastic shaft: resonance at 95 Hz, antiresonance at 60 Hz. */
export const elasticMotor: TwoMassParameters = {
  motorInertiaKgM2: motor.inertiaKgM2 * (1 - loadShare),
  loadInertiaKgM2: motor.inertiaKgM2 * loadShare,
  stiffnessNmPerRad: motor.inertiaKgM2 * loadShare * (2 * Math.PI * 60) ** 2,
  dampingNmSPerRad: 5e-3,
  playRad: 0,
  motorFriction: motor.friction,
  loadFriction: frictionless,
  peakTorqueNm: motor.peakTorqueNm,
  torqueLagS: 0,
  countsPerTurn: motor.countsPerTurn,
  stepS: motor.stepS,
}

export const ratedTorqueNm = 3

const unitsPerTurn = 20
export const incrementsPerUnit = 10_000
const velocityIncrementsPerUnit = 1_000

export const incrementsPerCount = (unitsPerTurn * incrementsPerUnit) / motor.countsPerTurn
export const radPerIncrement = (2 * Math.PI) / (unitsPerTurn * incrementsPerUnit)
/** rad/s per increment of velocity. */
export const radPerVelocityIncrement = (2 * Math.PI) / (unitsPerTurn * velocityIncrementsPerUnit)
/** Position increments per second in one velocity increment. */
export const incrementsPerVelocityIncrement = incrementsPerUnit / velocityIncrementsPerUnit
/** N m in one torque increment of 0.1 %. */
export const nmPerTorqueIncrement = ratedTorqueNm / 1_000
