import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { ServoPlant } from '../plants/servo.ts'
import { Biquad } from './biquad.ts'
import { Cascade, type CascadeParameters } from './cascade.ts'
import { notch } from './filter-design.ts'

const cycleS = 0.001
const parameters: CascadeParameters = {
  positionGain: 30,
  velocityGain: 0.4,
  integralS: 0.02,
  velocityMax: 100,
  torqueMax: 5,
}

test('the parts of the torque are those of the formulas', () => {
  const cascade = new Cascade(cycleS, {
    ...parameters,
    velocityFeedForward: 0.5,
    inertia: 0.01,
    friction: { viscous: 0.02, coulomb: 0.3, smoothingVelocity: 1 },
  })
  cascade.setpointPosition = 2
  cascade.position = 1.9
  cascade.setpointVelocity = 4
  cascade.velocity = 3
  cascade.setpointAcceleration = 10
  cascade.loadTorque = -0.25
  cascade.update()
  const commanded = 30 * 0.1 + 0.5 * 4
  const proportional = 0.4 * (commanded - 3)
  expect(cascade.commandedVelocity).toBeCloseTo(commanded, 12)
  expect(cascade.torque).toBeCloseTo(proportional + 0.1 + (0.3 + 0.08) - 0.25, 12)
  expect(cascade.integral).toBeCloseTo((proportional * cycleS) / 0.02, 12)
})

test('a velocity loop on an inertia answers a step as the poles of its characteristic equation say', () => {
  const inertia = 0.002
  // z^2 - (2 - a) z + (1 - a + a h / Ti), a = kv h / J: two poles at 0.9
  const a = 0.2
  const cascade = new Cascade(cycleS, {
    ...parameters,
    positionGain: 0,
    velocityGain: (a * inertia) / cycleS,
    integralS: (a * cycleS) / 0.01,
    torqueMax: 1e6,
  })
  cascade.setpointVelocity = 1
  // error: e(k) = (A + B k) 0.9^k with e(0) = 1, e(1) = 1 - a
  for (let k = 0; k < 200; k++) {
    const error = (1 + ((1 - a) / 0.9 - 1) * k) * 0.9 ** k
    expect(1 - cascade.velocity).toBeCloseTo(error, 10)
    cascade.update()
    cascade.velocity += (cascade.torque / inertia) * cycleS
  }
})

test('what is fed forward rightly leaves no following error at all', () => {
  const inertia = 0.003
  const friction = { viscous: 0.01, coulomb: 0.2, smoothingVelocity: 1e-6 }
  const cascade = new Cascade(cycleS, { ...parameters, inertia, friction })
  let worst = 0
  for (let k = 0; k < 2000; k++) {
    const acceleration = k < 500 ? 40 : k < 1000 ? 0 : k < 1500 ? -40 : 0
    cascade.setpointAcceleration = acceleration
    cascade.update()
    const velocity = cascade.setpointVelocity
    // the plant, exact while torque is held: dry friction acts against the motion, viscous friction as at the cycle's begin
    const moves = velocity !== 0 || acceleration !== 0
    const dry = velocity === 0 ? 0 : 0.2 * Math.sign(velocity)
    const change = moves ? ((cascade.torque - dry - 0.01 * velocity) / inertia) * cycleS : 0
    cascade.position += (cascade.velocity + 0.5 * change) * cycleS
    cascade.velocity += change
    cascade.setpointPosition += (velocity + 0.5 * acceleration * cycleS) * cycleS
    cascade.setpointVelocity = k === 1499 ? 0 : velocity + acceleration * cycleS
    worst = Math.max(worst, Math.abs(cascade.setpointPosition - cascade.position))
  }
  expect(worst).toBeLessThan(1e-9)
})

test('friction and inertia fed forward lower the following error of a servo with encoder and friction', () => {
  const motor = {
    inertiaKgM2: 0.002,
    friction: { viscousNmSPerRad: 0.005, coulombNm: 0.2, breakawayNm: 0.3, stribeckRadPerS: 2 },
    peakTorqueNm: 10,
    countsPerTurn: 1 << 20,
    stepS: 0.0001,
  }
  const followed = (compensated: boolean): number => {
    const plant = new ServoPlant(motor)
    plant.dtS = cycleS
    const friction = {
      viscous: 0.005,
      coulomb: 0.2,
      breakaway: 0.3,
      stribeckVelocity: 2,
      smoothingVelocity: 0.1,
    }
    const forward = compensated ? { inertia: 0.002, friction } : {}
    const cascade = new Cascade(cycleS, { ...parameters, ...forward, torqueMax: 10 })
    let worst = 0
    for (let k = 0; k < 3000; k++) {
      const w = 2 * Math.PI
      const t = k * cycleS
      cascade.setpointPosition = 2 * (1 - Math.cos(w * t))
      cascade.setpointVelocity = 2 * w * Math.sin(w * t)
      cascade.setpointAcceleration = 2 * w * w * Math.cos(w * t)
      cascade.position = (plant.encoderCounts * 2 * Math.PI) / motor.countsPerTurn
      cascade.velocity = plant.speedRadPerS
      cascade.update()
      plant.commandNm = cascade.torque
      plant.advance()
      if (k > 500) worst = Math.max(worst, Math.abs(cascade.setpointPosition - cascade.position))
    }
    return worst
  }
  expect(followed(true)).toBeLessThan(0.2 * followed(false))
})

test('velocity asked of the inner loop, and torque, stay within their bounds, which may differ by direction', () => {
  const cascade = new Cascade(cycleS, { ...parameters, velocityMin: -20, torqueMin: -1 })
  cascade.setpointPosition = 1000
  cascade.update()
  expect([cascade.commandedVelocity, cascade.torque]).toEqual([100, 5])
  cascade.setpointPosition = -1000
  cascade.update()
  expect([cascade.commandedVelocity, cascade.torque]).toEqual([-20, -1])
})

test('while the torque is cut the integral goes to where both shares of it balance', () => {
  const trackingS = 0.005
  const cascade = new Cascade(cycleS, { ...parameters, positionGain: 0, trackingS })
  cascade.setpointVelocity = 50
  for (let k = 0; k < 500; k++) cascade.update()
  const proportional = 0.4 * 50
  // p / Ti = (free - limit) / Tt, free = p + I
  expect(cascade.integral).toBeCloseTo(5 - proportional + (proportional * trackingS) / 0.02, 9)
  expect(cascade.torque).toBe(5)
})

test('closing the loop from any torque within the bounds gives no bump', () => {
  const value = fc.double({ min: -50, max: 50, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 7, maxLength: 7 }),
      fc.double({ min: -4, max: 4, noNaN: true }),
      (values, held) => {
        const filters = [new Biquad(notch(80, 20, cycleS)), new Biquad(notch(210, 40, cycleS, 0.1))]
        const cascade = new Cascade(
          cycleS,
          { ...parameters, integralS: Infinity, inertia: 0.01 },
          filters,
        )
        const [s = 0, v = 0, a = 0, position = 0, velocity = 0, load = 0] = values
        cascade.setpointPosition = s
        cascade.setpointVelocity = v
        cascade.setpointAcceleration = a
        cascade.position = position
        cascade.velocity = velocity
        cascade.loadTorque = load
        cascade.torque = held
        cascade.engage()
        for (let k = 0; k < 5; k++) cascade.update()
        expect(cascade.torque).toBeCloseTo(held, 9)
      },
    ),
  )
})

test.each<Partial<CascadeParameters>>([
  { integralS: 0 },
  { positionGain: NaN },
  { torqueMin: 5 },
  { velocityMin: 200 },
  { friction: { viscous: 0, coulomb: 1, breakaway: 0.5, smoothingVelocity: 1 } },
  { friction: { viscous: 0, coulomb: 1, smoothingVelocity: 0 } },
])('parameters that make no loop are refused: %o', (wrong) => {
  expect(() => new Cascade(cycleS, { ...parameters, ...wrong })).toThrow('DP_LOOP_PARAMETER')
})

function within(x: number, least: number, most: number): number {
  if (x > most) return most
  return x < least ? least : x
}

function square(x: number): number {
  return x * x
}

test('every bit is that of the written order of operations', () => {
  const tuned = {
    positionGain: 37.3,
    velocityFeedForward: 0.93,
    velocityGain: 0.41,
    integralS: 0.0171,
    trackingS: 0.0057,
    velocityMax: 9.7,
    velocityMin: -8.9,
    torqueMax: 3.3,
    torqueMin: -2.9,
    inertia: 0.0123,
  }
  const friction = { viscous: 0.017, coulomb: 0.21, breakaway: 0.37, stribeckVelocity: 0.7 }
  const c = notch(83, 21, cycleS, 0.13)
  const smoothed = { ...friction, smoothingVelocity: 0.13 }
  const cascade = new Cascade(cycleS, { ...tuned, friction: smoothed }, [new Biquad(c)])
  let [integral, s1, s2] = [0, 0, 0]
  const perStribeck = 1 / (16 * 0.7 * 0.7)
  for (let k = 0; k < 2000; k++) {
    const [s, v, a] = [Math.sin(k), 0.2 * Math.sin(3 * k), 90 * Math.cos(5 * k)]
    const [position, velocity, load] = [0.9 * Math.sin(k + 0.1), Math.cos(7 * k), 0.1 * (k % 3)]
    cascade.setpointPosition = s
    cascade.setpointVelocity = v
    cascade.setpointAcceleration = a
    cascade.position = position
    cascade.velocity = velocity
    cascade.loadTorque = load
    cascade.update()

    const wanted = tuned.positionGain * (s - position) + tuned.velocityFeedForward * v
    const commanded = within(wanted, tuned.velocityMin, tuned.velocityMax)
    const share = within(v * (1 / 0.13), -1, 1)
    const base = 1 + v * v * perStribeck
    const base16 = square(square(square(square(base))))
    const taken = share * (0.21 + (0.37 - 0.21) / base16) + 0.017 * v
    const forward = tuned.inertia * a + taken + load
    const p = tuned.velocityGain * (commanded - velocity)
    const free = p + integral + forward
    const filtered = c.b0 * free + s1
    s1 = c.b1 * free - c.a1 * filtered + s2
    s2 = c.b2 * free - c.a2 * filtered
    const torque = within(filtered, tuned.torqueMin, tuned.torqueMax)
    const learnt = (cycleS / tuned.integralS) * p
    integral = integral + (learnt + (cycleS / tuned.trackingS) * (torque - filtered))
    expect(cascade.torque).toBe(torque)
    expect(cascade.integral).toBe(integral)
  }
})
