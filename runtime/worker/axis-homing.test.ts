/** Homing led from here, in the whole cyclic side: switches are inputs, which the I/O device's outputs are wired to. */
import { expect, test } from 'vitest'
import { axisError } from '../../control/axis/axis-error.ts'
import { machine, World } from '../../test/runtime/cycle-world.ts'
import type { MachineInput } from '../machine-file/schema.ts'
import { recordAxis } from '../shared/record-layout.ts'

type Homing = NonNullable<NonNullable<MachineInput['axes']>[number]['homing']>

const inputs = ['home', 'low'].map((name, channel) => ({
  kind: 'digitalInput' as const,
  name,
  device: 'io',
  channel,
}))
const search = { direction: 'upward', searchVelocity: 50, latchVelocity: 5, distance: 100 } as const

class HomingWorld extends World {
  readonly #ends = new Map<number, string>()

  constructor(homing: Homing) {
    const { axes, io } = machine()
    const [x, ...others] = axes
    if (x === undefined) throw new Error('no axis')
    super(undefined, { axes: [{ ...x, homing }, ...others], io: [...io, ...inputs] })
    this.onEnd = (id, end, error) =>
      this.#ends.set(id, error === 0 ? String(end) : `${end} ${error}`)
    this.command('enable', 0)
    this.turns(20)
  }

  get position(): number {
    return this.axis(0, recordAxis.setpoint)
  }

  /** Runs while input 0 is on from `from` to `to`, in the coordinates of before. */
  home(from: number, to: number): string | undefined {
    const id = this.order('homeBySequence', 0)
    for (let k = 0; k < 20_000 && !this.#ends.has(id); k++) {
      const on = this.position >= from && this.position <= to
      this.order('writeDigital', 0, { position: 0, velocity: on ? 1 : 0 })
      this.turn()
    }
    return this.#ends.get(id)
  }
}

test('the edge of the home switch becomes the position of the machine file', () => {
  const world = new HomingWorld({
    method: 'homeSwitch',
    ...search,
    position: 200,
    finalPosition: 190,
    inputs: { homeSwitch: { point: 'home' } },
  })
  expect(world.home(20, 30)).toBe('done')
  world.turns(2)
  expect(world.status(0)).toMatchObject({ state: 'standstill', homed: true })
  // 190 is 10 before the edge at 20
  expect(world.position).toBeCloseTo(190, 9)
  world.order('setPosition', 0, { position: 0 })
  world.turns(3)
  expect(world.position).toBeCloseTo(0, 9)
})

test('a switch that does not come within the distance is an error, in words', () => {
  const world = new HomingWorld({
    method: 'homeSwitch',
    ...search,
    inputs: { homeSwitch: { point: 'home' } },
  })
  expect(world.home(900, 910)).toBe(`failed ${axisError.homing}`)
  world.turns(2)
  expect(world.status(0)).toMatchObject({ state: 'errorStop', homed: false })
  expect(world.messages).toContainEqual({
    kind: 'axisWords',
    axis: 0,
    error: axisError.homing,
    words: 'the switch was not found within the distance',
  })
})
