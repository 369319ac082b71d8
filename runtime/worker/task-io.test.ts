import { describe, expect, expectTypeOf, test } from 'vitest'
import { World } from '../../test/runtime/cycle-world.ts'
import { driveStatus } from '../../cards/sercos3/drive-words.ts'
import { place } from '../../uio/bit-field.ts'
import { recordAxis } from '../shared/record-layout.ts'
import { cyclicTask } from '../task.ts'
import type { AxisIo, CyclicTask } from '../task.ts'

/** Its axis x under a task that does `act` in every cycle. */
function worldOf(act: (x: AxisIo, cycle: number) => void): World {
  return new World(cyclicTask({ cycle: (io, { cycle }) => act(io.axis('x'), cycle) }))
}

/** 100 mm/s up to cycle 100; then what `later` does. */
function moving(later: (x: AxisIo, cycle: number) => void): World {
  return worldOf((x, cycle) => {
    x.enable()
    if (cycle <= 100) x.setPosition(Math.max(0, cycle - 10) * 0.1)
    else later(x, cycle)
  })
}

/** Setpoints of x, one a turn. */
function setpoints(world: World, turns: number): number[] {
  return Array.from({ length: turns }, () => {
    world.turn()
    return world.axis(0, recordAxis.setpoint)
  })
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, k) => value - (values[k] as number))
}

describe('a task that is not synchronous', () => {
  test('does not compile', () => {
    expectTypeOf<() => Promise<void>>().not.toExtend<CyclicTask['cycle']>()
    expectTypeOf<() => number>().not.toExtend<CyclicTask['cycle']>()
    expectTypeOf<() => void>().toExtend<CyclicTask['cycle']>()
  })

  test('makes the machine safe when its cycle returns a promise', () => {
    const world = new World({
      // an untyped task: its type allows no return value
      cycle: (io) => {
        io.axis('x').enable()
        return Promise.reject(new Error('unseen')) as unknown as undefined
      },
    })
    world.turns(20)
    expect(world.safeCodes).toEqual(['DP_TASK_FAILED'])
    expect(world.digitalOut).toBe(0b1000)
    expect(world.status(0)).toMatchObject({ state: 'errorStop', power: 'bb' })
    expect(world.messages.find(({ kind }) => kind === 'safe')).toMatchObject({
      error: { at: expect.stringMatching(/cycle must be synchronous.*a promise/) as string },
    })
  })

  test('makes the machine safe when its cycle returns a value', () => {
    const world = new World({ cycle: () => 7 as unknown as undefined })
    world.turns(2)
    expect(world.safeCodes).toEqual(['DP_TASK_FAILED'])
  })
})

describe('a moving axis without an accepted setpoint', () => {
  test.for([
    ['that is refused', (x: AxisIo) => x.setPosition(900)],
    ['that is not given', () => undefined],
    ['whose velocity is refused', (x: AxisIo) => x.setVelocity(301)],
  ] as const)('slows down by the ramp of its limits: a setpoint %s', ([, later]) => {
    const world = moving(later)
    world.turns(95)
    const steps = differences(setpoints(world, 200))
    expect(steps[0]).toBeCloseTo(0.1, 6)
    // 3000 mm/s^2 changes the step by 0.003 mm from cycle to cycle
    expect(Math.max(...differences(steps).map(Math.abs))).toBeLessThan(0.0035)
    expect(steps.at(-1)).toBe(0)
    expect(world.status(0)).toMatchObject({ state: 'synchronizedMotion', power: 'af' })
  })

  test('goes on with the next accepted setpoint, from where the ramp has come to', () => {
    let wanted = Number.NaN
    const world = moving((x) => x.setPosition(wanted))
    world.turns(130)
    const reached = world.axis(0, recordAxis.setpoint)
    wanted = reached + 0.2
    world.turn()
    expect(world.axis(0, recordAxis.setpoint)).toBe(wanted)
  })

  test('may come to rest beyond a position limit, and a way back is accepted', () => {
    let back = false
    const world = worldOf((x, cycle) => {
      x.enable()
      if (cycle > 20) x.setPosition(x.setpoint + (back ? -0.1 : 0.1))
    })
    world.turns(15)
    world.command('home', 0, 990)
    const steps = differences(setpoints(world, 300))
    // from 100 mm/s with 3000 mm/s^2 and 30000 mm/s^3: 6.7 mm
    const rest = world.axis(0, recordAxis.setpoint)
    expect(rest).toBeGreaterThan(1005)
    expect(rest).toBeLessThan(1007)
    expect(Math.max(...differences(steps.slice(20)).map(Math.abs))).toBeLessThan(0.0035)
    back = true
    world.turns(30)
    expect(world.axis(0, recordAxis.setpoint)).toBeCloseTo(rest - 3, 6)
  })

  test('in velocity mode is not left running: the velocity command comes down, too', () => {
    const world = worldOf((x, cycle) => {
      x.enable()
      x.setVelocity(cycle <= 100 ? 100 : 301)
    })
    world.turns(100)
    expect(world.axis(0, recordAxis.velocity)).toBeCloseTo(100, 6)
    world.turns(200)
    expect(world.axis(0, recordAxis.velocity)).toBe(0)
  })
})

describe('an axis as its task sees it', () => {
  test('has the position that a home gave it, and its setpoints are in the same coordinates', () => {
    let seen = Number.NaN
    let wanted = Number.NaN
    const world = worldOf((x) => {
      x.enable()
      seen = x.position
      if (!Number.isNaN(wanted)) x.setPosition(wanted)
    })
    world.turns(20)
    world.command('home', 0, 400)
    world.turns(3)
    expect(seen).toBe(400)
    wanted = 400.1
    world.turns(3)
    expect(seen).toBeCloseTo(400.1, 9)
    expect(world.counter('refusedSetpoints')).toBe(0)
  })

  test('shows its errorStop and why, and reset() in every cycle brings it back', () => {
    let resets = false
    const seen: string[] = []
    const world = worldOf((x, cycle) => {
      seen.push(`${x.state} ${x.error ?? ''} ${x.homed}`)
      if (resets) x.reset()
      if (!resets || cycle % 2 === 0) x.enable()
    })
    world.turns(20)
    const { drives } = world.card
    const [x] = drives
    if (x === undefined) throw new Error('no drive')
    const read = x.readStatus.bind(x)
    x.readStatus = () => read() | place(1, driveStatus.error)
    world.turns(5)
    expect(seen.at(-1)).toBe('errorStop DP_AXIS_DRIVE false')
    resets = true
    world.turns(5)
    expect(seen.at(-1)).toBe('errorStop DP_AXIS_DRIVE false')
    x.readStatus = read
    world.turns(20)
    expect(seen.at(-1)).toBe('standstill  false')
  })

  test('goes to errorStop when its drive does not take power in 5 s, although enable() is called in every cycle', () => {
    const seen: (string | undefined)[] = []
    const world = worldOf((x) => {
      x.enable()
      seen.push(x.error)
    })
    // drives that stay without power
    world.card.endCycle = () => undefined
    world.turns(4900)
    expect(seen.at(-1)).toBeUndefined()
    world.turns(200)
    expect(seen.at(-1)).toBe('DP_AXIS_POWER')
    expect(world.status(0).state).toBe('errorStop')
  })
})
