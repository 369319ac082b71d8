/** The function blocks inside a user's task: outputs as PLCopen defines them, in the whole cyclic side. */
import { describe, expect, test } from 'vitest'
import { World } from '../../test/runtime/cycle-world.ts'
import { recordAxis } from '../shared/record-layout.ts'
import { cyclicTask } from '../task.ts'
import type { TaskIo } from '../task.ts'
import type { Block, TaskBlocks } from '../task-blocks.ts'

const outputs = (block: Block): string =>
  (['busy', 'active', 'done', 'aborted', 'error'] as const)
    .filter((name) => block[name] !== false && block[name] !== undefined)
    .join(' ')

/** Axes x and y with power; `make` makes the blocks, which the test executes between the cycles. */
function worldOf<Made>(make: (x: TaskBlocks, y: TaskBlocks, io: TaskIo) => Made): [World, Made] {
  let made: Made | undefined
  const world = new World(
    cyclicTask({
      setup: (io) => {
        made = make(io.axis('x').blocks, io.axis('y').blocks, io)
      },
      cycle: (io) => {
        io.axis('x').enable()
        io.axis('y').enable()
      },
    }),
  )
  world.turns(20)
  if (made === undefined) throw new Error('no blocks')
  return [world, made]
}

function until(world: World, what: () => boolean): void {
  for (let k = 0; !what(); k++) {
    if (k > 20_000) throw new Error('it does not come')
    world.turn()
  }
}

test('a move is busy and active, then done, and its input is taken anew at the next execution', () => {
  const [world, move] = worldOf((x) => x.moveAbsolute({ position: 10, velocity: 100 }))
  expect(outputs(move)).toBe('')
  move.execute()
  world.turn()
  expect(outputs(move)).toBe('busy active')
  until(world, () => move.done)
  expect(outputs(move)).toBe('done')
  expect(world.axis(0, recordAxis.setpoint)).toBeCloseTo(10, 9)
  move.position = -5
  world.turns(10)
  expect(outputs(move)).toBe('done')
  move.execute()
  until(world, () => move.done)
  expect(world.axis(0, recordAxis.setpoint)).toBeCloseTo(-5, 9)
})

test('a buffered block is busy but not active until the one before it is done', () => {
  const [world, { first, second }] = worldOf((x) => ({
    first: x.moveAbsolute({ position: 10 }),
    second: x.moveRelative({ distance: 5, bufferMode: 'buffered' }),
  }))
  first.execute()
  second.execute()
  world.turns(20)
  expect([outputs(first), outputs(second)]).toEqual(['busy active', 'busy'])
  until(world, () => first.done)
  world.turn()
  expect([outputs(first), outputs(second)]).toEqual(['done', 'busy active'])
  until(world, () => second.done)
  expect(world.axis(0, recordAxis.setpoint)).toBeCloseTo(15, 9)
})

test('a block executed again while it is busy tells of the second execution alone', () => {
  const [world, move] = worldOf((x) => x.moveAbsolute({ position: 10 }))
  move.execute()
  world.turns(20)
  move.position = 20
  move.execute()
  world.turn()
  expect(outputs(move)).toBe('busy active')
  until(world, () => move.done)
  expect(world.axis(0, recordAxis.setpoint)).toBeCloseTo(20, 9)
})

describe('a block that goes on', () => {
  test('is done in velocity and busy, until another one takes its place', () => {
    const [world, { speed, halt }] = worldOf((x) => ({
      speed: x.moveVelocity({ velocity: 20 }),
      halt: x.halt(),
    }))
    speed.execute()
    until(world, () => speed.done)
    world.turns(50)
    expect(outputs(speed)).toBe('busy active done')
    halt.execute()
    world.turn()
    expect([outputs(speed), outputs(halt)]).toEqual(['aborted', 'busy active'])
    until(world, () => halt.done)
  })

  test('such as a gear holds its slave to the master until gearOut', () => {
    const [world, { gear, move, out }] = worldOf((x, y) => ({
      gear: x.gearIn({ master: 'y', numerator: 3 }),
      move: y.moveAbsolute({ position: 10, acceleration: 500, jerk: 5000 }),
      out: x.gearOut(),
    }))
    gear.execute()
    until(world, () => gear.done)
    move.execute()
    until(world, () => move.done)
    expect(world.axis(0, recordAxis.setpoint)).toBeCloseTo(30, 6)
    expect(outputs(gear)).toBe('busy active done')
    out.execute()
    world.turns(2)
    expect([outputs(gear), outputs(out)]).toEqual(['aborted', 'done'])
  })
})

test('a block that is refused says why, and what it does not know is refused when it is made', () => {
  const [world, { move, names }] = worldOf((x) => ({
    move: x.moveAbsolute({ position: 2000 }),
    names: [
      () => x.gearIn({ master: 'q' }),
      () => x.camIn({ master: 'y', cam: 'none' }),
      () => x.moveAbsolute({ position: Number.NaN }),
    ],
  }))
  move.execute()
  world.turn()
  expect(move.error).toBe('DP_AXIS_LIMIT')
  expect(outputs(move)).toBe('error')
  expect(names.map((make) => codeOf(make))).toEqual([
    'DP_AXIS_UNKNOWN',
    'DP_CAM_UNKNOWN',
    'DP_COMMAND_VALUE',
  ])
})

function codeOf(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}
