import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frictionless } from './friction.ts'
import { type TwoMassParameters, TwoMassServo } from './two-mass-servo.ts'

const motorInertiaKgM2 = 1e-3
const loadInertiaKgM2 = 3e-3
const stiffnessNmPerRad = 300
const perInertia = 1 / motorInertiaKgM2 + 1 / loadInertiaKgM2
const resonance = Math.sqrt(stiffnessNmPerRad * perInertia)

const ideal: TwoMassParameters = {
  motorInertiaKgM2,
  loadInertiaKgM2,
  stiffnessNmPerRad,
  dampingNmSPerRad: 0,
  playRad: 0,
  motorFriction: frictionless,
  loadFriction: frictionless,
  peakTorqueNm: 100,
  torqueLagS: 0,
  countsPerTurn: 2 ** 20,
  stepS: 2e-5,
}

function plantWith(changes: Partial<TwoMassParameters>): TwoMassServo {
  return new TwoMassServo({ ...ideal, ...changes })
}

function run(plant: TwoMassServo, torqueNm: number, seconds: number, disturbanceNm = 0): void {
  plant.commandNm = torqueNm
  plant.disturbanceNm = disturbanceNm
  plant.dtS = seconds
  plant.advance()
}

/** Times at which the shaft's torque passes zero upward, s, interpolated. */
function zeroCrossings(plant: TwoMassServo, seconds: number): number[] {
  const stepS = ideal.stepS
  const times: number[] = []
  let before = plant.shaftNm
  for (let n = 0; n * stepS < seconds; n++) {
    run(plant, 0, stepS)
    const now = plant.shaftNm
    if (before < 0 && now >= 0) times.push((n - before / (now - before)) * stepS)
    before = now
  }
  return times
}

type Complex = { readonly re: number; readonly im: number }

function product(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re }
}

/** Gain and phase from the torque to the motor's speed in steady state, by correlation over whole periods. */
function response(plant: TwoMassServo, omega: number): { gain: number; phase: number } {
  const perPeriod = 400
  const stepS = (2 * Math.PI) / omega / perPeriod
  const settling = 60 * perPeriod
  let [inPhase, quadrature] = [0, 0]
  for (let n = 0; n < settling + 10 * perPeriod; n++) {
    // the torque is held over a step: its mean lies at the middle
    const t = (n + 0.5) * stepS
    run(plant, Math.sin(omega * t), stepS)
    if (n < settling) continue
    const end = omega * (n + 1) * stepS
    inPhase += plant.speedRadPerS * Math.sin(end)
    quadrature += plant.speedRadPerS * Math.cos(end)
  }
  const scale = 2 / (10 * perPeriod)
  return {
    gain: Math.hypot(inPhase, quadrature) * scale,
    phase: Math.atan2(quadrature, inPhase),
  }
}

describe('two-mass servo', () => {
  test('free, it rings at sqrt(k (1/Jm + 1/Jl))', () => {
    const plant = plantWith({})
    plant.resetTwisted(0.01)
    const times = zeroCrossings(plant, 0.5)
    const periods = times.length - 1
    const measured = (2 * Math.PI * periods) / ((times[periods] as number) - (times[0] as number))
    expect(periods).toBeGreaterThan(40)
    expect(Math.abs(measured / resonance - 1)).toBeLessThan(1e-4)
  })

  test('with a damper it decays by the logarithmic decrement 2 pi D / sqrt(1 - D^2)', () => {
    const dampingNmSPerRad = 0.05
    const plant = plantWith({ dampingNmSPerRad, stepS: 5e-6 })
    plant.resetTwisted(0.01)
    const ratio = (dampingNmSPerRad / 2) * Math.sqrt(perInertia / stiffnessNmPerRad)
    const period = (2 * Math.PI) / (resonance * Math.sqrt(1 - ratio * ratio))
    const twist = () => plant.angleRad - plant.loadAngleRad
    const atFirst = twist()
    run(plant, 0, 5 * period)
    const decrement = Math.log(atFirst / twist()) / 5
    expect(decrement).toBeCloseTo((2 * Math.PI * ratio) / Math.sqrt(1 - ratio * ratio), 3)
  })

  test('the error of damping falls with the square of the step', () => {
    const dampingNmSPerRad = 0.2
    const ratio = (dampingNmSPerRad / 2) * Math.sqrt(perInertia / stiffnessNmPerRad)
    const damped = resonance * Math.sqrt(1 - ratio * ratio)
    const error = (stepS: number): number => {
      const plant = plantWith({ dampingNmSPerRad, stepS })
      plant.resetTwisted(0.01)
      // where twist is at its steepest
      const tS = (2.25 * 2 * Math.PI) / damped
      run(plant, 0, tS)
      const decay = Math.exp(-ratio * resonance * tS)
      const swing = Math.cos(damped * tS) + ((ratio * resonance) / damped) * Math.sin(damped * tS)
      return plant.angleRad - plant.loadAngleRad - 0.01 * decay * swing
    }
    expect(error(4e-5) / error(2e-5)).toBeGreaterThan(3.8)
    expect(error(4e-5) / error(2e-5)).toBeLessThan(4.2)
  })

  test.each([100, 250, 400, 700, 1500])(
    'at %i rad/s its response is the transfer function (Jl s^2 + d s + k) / (s (...))',
    (omega) => {
      const dampingNmSPerRad = 0.08
      const viscous = 0.02
      const friction = { viscousNmSPerRad: viscous, coulombNm: 0 }
      const plant = plantWith({ dampingNmSPerRad, motorFriction: friction, loadFriction: friction })
      // s = j w; as [re, im]
      const k = stiffnessNmPerRad
      const [jm, jl, d] = [motorInertiaKgM2, loadInertiaKgM2, dampingNmSPerRad]
      // motor: (jm s + b + d + k/s) wm - (d + k/s) wl = T; load: (jl s + b + d + k/s) wl = (d + k/s) wm
      const shaft = { re: d, im: -k / omega }
      const own = (inertia: number) => ({ re: viscous + d, im: inertia * omega - k / omega })
      const outer = product(own(jm), own(jl))
      const inner = product(shaft, shaft)
      const below = { re: outer.re - inner.re, im: outer.im - inner.im }
      const above = own(jl)
      const gain = Math.hypot(above.re, above.im) / Math.hypot(below.re, below.im)
      const phase = Math.atan2(above.im, above.re) - Math.atan2(below.im, below.re)
      const measured = response(plant, omega)
      expect(Math.abs(measured.gain / gain - 1)).toBeLessThan(2e-3)
      expect(Math.abs(Math.sin(measured.phase - phase))).toBeLessThan(2e-3)
    },
  )

  test('at sqrt(k / Jl) the motor all but stands still while the load swings against it', () => {
    const friction = { viscousNmSPerRad: 1e-3, coulombNm: 0 }
    const plant = plantWith({ motorFriction: friction, dampingNmSPerRad: 0.01 })
    const antiresonance = Math.sqrt(stiffnessNmPerRad / loadInertiaKgM2)
    const rigid = 1 / ((motorInertiaKgM2 + loadInertiaKgM2) * antiresonance)
    expect(response(plant, antiresonance).gain).toBeLessThan(0.05 * rigid)
  })

  test('a constant torque moves both as one mass, with the shaft twisted by what accelerates the load', () => {
    const plant = plantWith({ dampingNmSPerRad: 1 })
    run(plant, 2, 1)
    const total = motorInertiaKgM2 + loadInertiaKgM2
    expect(plant.speedRadPerS).toBeCloseTo(2 / total, 6)
    expect(plant.shaftNm).toBeCloseTo((2 * loadInertiaKgM2) / total, 6)
  })

  test('terminal speed: what the torque leaves beyond dry friction, over viscous friction', () => {
    const plant = plantWith({
      dampingNmSPerRad: 0.5,
      motorFriction: { viscousNmSPerRad: 0.02, coulombNm: 0.1 },
      loadFriction: { viscousNmSPerRad: 0.03, coulombNm: 0.2 },
    })
    run(plant, 1, 5)
    expect(plant.speedRadPerS).toBeCloseTo((1 - 0.3) / 0.05, 9)
    expect(plant.loadSpeedRadPerS).toBeCloseTo((1 - 0.3) / 0.05, 9)
  })

  test('and where the Stribeck curve adds to it, what is left beyond that', () => {
    // at 10 rad/s the surplus of breakaway has fallen to 1/e
    const motorFriction = {
      viscousNmSPerRad: 0.02,
      coulombNm: 0.1,
      breakawayNm: 0.3,
      stribeckRadPerS: 10,
    }
    const loadFriction = { viscousNmSPerRad: 0.03, coulombNm: 0.2 }
    const plant = plantWith({ dampingNmSPerRad: 0.5, motorFriction, loadFriction })
    run(plant, 2, 0.1)
    run(plant, 0.3 + 0.2 / Math.E + 0.05 * 10, 10)
    expect(plant.speedRadPerS).toBeCloseTo(10, 6)
  })

  test('a load held by stiction twists the shaft by T / k, and breaks away beyond', () => {
    const loadFriction = {
      viscousNmSPerRad: 0,
      coulombNm: 0.5,
      breakawayNm: 1,
      stribeckRadPerS: 0.5,
    }
    const plant = plantWith({ dampingNmSPerRad: 1, loadFriction })
    // in two steps: a step from nothing would overshoot to twice its torque
    run(plant, 0.45, 1)
    run(plant, 0.9, 1)
    expect(plant.loadAngleRad).toBe(0)
    expect(plant.angleRad).toBeCloseTo(0.9 / stiffnessNmPerRad, 9)
    run(plant, 1.1, 0.1)
    expect(plant.loadAngleRad).toBeGreaterThan(0)
  })

  test('with play the motor turns freely from flank to flank before it takes the load along', () => {
    const plant = plantWith({ playRad: 0.02, dampingNmSPerRad: 0.3 })
    // 0.01 rad at 0.5 T / J t^2
    const tS = Math.sqrt((2 * 0.01 * motorInertiaKgM2) / 0.1)
    run(plant, 0.1, tS * 0.99)
    expect(plant.loadAngleRad).toBe(0)
    expect(plant.shaftNm).toBe(0)
    run(plant, 0.1, tS * 0.1)
    expect(plant.loadAngleRad).toBeGreaterThan(0)
  })

  test('the current loop brings the torque there with its time constant', () => {
    const plant = plantWith({ torqueLagS: 0.002 })
    run(plant, 1, 0.002)
    expect(plant.torqueNm).toBeCloseTo(1 - Math.exp(-1), 9)
  })

  test('the motor gives no more than its peak torque; a disturbance on the load is not cut', () => {
    const plant = plantWith({ peakTorqueNm: 5, dampingNmSPerRad: 1 })
    run(plant, 50, 0.01)
    expect(plant.torqueNm).toBe(5)
    run(plant, 0, 0.01, -50)
    expect(plant.torqueNm).toBe(0)
    expect(plant.loadSpeedRadPerS).toBeLessThan(0)
  })

  test('work put in is kinetic energy, twist and what friction and damper took', () => {
    const friction = { viscousNmSPerRad: 0.01, coulombNm: 0.1 }
    const dampingNmSPerRad = 0.05
    const plant = plantWith({ dampingNmSPerRad, motorFriction: friction, loadFriction: friction })
    const stepS = 1e-5
    let [workJ, lostJ] = [0, 0]
    for (let n = 0; n < 20_000; n++) {
      const motor = plant.speedRadPerS
      const load = plant.loadSpeedRadPerS
      const torqueNm = 2 + Math.sin(n * 0.003)
      run(plant, torqueNm, stepS)
      const motorMean = (motor + plant.speedRadPerS) / 2
      const loadMean = (load + plant.loadSpeedRadPerS) / 2
      workJ += torqueNm * motorMean * stepS
      lostJ +=
        (0.01 * (motorMean ** 2 + loadMean ** 2) +
          0.1 * (Math.abs(motorMean) + Math.abs(loadMean)) +
          dampingNmSPerRad * (motorMean - loadMean) ** 2) *
        stepS
    }
    expect(Math.abs((plant.energyJ + lostJ) / workJ - 1)).toBeLessThan(1e-5)
  })

  test('left alone, it never gains energy beyond what a step of the integration carries', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.05, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        fc.double({ min: -0.05, max: 0.05, noNaN: true }),
        (viscousNmSPerRad, coulombNm, dampingNmSPerRad, playRad, twist) => {
          const friction = {
            viscousNmSPerRad,
            coulombNm,
            breakawayNm: 2 * coulombNm,
            stribeckRadPerS: 2,
          }
          const plant = plantWith({
            dampingNmSPerRad,
            playRad,
            motorFriction: friction,
            loadFriction: friction,
            stepS: 1e-3,
          })
          plant.resetTwisted(twist)
          const first = plant.energyJ
          for (let k = 0; k < 40; k++) {
            run(plant, 0, 1e-3)
            // the energy that leapfrog keeps differs from the true one by (w h)^2 / 8
            expect(plant.energyJ).toBeLessThanOrEqual(first * 1.02 + 1e-12)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
