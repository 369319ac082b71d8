import { describe, expect, test } from 'vitest'
import { Brake } from './brake.ts'
import { backlashTable } from './compensation/compensation-table.ts'
import { Compensation } from './compensation/compensation.ts'
import { FollowingErrorSupervision } from './following-error.ts'
import { GantryPair } from './gantry/gantry-pair.ts'

const cycleS = 0.001
const times = { releaseS: 0.05, engageS: 0.03 }
const rates = { velocity: 5, acceleration: 500, jerk: 100_000 }
const skew = { window: 0.5 }
const correction = { gain: 0.5, integralPerS: 1, limit: 0.1, rate: 1 }
const table = backlashTable(0.01)

describe('an option that would make a part of the mechanics unsafe is refused by its name', () => {
  // a brake that counts as open at once, a drive that lets go before it is closed
  test.each([
    ['cycleS', () => new Brake(0, times)],
    ['releaseS', () => new Brake(cycleS, { ...times, releaseS: Number.NaN })],
    ['engageS', () => new Brake(cycleS, { ...times, engageS: -0.03 })],
    ['preloadS', () => new Brake(cycleS, { ...times, preloadS: Infinity })],
    ['sagMax', () => new Brake(cycleS, { ...times, sagMax: Number.NaN })],
  ])('of a brake: %s', (at, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'DP_MECHANICS_OPTION', at }))
  })

  test.each([
    ['cycleS', () => new FollowingErrorSupervision(0, skew)],
    ['window', () => new FollowingErrorSupervision(cycleS, { window: -1 })],
    [
      'windowPerVelocityS',
      () => new FollowingErrorSupervision(cycleS, { ...skew, windowPerVelocityS: Number.NaN }),
    ],
    ['lagS', () => new FollowingErrorSupervision(cycleS, { ...skew, lagS: Infinity })],
    ['filterS', () => new FollowingErrorSupervision(cycleS, { ...skew, filterS: Number.NaN })],
  ])('of the following error: %s', (at, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'DP_MECHANICS_OPTION', at }))
  })

  // what is missing after a reversal would never be made up for
  test.each([
    ['cycleS', () => new Compensation(Number.NaN, table, rates)],
    ['velocity', () => new Compensation(cycleS, table, { ...rates, velocity: 0 })],
    ['acceleration', () => new Compensation(cycleS, table, { ...rates, acceleration: -1 })],
    ['jerk', () => new Compensation(cycleS, table, { ...rates, jerk: Infinity })],
    ['hysteresis', () => new Compensation(cycleS, table, { ...rates, hysteresis: -1e-3 })],
  ])('of a compensation: %s', (at, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'DP_MECHANICS_OPTION', at }))
  })

  test.each([
    ['cycleS', () => new GantryPair(0, { skew, alignment: rates })],
    ['alignment.jerk', () => new GantryPair(cycleS, { skew, alignment: { ...rates, jerk: 0 } })],
    ['window', () => new GantryPair(cycleS, { skew: { window: Number.NaN }, alignment: rates })],
    [
      'correction.limit',
      () =>
        new GantryPair(cycleS, {
          skew,
          alignment: rates,
          correction: { ...correction, limit: Number.NaN },
        }),
    ],
    [
      'correction.rate',
      () =>
        new GantryPair(cycleS, { skew, alignment: rates, correction: { ...correction, rate: -1 } }),
    ],
  ])('of a gantry pair: %s', (at, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'DP_MECHANICS_OPTION', at }))
  })
})

describe('a feedback that is no number for one cycle', () => {
  test('trips the pair, and the following side is told to go nowhere', () => {
    const pair = new GantryPair(cycleS, { skew, alignment: rates, correction })
    pair.couple()
    pair.leadActual = Number.NaN
    pair.update()
    expect(pair.tripped).toBe(true)
    expect(pair.followSetpoint).toBe(0)
    pair.leadActual = 0
    pair.update()
    expect(pair.followSetpoint).toBe(0)
  })

  test('leaves the compensation as it was', () => {
    const compensation = new Compensation(cycleS, backlashTable(0.01), rates)
    compensation.enabled = true
    compensation.position = 0.5
    compensation.jump()
    const { error } = compensation
    compensation.position = Number.NaN
    compensation.update()
    expect(compensation.error).toBe(error)
    compensation.position = 0.5
    compensation.update()
    expect(compensation.error).toBe(error)
  })
})
