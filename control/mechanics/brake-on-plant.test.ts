import { describe, expect, test } from 'vitest'
import { ServoPlant } from '../plants/servo.ts'
import { Brake } from './brake.ts'

const cycleS = 0.001
const inertiaKgM2 = 2e-3
const loadNm = 2
/** What the brake really takes; its options know a little more. */
const opensS = 0.04
const closesS = 0.025

/** A vertical axis: the load pulls, the drive holds with power, the brake holds while it has had no voltage for long enough. */
class VerticalAxis {
  readonly plant = new ServoPlant({
    inertiaKgM2,
    friction: { viscousNmSPerRad: 0, coulombNm: 0 },
    peakTorqueNm: 10,
    countsPerTurn: 2 ** 20,
    stepS: 1e-4,
  })
  /** The drive is in operation, some cycles after it was given power, and without delay when power is taken. */
  torqueOn = false
  #poweredCycles = 0
  #opening = 0
  #integral = 0

  step(power: boolean, voltage: boolean, holdRad: number): void {
    const { plant } = this
    this.#poweredCycles = power ? this.#poweredCycles + 1 : 0
    this.torqueOn = this.#poweredCycles > 20
    const change = voltage ? cycleS / opensS : -cycleS / closesS
    this.#opening = Math.max(0, Math.min(1, this.#opening + change))
    const clamped = voltage ? this.#opening < 1 : this.#opening === 0
    if (!this.torqueOn) this.#integral = 0
    if (clamped) {
      plant.reset(plant.angleRad)
      return
    }
    plant.dtS = cycleS / 10
    for (let step = 0; step < 10; step++) {
      const wanted = 60 * (holdRad - plant.angleRad)
      const proportional = 0.8 * (wanted - plant.speedRadPerS)
      if (this.torqueOn) this.#integral += (proportional * plant.dtS) / 0.01
      plant.commandNm = this.torqueOn ? proportional + this.#integral : 0
      plant.disturbanceNm = -loadNm
      plant.advance()
    }
  }
}

describe('vertical load', () => {
  test('on and off again it sags by what the drive takes to find the load, and never falls', () => {
    const axis = new VerticalAxis()
    const brake = new Brake(cycleS, { releaseS: 0.05, engageS: 0.03, sagMax: 0.1 })
    let lowest = 0
    for (let cycle = 0; cycle < 3000; cycle++) {
      brake.powerRequested = cycle % 1000 < 600
      brake.torqueOn = axis.torqueOn
      brake.actualPosition = axis.plant.angleRad
      brake.setpoint = brake.holdPosition
      brake.update()
      axis.step(brake.drivePower, brake.open, brake.holdPosition)
      lowest = Math.min(lowest, axis.plant.angleRad)
    }
    expect(brake.failure).toBe(0)
    // a drive that has to find 2 N m by itself: some hundredths of a rad
    expect(lowest).toBeGreaterThan(-0.05)
    expect(lowest).toBeLessThan(0)
  })

  test('power and voltage taken together, as without brake logic, it falls by T t^2 / 2 J until the brake has closed', () => {
    const axis = new VerticalAxis()
    for (let cycle = 0; cycle < 500; cycle++) axis.step(true, cycle > 100, 0)
    const before = axis.plant.angleRad
    for (let cycle = 0; cycle < 100; cycle++) axis.step(false, false, 0)
    // closed in its 25th cycle: 24 of falling
    const fall = (loadNm / inertiaKgM2 / 2) * (closesS - cycleS) ** 2
    expect(before - axis.plant.angleRad).toBeCloseTo(fall, 3)
  })
})
