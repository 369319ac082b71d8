import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { motionResult } from '../../axis/motion.ts'
import { MotionState } from '../../trajectory/motion-state.ts'
import { describeHomingFailure, homingFailure } from './homing-failure.ts'
import type { HomingOptions } from './homing-options.ts'
import { cycleS, ride, type Rig } from './homing-bench.ts'
import { Homing } from './homing.ts'

const motion = {
  direction: -1,
  searchVelocity: 50,
  acceleration: 500,
  jerk: 10_000,
  distance: 400,
  timeoutS: 30,
  position: 0,
} as const
const slow = { latchVelocity: 2, indexDistance: 12 } as const
/** A switch is seen once a cycle, and the middle of the cycle is taken. */
const accuracy = (slow.latchVelocity * cycleS) / 2 + 1e-9

const limit: HomingOptions = { ...motion, ...slow, method: 'limitSwitch' }
const home: HomingOptions = { ...motion, ...slow, method: 'homeSwitch' }
const block: HomingOptions = {
  ...motion,
  method: 'block',
  direction: 1,
  searchVelocity: 5,
  distance: 60,
  torque: 30,
  blockS: 0.1,
  backOff: 3,
}

function failureOf(options: HomingOptions, rig: Rig): number {
  const homing = new Homing(cycleS, options)
  const { result } = ride(homing, rig)
  expect(result).toBe(motionResult.failed)
  expect(homing.armsLatch).toBe(false)
  expect(homing.limitsTorque).toBe(false)
  return homing.failure
}

describe('limit switch', () => {
  test('the reference is the edge at which it opens, whatever is searched fast', () => {
    const homing = new Homing(cycleS, { ...limit, position: -10, finalPosition: 5 })
    const { result, setpoint } = ride(homing, { at: 80, negativeLimit: -100.3 })
    expect(result).toBe(motionResult.done)
    expect(Math.abs(homing.found - (-10 + 100.3))).toBeLessThan(accuracy)
    expect(setpoint.position + homing.found).toBeCloseTo(5, 9)
    expect(setpoint.velocity).toBe(0)
    expect(setpoint.acceleration).toBe(0)
  })

  test('on the switch already, it moves off it first', () => {
    const homing = new Homing(cycleS, limit)
    const { result, seconds } = ride(homing, { at: -160, negativeLimit: -100 })
    expect(result).toBe(motionResult.done)
    expect(Math.abs(homing.found - 100)).toBeLessThan(accuracy)
    // 60 fast ones, and not at latch velocity
    expect(seconds).toBeLessThan(5)
  })

  test('upward it is the mirror image', () => {
    const homing = new Homing(cycleS, { ...limit, direction: 1 })
    expect(ride(homing, { at: 80, positiveLimit: 100.3 }).result).toBe(motionResult.done)
    expect(Math.abs(homing.found + 100.3)).toBeLessThan(accuracy)
  })

  test('with the index pulse, the next one off the switch is the reference, exactly', () => {
    const homing = new Homing(cycleS, { ...limit, toIndex: true })
    const rig: Rig = { at: 80, negativeLimit: -100, index: { first: 3.123, every: 10 } }
    expect(ride(homing, rig).result).toBe(motionResult.done)
    expect(homing.found).toBeCloseTo(96.877, 9)
    expect(Math.abs(homing.edgeToIndex - (100 - 96.877))).toBeLessThan(accuracy)
  })

  test('failures: not there, never left, no pulse', () => {
    expect(failureOf(limit, { at: 0 })).toBe(homingFailure.switchNotFound)
    expect(failureOf(limit, { at: 0, negativeLimit: 1e6 })).toBe(homingFailure.switchNotLeft)
    expect(failureOf({ ...limit, toIndex: true }, { at: 0, negativeLimit: -10 })).toBe(
      homingFailure.indexNotFound,
    )
  })

  test('the other limit switch coming on means that they are exchanged', () => {
    const homing = new Homing(cycleS, limit)
    const setpoint = new MotionState()
    homing.begin(setpoint)
    for (let n = 0; n < 50; n++) expect(homing.step(setpoint)).toBe(motionResult.running)
    homing.signals.positiveLimit = true
    expect(homing.step(setpoint)).toBe(motionResult.failed)
    expect(homing.failure).toBe(homingFailure.wrongSwitch)
  })

  test('time over', () => {
    expect(failureOf({ ...limit, timeoutS: 0.5 }, { at: 80, negativeLimit: -100 })).toBe(
      homingFailure.timeout,
    )
  })
})

describe('home switch', () => {
  const rig: Rig = { negativeLimit: -100, positiveLimit: 100, home: [-20, -5] }

  test('the same edge whichever side the axis begins at', () => {
    for (const at of [80, -2, -5, -12, -20, -22, -90, -99.9]) {
      const homing = new Homing(cycleS, home)
      expect(ride(homing, { ...rig, at }).result).toBe(motionResult.done)
      // moving down, off the switch against the direction: its upper edge
      expect(Math.abs(homing.found - 5)).toBeLessThan(accuracy)
    }
  })

  test('met by no search and no return it is not found', () => {
    expect(failureOf(home, { negativeLimit: -100, positiveLimit: 100 })).toBe(
      homingFailure.switchNotFound,
    )
    expect(failureOf(home, {})).toBe(homingFailure.switchNotFound)
  })

  test('with the index pulse', () => {
    const homing = new Homing(cycleS, { ...home, toIndex: true })
    const index = { first: 0.5, every: 10 }
    expect(ride(homing, { ...rig, at: 50, index }).result).toBe(motionResult.done)
    expect(homing.found).toBeCloseTo(-0.5, 9)
  })
})

describe('index pulse alone', () => {
  const options: HomingOptions = { ...motion, ...slow, method: 'index' }

  test('the next one in the direction', () => {
    const homing = new Homing(cycleS, { ...options, position: 7 })
    const ended = ride(homing, { at: 4, index: { first: 0.25, every: 10 } })
    expect(ended.result).toBe(motionResult.done)
    expect(homing.found).toBeCloseTo(7 - 0.25, 9)
    expect(homing.edgeToIndex).toBe(0)
  })

  test('none, or nobody who catches it', () => {
    expect(failureOf(options, { at: 4 })).toBe(homingFailure.indexNotFound)
    const homing = new Homing(cycleS, options)
    const setpoint = new MotionState()
    homing.begin(setpoint)
    expect(homing.armsLatch).toBe(true)
    homing.signals.latchRefused = true
    expect(homing.step(setpoint)).toBe(motionResult.failed)
    expect(homing.failure).toBe(homingFailure.latchRefused)
  })
})

describe('block', () => {
  test('where it stands under torque is the reference; then it moves off', () => {
    const homing = new Homing(cycleS, { ...block, position: 200 })
    const { result, setpoint } = ride(homing, { at: 0, block: 41.5 })
    expect(result).toBe(motionResult.done)
    expect(homing.found).toBeCloseTo(200 - 41.5, 9)
    expect(setpoint.position).toBeCloseTo(41.5 - 3, 9)
    expect(homing.limitsTorque).toBe(false)
  })

  test('torque is limited from the beginning until the axis is off the block', () => {
    const homing = new Homing(cycleS, block)
    const setpoint = new MotionState()
    homing.begin(setpoint)
    expect(homing.limitsTorque).toBe(true)
    expect(homing.torqueLimit).toBeCloseTo(33, 9)
  })

  test('the torque of setting off is not the block', () => {
    const homing = new Homing(cycleS, { ...block, acceleration: 10, blockS: 0.05 })
    const setpoint = new MotionState()
    homing.begin(setpoint)
    homing.signals.torque = 50
    // half a second to its velocity
    for (let n = 0; n < 450; n++) expect(homing.step(setpoint)).toBe(motionResult.running)
    expect(setpoint.velocity).toBeGreaterThan(4)
  })

  test('torque without standstill is friction, standstill without torque a slip: neither is the block', () => {
    expect(failureOf(block, { at: 0 })).toBe(homingFailure.blockNotFound)
    const homing = new Homing(cycleS, block)
    const setpoint = new MotionState()
    homing.begin(setpoint)
    homing.signals.torque = 50
    homing.signals.actualVelocity = 5
    let result = homing.step(setpoint)
    while (result === motionResult.running) result = homing.step(setpoint)
    expect(homing.failure).toBe(homingFailure.blockNotFound)
  })
})

describe('absolute encoder', () => {
  const options: HomingOptions = { method: 'absolute', offset: -123.5 }

  test('takes its offset without moving', () => {
    const homing = new Homing(cycleS, options)
    homing.signals.absolute = true
    const { result, seconds, velocity } = ride(homing, { at: 12 })
    expect(result).toBe(motionResult.done)
    expect(homing.found).toBe(-123.5)
    expect(seconds).toBe(cycleS)
    expect(velocity).toBe(0)
  })

  test('an encoder that has lost count is not homed', () => {
    expect(failureOf(options, {})).toBe(homingFailure.notAbsolute)
  })
})

describe('every sequence', () => {
  test('from anywhere it finds its reference or fails, within its limits and its time', () => {
    const world = fc.record({
      at: fc.double({ min: -99, max: 99, noNaN: true }),
      home: fc.double({ min: -80, max: 80, noNaN: true }),
      cam: fc.double({ min: 0.5, max: 15, noNaN: true }),
      first: fc.double({ min: 0, max: 10, noNaN: true }),
      direction: fc.constantFrom(1 as const, -1 as const),
      method: fc.constantFrom('limitSwitch' as const, 'homeSwitch' as const, 'index' as const),
      toIndex: fc.boolean(),
      searchVelocity: fc.double({ min: 5, max: 100, noNaN: true }),
      acceleration: fc.double({ min: 300, max: 5000, noNaN: true }),
      jerk: fc.double({ min: 1e4, max: 1e6, noNaN: true }),
      withSwitches: fc.boolean(),
    })
    fc.assert(
      fc.property(world, (w) => {
        const homing = new Homing(cycleS, {
          ...motion,
          ...slow,
          latchVelocity: 5,
          method: w.method,
          toIndex: w.toIndex,
          direction: w.direction,
          searchVelocity: w.searchVelocity,
          acceleration: w.acceleration,
          jerk: w.jerk,
        })
        const switches: Rig = w.withSwitches ? { home: [w.home, w.home + w.cam] } : {}
        const rig: Rig = {
          ...switches,
          at: w.at,
          negativeLimit: -100,
          positiveLimit: 100,
          index: { first: w.first, every: 10 },
        }
        const ended = ride(homing, rig, 200)
        expect(ended.result).not.toBe(motionResult.running)
        expect(ended.seconds).toBeLessThanOrEqual(motion.timeoutS + 2 * cycleS)
        const fastest = Math.max(w.searchVelocity, 5)
        expect(ended.velocity).toBeLessThanOrEqual(fastest * (1 + 1e-6))
        expect(ended.acceleration).toBeLessThanOrEqual(w.acceleration * (1 + 1e-6))
        expect(ended.jerk).toBeLessThanOrEqual(w.jerk * (1 + 1e-6))
        if (ended.result === motionResult.failed) {
          expect(describeHomingFailure(homing.failure)).not.toMatch(/unknown|no failure/)
          return
        }
        expect(ended.setpoint.velocity).toBe(0)
        const reference = -homing.found
        if (w.method === 'index' || w.toIndex) {
          const turns = (reference - w.first) / 10
          expect(Math.abs(turns - Math.round(turns))).toBeLessThan(1e-9)
          return
        }
        const edge =
          w.method === 'limitSwitch' ? w.direction * 100 : w.direction > 0 ? w.home : w.home + w.cam
        expect(Math.abs(reference - edge)).toBeLessThan((5 * cycleS) / 2 + 1e-9)
      }),
      { numRuns: 40 },
    )
  })

  test('positions renumbered on the way change what is found, not where the axis goes', () => {
    const plain = new Homing(cycleS, limit)
    ride(plain, { at: 0, negativeLimit: -10 })
    const homing = new Homing(cycleS, limit)
    const setpoint = new MotionState()
    homing.begin(setpoint)
    let offset = 0
    let result = homing.step(setpoint)
    for (let n = 0; result === motionResult.running; n++) {
      if (n === 300) {
        offset = 1000
        setpoint.position += offset
        homing.shift(offset)
      }
      homing.signals.negativeLimit = setpoint.position - offset <= -10
      homing.signals.actualPosition = setpoint.position
      result = homing.step(setpoint)
    }
    expect(result).toBe(motionResult.done)
    expect(homing.found + offset).toBeCloseTo(plain.found, 2)
  })

  test('options that make no sense are refused by name', () => {
    const still = { ...limit, ...(JSON.parse('{ "direction": 0 }') as object) }
    expect(() => new Homing(cycleS, still)).toThrow(/DP_HOMING_OPTIONS: direction/)
    expect(() => new Homing(cycleS, { ...limit, searchVelocity: 0 })).toThrow(
      /DP_HOMING_OPTIONS.*searchVelocity/,
    )
    expect(() => new Homing(cycleS, { ...motion, latchVelocity: 1, method: 'index' })).toThrow(
      /indexDistance/,
    )
  })
})
