/** What lies between an axis and its drive, in the whole cyclic side: a brake on an output, a table of errors. */
import { describe, expect, test } from 'vitest'
import { axisError } from '../../control/axis/axis-error.ts'
import { machine, World } from '../../test/runtime/cycle-world.ts'
import type { MachineInput } from '../machine-file/schema.ts'
import { recordAxis } from '../shared/record-layout.ts'

type Axis = NonNullable<MachineInput['axes']>[number]

/** The lamp's output is the brake of x. */
function worldOf(change: Partial<Axis>, io: MachineInput['io'] = []): World {
  const file = machine()
  const [x, ...others] = file.axes
  if (x === undefined) throw new Error('no axis')
  return new World(undefined, { axes: [{ ...x, ...change }, ...others], io: [...file.io, ...io] })
}

const state = (world: World) => world.status(0).state
const isOpen = (world: World) => (world.digitalOut & 1) === 1
const hasPower = (world: World) => world.status(0).power === 'af'

/** Cycles until `met`. */
function count(world: World, met: () => boolean): number {
  let cycles = 0
  for (; !met(); cycles++) {
    if (cycles > 5000) throw new Error('it does not come')
    world.turn()
  }
  return cycles
}

describe('a brake', () => {
  const brake = { output: 'lamp', releaseS: 0.1, engageS: 0.2 }

  test('opens when the drive holds; the axis stands ready when it is open', () => {
    const world = worldOf({ brake })
    world.command('enable', 0)
    count(world, () => isOpen(world))
    expect(hasPower(world)).toBe(true)
    expect(state(world)).toBe('disabled')
    const opening = count(world, () => state(world) === 'standstill')
    expect(opening).toBeGreaterThanOrEqual(99)
    expect(opening).toBeLessThan(105)
  })

  test('closes before the drive lets go', () => {
    const world = worldOf({ brake })
    world.command('enable', 0)
    count(world, () => state(world) === 'standstill')
    world.command('disable', 0)
    count(world, () => !isOpen(world))
    expect(state(world)).toBe('disabled')
    const closing = count(world, () => !hasPower(world))
    expect(closing).toBeGreaterThanOrEqual(199)
    expect(closing).toBeLessThan(205)
  })

  test('stays open while the safe state brings the axis to rest, whatever is safe for other outputs', () => {
    const world = worldOf({ brake })
    world.command('enable', 0)
    count(world, () => state(world) === 'standstill')
    world.order('moveVelocity', 0, { velocity: 200 })
    world.turns(200)
    world.card.lostDevice = 0
    world.turn()
    expect(world.safeCodes).toEqual(['DP_RING_IO_LOST'])
    let moved = 0
    for (let k = 0; k < 2000 && hasPower(world); k++) {
      const before = world.axis(0, recordAxis.setpoint)
      world.turn()
      const step = world.axis(0, recordAxis.setpoint) - before
      if (step > 1e-6) {
        moved++
        expect(isOpen(world)).toBe(true)
      }
    }
    expect(moved).toBeGreaterThan(20)
    expect([isOpen(world), hasPower(world)]).toEqual([false, false])
  })

  test('that its contact does not show open is an error of the axis', () => {
    const contact = { kind: 'digitalInput' as const, name: 'seen', device: 'io', channel: 9 }
    const world = worldOf({ brake: { ...brake, contact: { point: 'seen' } } }, [contact])
    world.command('enable', 0)
    count(world, () => state(world) === 'errorStop')
    expect(world.status(0).error).toBe(axisError.brake)
    count(world, () => !hasPower(world))
    expect(isOpen(world)).toBe(false)
  })
})

test('a table of errors is made up for at the drive, once the axis is homed, without a leap', () => {
  const rates = { velocity: 1, acceleration: 10, jerk: 1000 }
  const world = worldOf({
    compensation: { positions: [0, 100], forward: [0, 1], backward: [0.2, 1.2], ...rates },
  })
  const [drive] = world.card.drives
  if (drive === undefined) throw new Error('no drive')
  const atDrive = () => drive.readPosition() / 10_000
  world.command('enable', 0)
  world.turns(20)
  world.order('moveAbsolute', 0, { position: 50 })
  world.turns(1500)
  expect(atDrive()).toBeCloseTo(50, 4)
  world.order('home', 0, { position: 50 })
  let furthest = 0
  let before = atDrive()
  for (let k = 0; k < 1500; k++) {
    world.turn()
    furthest = Math.max(furthest, Math.abs(atDrive() - before))
    before = atDrive()
  }
  // error(drive) = drive / 100, and drive + error = 50
  expect(atDrive()).toBeCloseTo(50 / 1.01, 3)
  expect(furthest).toBeLessThan(0.0015)
  expect(world.axis(0, recordAxis.position)).toBeCloseTo(50, 3)
  world.order('moveAbsolute', 0, { position: 40 })
  world.turns(2000)
  expect(world.axis(0, recordAxis.position)).toBeCloseTo(40, 3)
  expect(atDrive()).toBeCloseTo((40 - 0.2) / 1.01, 3)
})
