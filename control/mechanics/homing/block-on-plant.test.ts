import { expect, test } from 'vitest'
import { motionResult, type MotionResult } from '../../axis/motion.ts'
import { ServoPlant } from '../../plants/servo.ts'
import { MotionState } from '../../trajectory/motion-state.ts'
import { Homing } from './homing.ts'

const cycleS = 0.001
const ratedNm = 3
const inertiaKgM2 = 1e-3
const wallRad = 4
const wallNmPerRad = 200
const wallNmSPerRad = 0.3

test('a real motor pressed against an elastic stop: no more than the limited torque, and the reference where that torque bends it to', () => {
  const plant = new ServoPlant({
    inertiaKgM2,
    friction: { viscousNmSPerRad: 1e-3, coulombNm: 0.02 },
    peakTorqueNm: 9,
    countsPerTurn: 2 ** 20,
    stepS: 1e-4,
  })
  const homing = new Homing(cycleS, {
    method: 'block',
    direction: 1,
    searchVelocity: 5,
    acceleration: 100,
    jerk: 2000,
    distance: 20,
    timeoutS: 10,
    torque: 30,
    blockS: 0.05,
    backOff: 1,
    position: 100,
  })
  const { signals } = homing
  const setpoint = new MotionState()
  homing.begin(setpoint)
  plant.dtS = cycleS / 5
  let result: MotionResult = motionResult.running
  let [hardestNm, integral] = [0, 0]
  for (let cycle = 0; result === motionResult.running && cycle < 20_000; cycle++) {
    result = homing.step(setpoint)
    const limitNm = homing.limitsTorque ? (homing.torqueLimit / 100) * ratedNm : 9
    for (let step = 0; step < 5; step++) {
      // position P and velocity PI of a drive, with the torque limit and without winding up against it
      const wanted = 60 * (setpoint.position - plant.angleRad) + setpoint.velocity
      const proportional = 0.3 * (wanted - plant.speedRadPerS)
      const free = proportional + integral + (proportional * plant.dtS) / 0.02
      if (Math.abs(free) < limitNm) integral += (proportional * plant.dtS) / 0.02
      plant.commandNm = Math.max(-limitNm, Math.min(limitNm, free))
      const depthRad = plant.angleRad - wallRad
      const pushNm = wallNmPerRad * depthRad + wallNmSPerRad * plant.speedRadPerS
      plant.disturbanceNm = depthRad > 0 ? -Math.max(0, pushNm) : 0
      plant.advance()
      if (homing.limitsTorque) hardestNm = Math.max(hardestNm, Math.abs(plant.torqueNm))
    }
    signals.actualPosition = plant.angleRad
    signals.actualVelocity = plant.speedRadPerS
    signals.torque = (plant.torqueNm / ratedNm) * 100
  }
  expect(result).toBe(motionResult.done)
  expect(hardestNm).toBeLessThanOrEqual((0.33 + 1e-9) * ratedNm)
  const referenceRad = 100 - homing.found
  // the motor stands where wall and friction balance the limited torque
  const leastRad = wallRad + (0.3 * ratedNm - 0.02) / wallNmPerRad
  const mostRad = wallRad + (0.33 * ratedNm + 0.02) / wallNmPerRad
  expect(referenceRad).toBeGreaterThan(leastRad - 1e-4)
  expect(referenceRad).toBeLessThan(mostRad + 1e-4)
  expect(setpoint.position).toBeCloseTo(referenceRad - 1, 9)
  expect(Math.abs(plant.angleRad - setpoint.position)).toBeLessThan(0.01)
})
