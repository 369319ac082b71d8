import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { motionResult, type MotionResult } from '../../axis/motion.ts'
import { MotionState } from '../../trajectory/motion-state.ts'
import { homingFailure } from '../homing/homing-failure.ts'
import { GantryHoming, type GantryHomingOptions } from './gantry-homing.ts'
import { type GantryOptions, GantryPair } from './gantry-pair.ts'

const cycleS = 0.001

const pairOptions: GantryOptions = {
  skew: { window: 0.5, filterS: 0.01 },
  alignment: { velocity: 2, acceleration: 50, jerk: 2000 },
}
const homingOptions: GantryHomingOptions = {
  direction: -1,
  searchVelocity: 40,
  latchVelocity: 2,
  acceleration: 400,
  jerk: 10_000,
  distance: 300,
  timeoutS: 30,
  position: -5,
  switchOffset: 0,
  skewMax: 3,
}

/** A side behind a position loop of gain `kv`: its place lags by velocity / kv. Positions of the drive begin anywhere. */
class Side {
  /** In the machine, unit. */
  place: number
  /** Drive minus machine, unit. */
  readonly zero: number
  readonly #share: number

  constructor(place: number, zero: number, kv: number) {
    this.place = place
    this.zero = zero
    this.#share = -Math.expm1(-kv * cycleS)
  }

  get actual(): number {
    return this.place + this.zero
  }

  follow(setpoint: number): void {
    this.place += this.#share * (setpoint - this.actual)
  }
}

function sense(pair: GantryPair, lead: Side, follow: Side): void {
  pair.leadActual = lead.actual
  pair.followActual = follow.actual
}

type Beam = { result: MotionResult; racked: number; lead: Side; follow: Side; homing: GantryHoming }

/** Homes a pair whose switches sit at -100 and -100 + offset in the machine. `racked`: largest angle while it did. */
function home(
  options: GantryHomingOptions,
  sides: { at: number; skew: number; followSwitchAt?: number },
): Beam {
  const lead = new Side(sides.at, 1234.5, 1000)
  const follow = new Side(sides.at + sides.skew, -77, 1000)
  const pair = new GantryPair(cycleS, pairOptions)
  const homing = new GantryHoming(cycleS, pair, options)
  sense(pair, lead, follow)
  pair.couple()
  const setpoint = new MotionState()
  setpoint.set(lead.actual, 0, 0)
  const followSwitchAt = sides.followSwitchAt ?? -100 + options.switchOffset
  const look = (): void => {
    homing.leadSwitch = lead.place <= -100
    homing.followSwitch = follow.place <= followSwitchAt
  }
  look()
  homing.begin(setpoint)
  let result: MotionResult = motionResult.running
  let racked = 0
  for (let cycle = 0; result === motionResult.running && cycle < 60_000; cycle++) {
    result = homing.step(setpoint)
    pair.setpoint = setpoint.position
    pair.velocity = setpoint.velocity
    pair.update()
    lead.follow(setpoint.position)
    follow.follow(pair.followSetpoint)
    sense(pair, lead, follow)
    look()
    racked = Math.max(racked, Math.abs(follow.place - lead.place))
  }
  // the loops settle
  for (let cycle = 0; cycle < 100; cycle++) {
    pair.update()
    lead.follow(setpoint.position)
    follow.follow(pair.followSetpoint)
  }
  return { result, racked, lead, follow, homing }
}

describe('homing of a gantry', () => {
  test('both sides are homed, the beam is square, and it was never racked further than it was found', () => {
    for (const skew of [1.7, -2.3, 0]) {
      const { result, racked, lead, follow, homing } = home(homingOptions, { at: 50, skew })
      expect(result).toBe(motionResult.done)
      // a switch is seen once a cycle
      expect(Math.abs(follow.place - lead.place)).toBeLessThan(0.003)
      expect(Math.abs(homing.outOfSquare - skew)).toBeLessThan(0.003)
      expect(racked).toBeLessThanOrEqual(Math.abs(skew) + 0.003)
      // the switch is at -5 from now on, on both sides
      expect(Math.abs(-100 + lead.zero + homing.found - -5)).toBeLessThan(0.002)
      expect(Math.abs(-100 + follow.zero + homing.followFound - -5)).toBeLessThan(0.002)
    }
  })

  test('switches that are not mounted square are taken as they were measured', () => {
    const { result, lead, follow } = home(
      { ...homingOptions, switchOffset: 4.5 },
      { at: 50, skew: 1 },
    )
    expect(result).toBe(motionResult.done)
    expect(Math.abs(follow.place - lead.place)).toBeLessThan(0.003)
  })

  test('begun on one switch or on both, it moves off first', () => {
    for (const at of [-100.5, -130]) {
      const { result, lead, follow } = home(homingOptions, { at, skew: 1 })
      expect(result).toBe(motionResult.done)
      expect(Math.abs(follow.place - lead.place)).toBeLessThan(0.003)
    }
  })

  test('failures: no switch, only one of them, too far out of square, time over', () => {
    expect(home(homingOptions, { at: 250, skew: 0 }).homing.failure).toBe(
      homingFailure.switchNotFound,
    )
    const lost = home(homingOptions, { at: 0, skew: 0, followSwitchAt: -1e6 })
    expect(lost.result).toBe(motionResult.failed)
    expect(lost.homing.failure).toBe(homingFailure.skew)
    expect(lost.lead.place).toBeGreaterThan(-115)
    expect(home(homingOptions, { at: 0, skew: 3.5 }).homing.failure).toBe(homingFailure.skew)
    const soon = { ...homingOptions, timeoutS: 0.3 }
    expect(home(soon, { at: 50, skew: 0 }).homing.failure).toBe(homingFailure.timeout)
  })

  test('from anywhere it ends square, or fails and leaves the beam as it was', () => {
    const world = fc.record({
      at: fc.double({ min: -120, max: 150, noNaN: true }),
      skew: fc.double({ min: -4, max: 4, noNaN: true }),
    })
    fc.assert(
      fc.property(world, ({ at, skew }) => {
        const { result, racked, lead, follow } = home(homingOptions, { at, skew })
        expect(result).not.toBe(motionResult.running)
        expect(racked).toBeLessThanOrEqual(Math.abs(skew) + 0.003)
        const left = result === motionResult.done ? 0 : skew
        expect(Math.abs(follow.place - lead.place - left)).toBeLessThan(0.003)
      }),
      { numRuns: 20 },
    )
  })

  test('options that make no sense are refused by name', () => {
    const pair = new GantryPair(cycleS, pairOptions)
    expect(() => new GantryHoming(cycleS, pair, { ...homingOptions, skewMax: 0 })).toThrow(
      /DP_HOMING_OPTIONS.*skewMax/,
    )
    const still = { ...homingOptions, ...(JSON.parse('{ "direction": 0 }') as object) }
    expect(() => new GantryHoming(cycleS, pair, still)).toThrow(/DP_HOMING_OPTIONS: direction/)
  })
})

/** Both sides behind a ramp, until nothing changes any more; kv 50 and 40. */
function ramp(options: GantryOptions, velocity: number): GantryPair {
  const lead = new Side(0, 0, 50)
  const follow = new Side(0, 0, 40)
  const pair = new GantryPair(cycleS, options)
  pair.couple()
  for (let cycle = 0; cycle < 4000; cycle++) {
    pair.velocity = velocity
    pair.setpoint = velocity * cycle * cycleS
    sense(pair, lead, follow)
    pair.update()
    lead.follow(pair.setpoint)
    follow.follow(pair.followSetpoint)
  }
  return pair
}

describe('skew of a gantry', () => {
  const velocity = 20
  // each side lags by v / kv, in this sampled loop by v T / (1 - exp(-kv T)), less the cycle between
  const lag = (kv: number): number => (velocity * cycleS) / -Math.expm1(-kv * cycleS)
  const natural = lag(50) - lag(40)

  test('without a correction it is the difference of the lags, v (1/kv1 - 1/kv2)', () => {
    expect(ramp(pairOptions, velocity).skew).toBeCloseTo(natural, 9)
    expect(natural).toBeCloseTo(velocity * (1 / 50 - 1 / 40), 2)
  })

  test('a gain makes it smaller by 1 + gain, an integral takes it away', () => {
    const correction = { gain: 1, integralPerS: 0, limit: 1, rate: 10 }
    expect(ramp({ ...pairOptions, correction }, velocity).skew).toBeCloseTo(natural / 2, 9)
    const integral = { ...correction, integralPerS: 10 }
    const pair = ramp({ ...pairOptions, correction: integral }, velocity)
    expect(Math.abs(pair.skew)).toBeLessThan(1e-9)
    expect(pair.correction).toBeCloseTo(-natural, 9)
  })

  test('the correction stays within its limit and its rate', () => {
    const correction = { gain: 5, integralPerS: 10, limit: 0.03, rate: 2 }
    expect(ramp({ ...pairOptions, correction }, velocity).correction).toBeCloseTo(0.03, 12)
    const pair = new GantryPair(cycleS, { ...pairOptions, correction })
    pair.couple()
    pair.followActual = 0.4
    pair.update()
    expect(pair.correction).toBeCloseTo(-0.002, 12)
  })

  test('beyond its window for longer than the filter time it trips, until it is coupled anew', () => {
    const pair = new GantryPair(cycleS, pairOptions)
    pair.couple()
    pair.followActual = 0.6
    for (let cycle = 0; cycle < 10; cycle++) pair.update()
    expect(pair.tripped).toBe(false)
    pair.update()
    expect(pair.tripped).toBe(true)
    pair.couple()
    pair.update()
    expect(pair.tripped).toBe(false)
    expect(pair.offset).toBe(0.6)
  })

  test('coupled as it stands it moves neither side', () => {
    const pair = new GantryPair(cycleS, pairOptions)
    pair.leadActual = 10
    pair.followActual = 12.5
    pair.couple()
    pair.setpoint = 10
    pair.update()
    expect(pair.followSetpoint).toBe(12.5)
    expect(pair.skew).toBe(0)
  })
})
