import { expect, test } from 'vitest'
import {
  DisturbanceObserver,
  disturbanceGains,
  kalmanDisturbanceGains,
} from './disturbance-observer.ts'
import { EncoderPosition } from './encoder-position.ts'
import { kalmanTrackingGains, TrackingObserver, trackingGains } from './tracking-observer.ts'
import { VelocityDifferentiator } from './velocity-differentiator.ts'
import type { VelocityObserver } from './velocity-observer.ts'

const cycleS = 0.001

/** Cycles of constant acceleration from position 0; the last velocity that was observed minus the true one. */
function errorAfter(
  observer: VelocityObserver,
  cycles: number,
  velocity: number,
  acceleration: number,
): number {
  observer.position = 0
  observer.settle()
  for (let k = 1; k <= cycles; k++) {
    const t = k * cycleS
    observer.position = velocity * t + 0.5 * acceleration * t * t
    observer.update()
  }
  return observer.velocity - (velocity + acceleration * cycles * cycleS)
}

test('counts are carried on where the counter wraps, both ways', () => {
  const encoder = new EncoderPosition(0.5, 2 ** 16)
  encoder.counts = 65_530
  encoder.settle()
  const positions = [4, 20, 65_534, 65_000].map((counts) => {
    encoder.counts = counts
    encoder.update()
    return encoder.position
  })
  expect(positions).toEqual([65_540, 65_556, 65_534, 65_000].map((counts) => counts * 0.5))
  const endless = new EncoderPosition(1)
  endless.counts = -1e12
  endless.update()
  expect(endless.position).toBe(-1e12)
})

test('the differentiator settles on a ramp as its closed form says, and lags by its filter and half a cycle', () => {
  const filterS = 0.004
  const observer = new VelocityDifferentiator(cycleS, filterS)
  expect(errorAfter(observer, 7, 3, 0)).toBeCloseTo(-3 * (filterS / (filterS + cycleS)) ** 7, 10)
  expect(errorAfter(observer, 500, 0, 20)).toBeCloseTo(-20 * (filterS + cycleS / 2), 9)
})

test('the tracking observer has no error at constant velocity and the known lag at constant acceleration', () => {
  for (const damping of [0.6, 1, 1.7]) {
    const gains = trackingGains(40, cycleS, damping)
    const observer = new TrackingObserver(cycleS, gains)
    expect(errorAfter(observer, 1000, 3, 0)).toBeCloseTo(0, 9)
    const lag = 20 * cycleS * (gains.alpha / gains.beta - 0.5)
    expect(errorAfter(observer, 1000, 3, 20)).toBeCloseTo(-lag, 9)
  }
})

test('the tracking observer rings with the frequency and damping that it was given', () => {
  const damping = 0.3
  const w = 2 * Math.PI * 25
  const observer = new TrackingObserver(cycleS, trackingGains(25, cycleS, damping))
  // all errors are multiples of e^(s t): three of them tell sum and product of the poles
  observer.settle()
  observer.position = 1
  const errors: number[] = []
  for (let k = 0; k < 40; k++) {
    observer.update()
    errors.push(observer.position - observer.smoothPosition)
  }
  const decay = Math.exp(-damping * w * cycleS)
  const angle = w * Math.sqrt(1 - damping * damping) * cycleS
  for (let k = 2; k < errors.length; k++) {
    const [before2 = NaN, before1 = NaN, now = NaN] = errors.slice(k - 2, k + 1)
    expect(now).toBeCloseTo(2 * decay * Math.cos(angle) * before1 - decay * decay * before2, 10)
  }
})

test('the disturbance observer lags neither at constant velocity nor at constant acceleration', () => {
  const observer = new DisturbanceObserver(cycleS, 0.01, disturbanceGains(30, cycleS))
  expect(errorAfter(observer, 1000, 3, 0)).toBeCloseTo(0, 8)
  expect(errorAfter(observer, 1000, 3, 20)).toBeCloseTo(0, 8)
  // the acceleration was not explained by the torque: it is the disturbance
  expect(observer.disturbance).toBeCloseTo(0.01 * 20, 8)
})

test('a torque that is known needs no error to be followed, one that is not appears as disturbance along the placed poles', () => {
  const inertia = 0.01
  const observer = new DisturbanceObserver(cycleS, inertia, disturbanceGains(20, cycleS))
  let position = 0
  let velocity = 0
  const missing: number[] = []
  for (let k = 0; k < 400; k++) {
    const load = k < 50 ? 0 : -0.3
    observer.torque = Math.sin(k * 0.1)
    const acceleration = (observer.torque + load) / inertia
    position += (velocity + 0.5 * acceleration * cycleS) * cycleS
    velocity += acceleration * cycleS
    observer.position = position
    observer.update()
    if (k < 50) expect(observer.velocity).toBeCloseTo(velocity, 10)
    else missing.push(load - observer.disturbance)
  }
  expect(observer.disturbance).toBeCloseTo(-0.3, 8)
  const pole = Math.exp(-2 * Math.PI * 20 * cycleS)
  for (let k = 3; k < 100; k++) {
    const [e0 = NaN, e1 = NaN, e2 = NaN, e3 = NaN] = missing.slice(k - 3, k + 1)
    expect(e3).toBeCloseTo(3 * pole * e2 - 3 * pole * pole * e1 + pole ** 3 * e0, 10)
  }
})

test("the tracking observer's Kalman gains solve the Riccati equation of random accelerations", () => {
  const accelerationNoise = 50
  const positionNoise = 1e-4
  const gains = kalmanTrackingGains(positionNoise, accelerationNoise, cycleS)
  const q = accelerationNoise ** 2
  const r = positionNoise ** 2
  let [pp, pv, vv] = [1, 0, 1]
  let [alpha, beta] = [0, 0]
  for (let n = 0; n < 5000; n++) {
    const fpp = pp + 2 * cycleS * pv + cycleS ** 2 * vv + (q * cycleS ** 4) / 4
    const fpv = pv + cycleS * vv + (q * cycleS ** 3) / 2
    const fvv = vv + q * cycleS ** 2
    alpha = fpp / (fpp + r)
    beta = (fpv / (fpp + r)) * cycleS
    pp = (1 - alpha) * fpp
    pv = (1 - alpha) * fpv
    vv = fvv - (beta / cycleS) * fpv
  }
  expect(gains.alpha).toBeCloseTo(alpha, 10)
  expect(gains.beta).toBeCloseTo(beta, 10)
})

test("the disturbance observer's Kalman gains satisfy the equation of their spectrum", () => {
  const noise = { positionNoise: 1e-5, accelerationChange: 2, cycleS }
  const { alpha, beta, gamma } = kalmanDisturbanceGains(noise)
  const index = (2 * cycleS * cycleS) / 1e-5
  // On the unit circle 1 + index^2 |G|^2 = s |p(z)|^2 / |z - 1|^6: G = (z + 1) / 2 / (z - 1)^3 from the noise to the position,
  // p the characteristic polynomial of the observer, s the prediction's variance to the measurement's, 1 / (1 - alpha).
  for (const w of [0.02, 0.1, 0.5, 1.5, 3]) {
    const away = (2 - 2 * Math.cos(w)) ** 3
    const plant = (index * index * (2 + 2 * Math.cos(w))) / 4 / away
    // (z - 1)^3 + alpha z (z - 1)^2 + beta z (z - 1) + gamma z (z + 1) / 2
    const [c3, c2, c1, c0] = [
      1,
      alpha + beta + gamma / 2 - 3,
      3 - 2 * alpha - beta + gamma / 2,
      alpha - 1,
    ]
    const at = (wave: (x: number) => number): number =>
      [c0, c1, c2, c3].reduce((sum, c, n) => sum + c * wave(n * w), 0)
    const poles = at(Math.cos) ** 2 + at(Math.sin) ** 2
    expect(poles / away / (1 - alpha) / (1 + plant)).toBeCloseTo(1, 6)
  }
})

/** Standard deviation of the velocity error on a slow sine seen through an encoder. */
function noiseOf(observer: VelocityObserver, unitPerCount: number): number {
  let sum = 0
  let count = 0
  for (let k = 0; k < 4000; k++) {
    const t = k * cycleS
    observer.position = Math.floor(Math.sin(2 * t) / unitPerCount) * unitPerCount
    observer.update()
    if (k < 1000) continue
    sum += (observer.velocity - 2 * Math.cos(2 * t)) ** 2
    count++
  }
  return Math.sqrt(sum / count)
}

test('through a coarse encoder each better informed observer is quieter', () => {
  const unitPerCount = 0.001
  const raw = noiseOf(new VelocityDifferentiator(cycleS), unitPerCount)
  const smoothed = noiseOf(new VelocityDifferentiator(cycleS, 0.005), unitPerCount)
  const gains = kalmanTrackingGains(unitPerCount / Math.sqrt(12), 4, cycleS)
  const best = noiseOf(new TrackingObserver(cycleS, gains), unitPerCount)
  expect(smoothed).toBeLessThan(0.3 * raw)
  expect(best).toBeLessThan(0.8 * smoothed)
})

test('parameters that make no observer are refused', () => {
  expect(() => new EncoderPosition(0)).toThrow('DP_LOOP_PARAMETER: unitPerCount')
  expect(() => new VelocityDifferentiator(cycleS, -1)).toThrow('DP_LOOP_PARAMETER: filterS')
  expect(() => trackingGains(0, cycleS)).toThrow('DP_LOOP_PARAMETER: frequencyHz')
  expect(() => kalmanTrackingGains(0, 1, cycleS)).toThrow('DP_LOOP_PARAMETER: positionNoise')
  const gains = disturbanceGains(30, cycleS)
  expect(() => new DisturbanceObserver(cycleS, 0, gains)).toThrow('DP_LOOP_PARAMETER: inertia')
})
