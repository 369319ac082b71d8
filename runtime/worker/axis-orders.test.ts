/** The commands of the application on their way through the whole cyclic side: what the axes do, and how each command ends. */
import { describe, expect, test } from 'vitest'
import { driveStatus } from '../../cards/sercos3/drive-words.ts'
import type { DriveWords } from '../../cards/sercos3/driver/cycle/process-images.ts'
import { profileTable } from '../../control/axis/profile/profile-table.ts'
import { makeCam } from '../../control/coupling/cam-table.ts'
import { syncMode } from '../../control/coupling/gear-law.ts'
import { axisError } from '../../control/axis/axis-error.ts'
import { bufferMode } from '../../control/axis/buffer-mode.ts'
import { World } from '../../test/runtime/cycle-world.ts'
import { place } from '../../uio/bit-field.ts'
import { packCamSwitch } from '../shared/cam-switch-data.ts'
import { camFlag } from '../shared/command-ring.ts'
import { recordAxis } from '../shared/record-layout.ts'
import { TableWriter } from '../shared/table-store.ts'

const x = 0
const y = 1
const z = 2

/** Four axes with power, and how commands ended by id. */
class Machine extends World {
  readonly ends = new Map<number, string>()

  constructor() {
    super()
    this.onEnd = (id, end, error) =>
      this.ends.set(id, error === 0 ? String(end) : `${end} ${error}`)
    for (const axis of [x, y, z]) this.command('enable', axis)
    this.turns(20)
  }

  setpoint(axis: number): number {
    return this.axis(axis, recordAxis.setpoint)
  }

  /** Turns until the command has ended. */
  finish(id: number): string | undefined {
    for (let k = 0; k < 20_000 && !this.ends.has(id); k++) this.turn()
    return this.ends.get(id)
  }

  state(axis: number): string {
    return this.status(axis).state
  }
}

test('a buffered move begins where the one before it ended, and both end done', () => {
  const machine = new Machine()
  const first = machine.order('moveAbsolute', x, { position: 10 })
  const second = machine.order('moveRelative', x, {
    position: 5,
    bufferMode: bufferMode.buffered,
  })
  expect(machine.finish(first)).toBe('done')
  expect(machine.setpoint(x)).toBeCloseTo(10, 9)
  expect(machine.ends.has(second)).toBe(false)
  expect(machine.finish(second)).toBe('done')
  expect(machine.setpoint(x)).toBeCloseTo(15, 9)
})

test('the move that is taken over ends aborted', () => {
  const machine = new Machine()
  const first = machine.order('moveAbsolute', x, { position: 100 })
  machine.turns(50)
  const second = machine.order('moveAbsolute', x, { position: 0 })
  expect(machine.finish(second)).toBe('done')
  expect(machine.ends.get(first)).toBe('aborted')
})

test('a slave in gear follows the setpoint of the same cycle, whichever axis comes first', () => {
  const machine = new Machine()
  const gears = [
    machine.order('gearIn', x, { master: y, numerator: 1, denominator: 2 }),
    machine.order('gearIn', z, { master: x, numerator: -1 }),
  ]
  expect(gears.map((gear) => machine.finish(gear))).toEqual(['done', 'done'])
  expect([machine.state(x), machine.state(z)]).toEqual(['synchronizedMotion', 'synchronizedMotion'])
  machine.order('moveAbsolute', y, { position: 40, acceleration: 500, jerk: 5000 })
  for (let k = 0; k < 1500; k++) {
    machine.turn()
    expect(machine.setpoint(x)).toBeCloseTo(machine.setpoint(y) / 2, 8)
    expect(machine.setpoint(z)).toBeCloseTo(-machine.setpoint(x), 8)
  }
  expect(machine.setpoint(y)).toBeCloseTo(40, 9)
})

test('axes cannot follow each other in a circle', () => {
  const machine = new Machine()
  expect(machine.finish(machine.order('gearIn', x, { master: x }))).toBe(
    `failed ${axisError.masterCircle}`,
  )
  expect(machine.finish(machine.order('gearIn', x, { master: y }))).toBe('done')
  expect(machine.finish(machine.order('gearIn', y, { master: z }))).toBe('done')
  expect(machine.finish(machine.order('gearIn', z, { master: x }))).toBe(
    `failed ${axisError.masterCircle}`,
  )
  // once x is let go, it may be the master of z
  machine.order('gearOut', x)
  machine.finish(machine.order('halt', x))
  expect(machine.finish(machine.order('gearIn', z, { master: x }))).toBe('done')
})

/** x follows y, which moves. */
function geared(): Machine {
  const machine = new Machine()
  machine.finish(machine.order('moveVelocity', y, { velocity: 100 }))
  machine.finish(machine.order('gearIn', x, { master: y }))
  return machine
}

/** The drive of y fails, and what it drives coasts on. */
function fail(machine: Machine): void {
  const image = machine.card.drives[y] as DriveWords
  const status = image.readStatus.bind(image)
  image.readStatus = () => status() | place(1, driveStatus.error)
  let at = image.readPosition()
  image.readPosition = () => (at += 1000)
}

describe('a master that has no power', () => {
  test('by a fault brings its slave to rest by limits of its own, in errorStop', () => {
    const machine = geared()
    fail(machine)
    let before = machine.setpoint(x)
    let velocity = 0.1
    for (let k = 0; k < 300; k++) {
      machine.turn()
      const moved = machine.setpoint(x) - before
      // 3000 mm/s^2 for a cycle of 1 ms, in mm per cycle
      expect(Math.abs(moved - velocity)).toBeLessThan(0.0031)
      velocity = moved
      before = machine.setpoint(x)
    }
    expect(velocity).toBe(0)
    expect(machine.status(x)).toMatchObject({ state: 'errorStop', error: axisError.master })
  })

  test('because it was switched off halts its slave, which is no fault', () => {
    const machine = geared()
    machine.finish(machine.order('halt', y))
    machine.finish(machine.order('disable', y))
    machine.turns(5)
    expect(machine.status(x)).toMatchObject({ state: 'standstill', error: axisError.none })
  })

  test('is not followed by its setpoint, but by its feedback', () => {
    const machine = new Machine()
    machine.finish(machine.order('disable', y))
    expect(machine.finish(machine.order('gearIn', x, { master: y }))).toBe(
      `failed ${axisError.master}`,
    )
    const sum = machine.order('combineAxes', x, { master: z, second: y })
    expect(machine.finish(sum)).toBe(`failed ${axisError.master}`)
    const gear = machine.order('gearIn', x, { master: y, masterActual: 1 })
    expect(machine.finish(gear)).toBe('done')
    machine.turns(5)
    expect(machine.state(x)).toBe('synchronizedMotion')
  })
})

test('an endless slave takes the equal place that its mode asks for', () => {
  const places = Object.values(syncMode).map((choice) => {
    const machine = new Machine()
    const sync = { master: y, masterSync: 30, slaveSync: 4, slaveModulo: 10, choice }
    machine.order('gearInPos', x, { ...sync, numerator: 0 })
    machine.finish(machine.order('moveAbsolute', y, { position: 60, velocity: 50 }))
    return machine.setpoint(x)
  })
  expect(places).toEqual([4, 4, -6].map((at) => expect.closeTo(at, 6)))
})

test('gearOut leaves the axis at its velocity, and is refused where no gear is', () => {
  const machine = new Machine()
  expect(machine.finish(machine.order('gearOut', x))).toBe(`failed ${axisError.state}`)
  machine.finish(machine.order('moveVelocity', y, { velocity: 20 }))
  expect(machine.finish(machine.order('gearIn', x, { master: y }))).toBe('done')
  expect(machine.finish(machine.order('camOut', x))).toBe(`failed ${axisError.state}`)
  expect(machine.finish(machine.order('gearOut', x))).toBe('done')
  const before = machine.setpoint(x)
  machine.turns(100)
  expect(machine.state(x)).toBe('continuousMotion')
  expect(machine.setpoint(x) - before).toBeCloseTo(2, 6)
})

test('a cam carries its slave, a phasing moves it against the master, camOut lets it go', () => {
  const machine = new Machine()
  const cam = makeCam({
    from: { master: 0, slave: 0 },
    sections: [
      { master: 50, slave: 10, law: 'modifiedSine' },
      { master: 100, slave: 0, law: 'modifiedSine' },
    ],
  })
  const table = new TableWriter(machine.shared.tables).place(cam, cam.data)
  const flags = camFlag.periodic | camFlag.masterAbsolute | camFlag.slaveAbsolute
  const camIn = machine.order('camIn', x, { master: y, table, flags })
  expect(machine.finish(camIn)).toBe('done')
  expect(machine.finish(machine.order('moveAbsolute', y, { position: 50, velocity: 50 }))).toBe(
    'done',
  )
  machine.turns(5)
  expect(machine.setpoint(x)).toBeCloseTo(10, 6)
  const phasing = machine.order('phasingAbsolute', x, { position: 50, velocity: 20 })
  expect(machine.finish(phasing)).toBe('done')
  machine.turns(5)
  expect(machine.setpoint(x)).toBeCloseTo(0, 6)
  expect(machine.finish(machine.order('camOut', x))).toBe('done')
})

test('a sum of two masters is the sum of their motions', () => {
  const machine = new Machine()
  const sum = machine.order('combineAxes', x, { master: y, second: z, choice: 1 })
  expect(machine.finish(sum)).toBe('done')
  machine.order('moveAbsolute', y, { position: 30 })
  machine.finish(machine.order('moveAbsolute', z, { position: 10 }))
  machine.turns(1000)
  expect(machine.setpoint(x)).toBeCloseTo(20, 6)
})

test('override, superposition and coordinates: the position follows all of them', () => {
  const machine = new Machine()
  expect(machine.finish(machine.order('setOverride', x, { velocityFactor: 0 }))).toBe('done')
  const move = machine.order('moveAbsolute', x, { position: 10 })
  machine.turns(500)
  expect(machine.setpoint(x)).toBe(0)
  machine.order('setOverride', x)
  machine.turns(20)
  const over = machine.order('moveSuperimposed', x, { position: 3, velocity: 10 })
  expect(machine.finish(over)).toBe('done')
  expect(machine.finish(move)).toBe('done')
  machine.turns(500)
  expect(machine.setpoint(x)).toBeCloseTo(13, 6)
  expect(machine.finish(machine.order('setPosition', x, { position: 100 }))).toBe('done')
  machine.turns(2)
  expect(machine.setpoint(x)).toBeCloseTo(100, 6)
})

test('a profile leads the axis through its positions, and ends at rest', () => {
  const machine = new Machine()
  const data = profileTable('position', { times: [0, 1, 2], values: [5, 20, 10] })
  const table = new TableWriter(machine.shared.tables).place(data, data)
  expect(machine.finish(machine.order('runProfile', x, { table }))).toBe('done')
  expect(machine.setpoint(x)).toBeCloseTo(10, 9)
  expect(machine.state(x)).toBe('standstill')
})

test('cam switches put outputs on and off by the position, and end with the safe state', () => {
  const machine = new Machine()
  const data = packCamSwitch(
    [{ device: 0, channel: 0 }],
    [
      { track: 0, first: 2, last: 4 },
      { track: 0, first: 6, last: 8, direction: 'negative' },
    ],
  )
  const table = new TableWriter(machine.shared.tables).place(data, data)
  const on = machine.order('camSwitch', x, { table })
  expect(machine.finish(on)).toBe('done')
  const lit = new Set<number>()
  machine.order('moveAbsolute', x, { position: 10, velocity: 50 })
  for (let k = 0; k < 600; k++) {
    machine.turn()
    if ((machine.digitalOut & 1) === 1) lit.add(Math.floor(machine.setpoint(x)))
  }
  expect([...lit]).toEqual([2, 3])
  machine.order('moveAbsolute', x, { position: 7 })
  machine.turns(1000)
  expect(machine.digitalOut & 1).toBe(1)
  expect(machine.finish(machine.order('camSwitchOff', x))).toBe('done')
  machine.turn()
  expect(machine.digitalOut & 1).toBe(0)
})

test('what the axis takes no more of is refused by its reason', () => {
  const machine = new Machine()
  const moves = [0, 1, 2, 3, 4, 5].map((k) =>
    machine.order('moveAbsolute', x, { position: 10 + k, bufferMode: bufferMode.buffered }),
  )
  machine.turn()
  expect(machine.ends.get(moves[5] as number)).toBe(`failed ${axisError.queue}`)
  expect(machine.finish(machine.order('gearIn', x, { master: 9 }))).toBe(
    `failed ${axisError.argument}`,
  )
  expect(machine.finish(machine.order('camIn', x, { master: y, table: 7 }))).toBe(
    `failed ${axisError.argument}`,
  )
})
