import { describe, expect, test } from 'vitest'
import { axisError } from '../../axis/axis-error.ts'
import { AxisMotion } from '../../axis/axis-motion.ts'
import { axisState } from '../../axis/axis-state.ts'
import { commandEnd } from '../../axis/settlement-outbox.ts'
import { homingFailure } from './homing-failure.ts'
import type { HomingOptions } from './homing-options.ts'
import { Homing } from './homing.ts'

const cycleS = 0.001
const limits = {
  positionMin: -20,
  positionMax: 300,
  velocity: 100,
  acceleration: 1000,
  jerk: 20_000,
  followingError: 2,
}
const options: HomingOptions = {
  method: 'limitSwitch',
  direction: -1,
  searchVelocity: 50,
  latchVelocity: 2,
  acceleration: 500,
  jerk: 10_000,
  distance: 400,
  timeoutS: 30,
  position: -15,
  finalPosition: 0,
}

/** An axis whose drive shows 1000 where it begins, with its limit switch 150 below: beyond the software limits of before. */
class HomingAxis {
  readonly axis = new AxisMotion(cycleS, limits)
  readonly homing: Homing
  powered = true
  /** The drive moves no further than this, in its own coordinates. */
  block = Infinity
  fastest = 0
  #drive = 1000

  constructor(asked: HomingOptions) {
    this.homing = new Homing(cycleS, asked)
    this.axis.powerStep = 3
    this.axis.power(1, true)
    this.cycle()
    this.axis.homeBy(2, this.homing)
  }

  cycle(): void {
    const { axis, homing } = this
    const { signals } = homing
    axis.drivePosition = this.#drive
    signals.negativeLimit = this.#drive <= 850
    signals.torque = 20 * Math.abs(axis.setpoint - this.#drive)
    signals.actualPosition = this.#drive + axis.homeOffset
    signals.actualVelocity = this.block < axis.setpoint ? 0 : axis.velocity
    axis.update(this.powered)
    this.fastest = Math.max(this.fastest, Math.abs(axis.velocity))
    if (this.powered) this.#drive = Math.min(this.block, axis.setpoint)
  }

  /** Until the axis no longer homes. */
  run(): void {
    for (let n = 0; n < 60_000 && this.axis.state === axisState.homing; n++) this.cycle()
  }

  /** How the command with this id ended. */
  endOf(id: number): { end: number; error: number } | undefined {
    const { settlements } = this.axis
    while (settlements.take())
      if (settlements.id === id) return { end: settlements.end, error: settlements.error }
    return undefined
  }
}

describe('homing as a motion of an axis', () => {
  test('the axis ends at standstill, homed, in its new coordinates, without a jump of its setpoint', () => {
    const one = new HomingAxis(options)
    expect(one.axis.state).toBe(axisState.homing)
    one.run()
    expect(one.axis.state).toBe(axisState.standstill)
    expect(one.axis.homed).toBe(true)
    // the switch is at 850 for the drive and at -15 for the axis
    expect(Math.abs(850 + one.axis.homeOffset - -15)).toBeLessThan(0.002)
    expect(one.axis.position).toBeCloseTo(0, 9)
    expect(one.axis.setpoint).toBeCloseTo(-one.axis.homeOffset, 9)
    expect(one.fastest).toBeLessThanOrEqual(50 * (1 + 1e-9))
    expect(one.endOf(2)?.end).toBe(commandEnd.done)
  })

  test('a sequence that fails puts the axis into errorStop, by a ramp', () => {
    const one = new HomingAxis({ ...options, distance: 40 })
    one.run()
    expect(one.axis.state).toBe(axisState.errorStop)
    expect(one.axis.error).toBe(axisError.homing)
    expect(one.homing.failure).toBe(homingFailure.switchNotFound)
    expect(Math.abs(one.axis.velocity)).toBeGreaterThan(40)
    for (let n = 0; n < 300; n++) one.cycle()
    expect(one.axis.velocity).toBe(0)
    expect(one.axis.homed).toBe(false)
    expect(one.endOf(2)).toEqual({ end: commandEnd.error, error: axisError.homing })
  })

  test('a drive that fails or loses its power ends it', () => {
    const failing = new HomingAxis(options)
    for (let n = 0; n < 500; n++) failing.cycle()
    failing.axis.release(axisError.driveError)
    failing.cycle()
    expect(failing.axis.state).toBe(axisState.errorStop)
    expect(failing.endOf(2)?.error).toBe(axisError.driveError)

    const dark = new HomingAxis(options)
    for (let n = 0; n < 500; n++) dark.cycle()
    dark.powered = false
    dark.cycle()
    expect(dark.axis.state).toBe(axisState.errorStop)
    expect(dark.axis.error).toBe(axisError.powerLost)
    expect(dark.axis.homed).toBe(false)
  })

  test('the lag at a block is no following error; the same lag at a switch is one', () => {
    const block: HomingOptions = {
      method: 'block',
      direction: 1,
      searchVelocity: 20,
      acceleration: 500,
      jerk: 10_000,
      distance: 100,
      timeoutS: 20,
      position: 0,
      torque: 50,
      blockS: 0.2,
      backOff: 5,
    }
    const pressing = new HomingAxis(block)
    pressing.block = 1030
    pressing.run()
    expect(pressing.axis.state).toBe(axisState.standstill)
    expect(pressing.axis.position).toBeCloseTo(-5, 9)
    expect(pressing.axis.homeOffset).toBeCloseTo(-1030, 9)

    const stuck = new HomingAxis({ ...options, direction: 1 })
    stuck.block = 1030
    stuck.run()
    expect(stuck.axis.error).toBe(axisError.followingError)
  })
})
