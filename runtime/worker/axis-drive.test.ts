import { expect, test } from 'vitest'
import type { DriveImage } from '../../cards/card.ts'
import { driveControl, driveReady, driveStatus } from '../../cards/sercos3/drive-words.ts'
import { axisError } from '../../control/axis/axis-error.ts'
import { axisState } from '../../control/axis/axis-state.ts'
import { extract, place } from '../../uio/bit-field.ts'
import type { AxisFile } from '../machine-file/schema.ts'
import { AxisDrive } from './axis-drive.ts'

/** A drive that does what it is told, in the increments and the 32 bits of its telegrams. */
class ObedientDrive implements DriveImage {
  readonly name = 'drive'
  live = true
  /** It stays in this mode whatever is asked for. */
  stuckMode: number | undefined
  raw: number
  #control = 0

  constructor(raw: number) {
    this.raw = raw
  }

  has(): boolean {
    return false
  }

  readStatus(): number {
    const mode = this.stuckMode ?? extract(this.#control, driveControl.mode)
    const ready = this.#control === 0 ? driveReady.ab : driveReady.af
    return place(ready, driveStatus.ready) | place(mode, driveStatus.mode)
  }

  readPosition(): number {
    return this.raw
  }

  readVelocity(): number {
    return 0
  }

  readTorque(): number {
    return 0
  }

  readFollowingDistance(): number {
    return 0
  }

  readHomed(): number {
    return 0
  }

  readProbe(): number {
    return 0
  }

  readProbeLatched(): number {
    return 0
  }

  writeControl(word: number): void {
    this.#control = word
  }

  writePosition(increments: number): void {
    if (increments !== (increments | 0)) throw new RangeError(`${increments} is no 32-bit number`)
    this.raw = increments
  }

  writeVelocity(): void {}

  writeTorque(): void {}

  writeTorqueLimit(): void {}
}

const range = 100_000
const file: AxisFile = {
  name: 'c',
  device: 'drive',
  unit: 'deg',
  scaling: 'file',
  incrementsPerUnit: 10_000,
  velocityIncrementsPerUnit: 1000,
  limits: {
    positionMin: -range,
    positionMax: range,
    velocity: 10_000,
    acceleration: 100_000,
    jerk: 10_000_000,
    followingError: 100,
  },
  safe: 'quickStop',
  commands: [],
}

/** An axis under power beside its drive, whose encoder stands at `raw`. */
function powered(raw: number): { axis: AxisDrive; drive: ObedientDrive; cycle: () => void } {
  const drive = new ObedientDrive(raw)
  const axis = new AxisDrive(file, 0, drive, 0.001)
  const cycle = (): void => {
    axis.readFeedback()
    axis.advance()
    while (axis.motion.settlements.take());
  }
  cycle()
  axis.motion.power(1, true)
  for (let k = 0; k < 10; k++) cycle()
  expect(axis.motion.state).toBe(axisState.standstill)
  return { axis, drive, cycle }
}

test.each([
  ['forward', 0x7fffff00, 1],
  ['backward', -0x7fffff00, -1],
])('an axis passes the wrap of its encoder %s', (_, raw, direction) => {
  const { axis, drive, cycle } = powered(raw)
  axis.motion.home(2, 0)
  cycle()
  expect(axis.motion.homed).toBe(true)
  axis.motion.moveAbsolute(3, direction * 5000)
  for (let k = 0; k < 3000 && axis.motion.state !== axisState.errorStop; k++) {
    cycle()
    expect(Math.abs(axis.motion.followingError)).toBeLessThan(20)
  }
  expect(axis.motion.state).toBe(axisState.standstill)
  expect(axis.motion.actualPosition).toBeCloseTo(direction * 5000, 3)
  expect(drive.raw).toBe((raw + direction * 5000 * 10_000) | 0)
})

test('an endless axis may turn through several times 2^32 increments', () => {
  const { axis, drive, cycle } = powered(0)
  // homed anew at each stop: its range in increments is a quarter of the encoder's
  for (let turn = 0; turn < 8; turn++) {
    axis.motion.home(2, -range)
    cycle()
    axis.motion.moveAbsolute(3, range)
    for (let k = 0; k < 25_000 && (k === 0 || !axis.motion.atRest); k++) cycle()
    cycle()
    expect(axis.motion.state).toBe(axisState.standstill)
    expect(axis.motion.actualPosition).toBeCloseTo(range, 3)
  }
  expect(drive.raw).toBe(((8 * 2 * range * 10_000) % 2 ** 32) | 0)
})

test('a drive that stays in another operation mode loses its power and the axis fails', () => {
  const { axis, drive, cycle } = powered(0)
  drive.stuckMode = 1
  for (let k = 0; k < 100; k++) cycle()
  expect(axis.motion.state).toBe(axisState.standstill)
  cycle()
  expect(axis.motion.error).toBe(axisError.operationMode)
  expect(axis.motion.powerRequested).toBe(false)
  drive.stuckMode = undefined
  axis.motion.reset(4)
  cycle()
  axis.motion.power(5, true)
  for (let k = 0; k < 300; k++) cycle()
  expect(axis.motion.state).toBe(axisState.standstill)
})

test('a drive that takes some cycles to follow a change of mode is left in peace', () => {
  const { axis, drive, cycle } = powered(0)
  for (let change = 0; change < 10; change++) {
    drive.stuckMode = 1
    for (let k = 0; k < 90; k++) cycle()
    drive.stuckMode = undefined
    cycle()
  }
  expect(axis.motion.error).toBe(axisError.none)
})
