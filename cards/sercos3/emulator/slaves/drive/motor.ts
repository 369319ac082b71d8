/** The motor behind every emulated drive, and the drive's scaling: 20 units a turn, 1/10000 unit, 1/1000 unit/s, 0.1 %. */
import type { ServoParameters } from '../../../../../control/plants/servo.ts'

/** A 1 kW servo: 28 000 units/s^2 at its peak torque without friction. */
export const motor: ServoParameters = {
  inertiaKgM2: 1e-3,
  viscousNmSPerRad: 2e-3,
  coulombNm: 0.1,
  peakTorqueNm: 9,
  countsPerTurn: 2 ** 24,
  stepS: 125e-6,
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
