import { expect, test } from 'vitest'
import { FrictionCompensation } from './friction-compensation.ts'

const friction = new FrictionCompensation({
  viscous: 0.1,
  coulomb: 2,
  breakaway: 3.5,
  stribeckVelocity: 0.5,
  smoothingVelocity: 0.01,
})

function torqueAt(velocity: number): number {
  friction.velocity = velocity
  friction.update()
  return friction.torque
}

test('beyond the smoothing velocity the torque is that of the Stribeck curve, within 0.017 of its surplus', () => {
  for (let velocity = 0.01; velocity < 10; velocity *= 1.1) {
    const exact = 2 + 1.5 * Math.exp(-((velocity / 0.5) ** 2)) + 0.1 * velocity
    expect(Math.abs(torqueAt(velocity) - exact)).toBeLessThan(0.017 * 1.5)
    expect(torqueAt(-velocity)).toBe(-torqueAt(velocity))
  }
})

test('at rest there is none, and it rises in proportion: no jump where the setpoint turns round', () => {
  expect(torqueAt(0)).toBe(0)
  expect(torqueAt(0.005)).toBeCloseTo(0.5 * 3.5, 2)
})

test('at any velocity the torque is finite', () => {
  for (const velocity of [1e150, 1e-300, 5e-324])
    expect(Number.isFinite(torqueAt(velocity))).toBe(true)
})
