import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Friction, frictionless } from './friction.ts'
import { type ServoParameters, ServoPlant } from './servo.ts'

const ideal: ServoParameters = {
  inertiaKgM2: 0.002,
  friction: frictionless,
  peakTorqueNm: 10,
  countsPerTurn: 2 ** 20,
  stepS: 1e-5,
}

const dry: Friction = { viscousNmSPerRad: 0, coulombNm: 0.2 }

function run(plant: ServoPlant, torqueNm: number, seconds: number, disturbanceNm = 0): void {
  plant.commandNm = torqueNm
  plant.disturbanceNm = disturbanceNm
  plant.dtS = seconds
  plant.advance()
}

/** Of the test of the Stribeck curve, N m at w rad/s. */
function dragNm(w: number): number {
  return 0.2 + 0.3 * Math.exp(-((w / 5) ** 2)) + 0.02 * w
}

describe('servo plant', () => {
  test('constant torque without friction: speed = T t / J, angle = T t^2 / 2 J', () => {
    const plant = new ServoPlant(ideal)
    run(plant, 1, 0.1)
    expect(plant.speedRadPerS).toBeCloseTo((1 * 0.1) / 0.002, 9)
    expect(plant.angleRad).toBeCloseTo((0.5 * 0.1 ** 2) / 0.002, 9)
  })

  test('viscous friction: speed = T/b (1 - exp(-b t / J)), and T/b in the end', () => {
    const viscousNmSPerRad = 0.01
    const plant = new ServoPlant({ ...ideal, friction: { viscousNmSPerRad, coulombNm: 0 } })
    run(plant, 1, 0.2)
    const exact = (1 / viscousNmSPerRad) * (1 - Math.exp((-viscousNmSPerRad * 0.2) / 0.002))
    expect(plant.speedRadPerS).toBeCloseTo(exact, 9)
    run(plant, 1, 10)
    expect(plant.speedRadPerS).toBeCloseTo(100, 9)
  })

  test('Coulomb friction stops a coasting motor after v0 J / Tc, and it stays stopped', () => {
    const plant = new ServoPlant({ ...ideal, friction: dry })
    run(plant, 1.2, 0.1)
    const v0 = plant.speedRadPerS
    expect(v0).toBeCloseTo((1 * 0.1) / 0.002, 6)
    const stopS = (v0 * 0.002) / 0.2
    const from = plant.angleRad
    run(plant, 0, stopS * 0.99)
    expect(plant.speedRadPerS).toBeGreaterThan(0)
    run(plant, 0, stopS * 0.02)
    expect(plant.speedRadPerS).toBe(0)
    expect(plant.angleRad - from).toBeCloseTo((0.5 * v0 * v0 * 0.002) / 0.2, 7)
    const stopped = plant.angleRad
    run(plant, 0, 1)
    expect(plant.angleRad).toBe(stopped)
  })

  test('torque below breakaway does not move it, above it does', () => {
    const plant = new ServoPlant({ ...ideal, friction: dry })
    run(plant, 0.199, 1)
    expect(plant.angleRad).toBe(0)
    run(plant, 0.201, 1)
    expect(plant.angleRad).toBeGreaterThan(0)
  })

  test('the motor gives no more than its peak torque; a disturbance is not cut', () => {
    const plant = new ServoPlant(ideal)
    run(plant, 50, 0.01)
    expect(plant.torqueNm).toBe(10)
    expect(plant.speedRadPerS).toBeCloseTo((10 * 0.01) / 0.002, 9)
    plant.reset()
    run(plant, 0, 0.01, -50)
    expect(plant.torqueNm).toBe(0)
    expect(plant.speedRadPerS).toBeCloseTo((-50 * 0.01) / 0.002, 9)
  })

  test('between breakaway and Coulomb friction it settles where the Stribeck curve meets the torque', () => {
    const friction = {
      viscousNmSPerRad: 0.02,
      coulombNm: 0.2,
      breakawayNm: 0.5,
      stribeckRadPerS: 5,
    }
    const plant = new ServoPlant({ ...ideal, friction, stepS: 1e-4 })
    run(plant, 0.499, 1)
    expect(plant.angleRad).toBe(0)
    run(plant, 0.52, 20)
    // the upper of the two speeds at which 0.52 N m is the drag: the stable one, found by bisection
    let [low, high] = [5, 50]
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2
      if (dragNm(middle) < 0.52) low = middle
      else high = middle
    }
    expect(plant.speedRadPerS).toBeCloseTo(low, 6)
    // less than breakaway keeps a running motor running
    run(plant, 0.42, 40)
    expect(plant.speedRadPerS).toBeGreaterThan(5)
    expect(dragNm(plant.speedRadPerS)).toBeCloseTo(0.42, 6)
  })

  test('the error against the closed form falls with the square of the step', () => {
    const viscousNmSPerRad = 0.01
    const angleAfter = (stepS: number) => {
      const friction = { viscousNmSPerRad, coulombNm: 0 }
      const plant = new ServoPlant({ ...ideal, friction, stepS })
      run(plant, 1, 0.2)
      return plant.angleRad
    }
    const tau = 0.002 / viscousNmSPerRad
    const exact = 100 * (0.2 - tau * (1 - Math.exp(-0.2 / tau)))
    const ratio = (angleAfter(2e-3) - exact) / (angleAfter(1e-3) - exact)
    expect(ratio).toBeGreaterThan(3.9)
    expect(ratio).toBeLessThan(4.1)
  })

  test('one long step equals many short ones of the integration length', () => {
    const friction = { viscousNmSPerRad: 0.001, coulombNm: 0.1 }
    const whole = new ServoPlant({ ...ideal, friction, stepS: 1e-4 })
    const parts = new ServoPlant(whole.parameters)
    run(whole, 2, 0.01)
    for (let k = 0; k < 100; k++) run(parts, 2, 1e-4)
    expect(parts.angleRad).toBeCloseTo(whole.angleRad, 9)
  })

  test('the encoder shows whole counts, rounded down on both sides of zero', () => {
    const plant = new ServoPlant({ ...ideal, countsPerTurn: 4 })
    const shown = [0, 0.24, 0.25, -0.01, -0.26, 1.5].map((turns) => {
      plant.reset(turns * 2 * Math.PI)
      return plant.encoderCounts
    })
    expect(shown).toEqual([0, 0, 1, -1, -2, 6])
  })

  test('without drive torque its energy never grows, whatever the friction and the step', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 9, noNaN: true }),
        fc.double({ min: 1e-6, max: 0.1, noNaN: true }),
        fc.double({ min: -500, max: 500, noNaN: true }),
        (viscousNmSPerRad, coulombNm, breakawayNm, dtS, startNm) => {
          const plant = new ServoPlant({
            ...ideal,
            peakTorqueNm: 1e3,
            friction: { viscousNmSPerRad, coulombNm, breakawayNm, stribeckRadPerS: 3 },
            stepS: 1e-3,
          })
          run(plant, startNm, 0.01)
          let before = Math.abs(plant.speedRadPerS)
          const direction = Math.sign(plant.speedRadPerS)
          for (let k = 0; k < 20; k++) {
            run(plant, 0, dtS)
            expect(Math.abs(plant.speedRadPerS)).toBeLessThanOrEqual(before)
            expect(plant.speedRadPerS * direction).toBeGreaterThanOrEqual(0)
            before = Math.abs(plant.speedRadPerS)
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})
