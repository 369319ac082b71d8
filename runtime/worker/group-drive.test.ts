/** A group of axes in the whole cyclic side: its axes go along the path together, and are their own again at its end. */
import { describe, expect, test } from 'vitest'
import { groupError } from '../../control/groups/group-error.ts'
import { groupStates } from '../../control/groups/group-state.ts'
import { World } from '../../test/runtime/cycle-world.ts'
import type { CommandValue } from '../shared/command-ring.ts'
import { groupFlag } from '../shared/command-ring.ts'
import { recordAxis } from '../shared/record-layout.ts'

const path = { velocity: 100, acceleration: 1000, jerk: 20_000 }

class GroupWorld extends World {
  readonly ends = new Map<number, string>()

  constructor() {
    super(undefined, { groups: [{ name: 'xy', axes: ['x', 'y'], path }] })
    this.onEnd = (id, end, error) =>
      this.ends.set(id, error === 0 ? String(end) : `${end} ${error}`)
    for (const axis of [0, 1]) this.command('enable', axis)
    this.turns(20)
  }

  get state(): string | undefined {
    return groupStates[this.control.axisStatus(4) & 0xff]
  }

  get error(): number {
    return this.control.axisStatus(4) >>> 8
  }

  get at(): [number, number] {
    return [this.axis(0, recordAxis.setpoint), this.axis(1, recordAxis.setpoint)]
  }

  line(x: number, y: number, more: { readonly [name in CommandValue]?: number } = {}): number {
    return this.order('moveLinear', 0, { coordinate0: x, coordinate1: y, ...more })
  }

  finish(id: number): string | undefined {
    for (let k = 0; k < 20_000 && !this.ends.has(id); k++) this.turn()
    return this.ends.get(id)
  }

  enable(): this {
    if (this.finish(this.order('groupEnable', 0)) !== 'done') throw new Error('not enabled')
    return this
  }
}

test('a line is a straight one, and afterwards the axes are their own', () => {
  const world = new GroupWorld().enable()
  expect(world.state).toBe('groupStandby')
  const line = world.line(40, 30)
  world.turns(5)
  expect(world.state).toBe('groupMoving')
  expect(world.status(0).state).toBe('synchronizedMotion')
  while (!world.ends.has(line)) {
    world.turn()
    const [x, y] = world.at
    expect(y).toBeCloseTo(0.75 * x, 9)
  }
  expect(world.ends.get(line)).toBe('done')
  expect(world.at).toEqual([expect.closeTo(40, 9), expect.closeTo(30, 9)])
  world.turns(3)
  expect([world.state, world.status(0).state]).toEqual(['groupStandby', 'standstill'])
  expect(world.finish(world.order('moveAbsolute', 0, { position: 41 }))).toBe('done')
})

test('half a circle goes through its border point', () => {
  const world = new GroupWorld().enable()
  const circle = world.order('moveCircular', 0, {
    coordinate0: 20,
    coordinate1: 0,
    aid0: 10,
    aid1: 10,
    circleMode: 0,
  })
  let highest = 0
  while (!world.ends.has(circle)) {
    world.turn()
    const [x, y] = world.at
    expect(Math.hypot(x - 10, y)).toBeCloseTo(10, 6)
    highest = Math.max(highest, y)
  }
  expect(highest).toBeCloseTo(10, 2)
  expect(world.at[0]).toBeCloseTo(20, 6)
})

test('waiting motions follow, relative ones from there; a stop aborts them', () => {
  const world = new GroupWorld().enable()
  const buffered = { bufferMode: 1 }
  const first = world.line(10, 0)
  const second = world.line(0, 10, { ...buffered, flags: groupFlag.relative })
  expect([world.finish(first), world.finish(second)]).toEqual(['done', 'done'])
  expect(world.at).toEqual([expect.closeTo(10, 9), expect.closeTo(10, 9)])
  world.turns(3)
  const third = world.line(200, 10)
  world.turns(200)
  const stop = world.order('groupStop', 0)
  expect(world.finish(stop)).toBe('done')
  expect(world.ends.get(third)).toBe('aborted')
  expect(world.at[1]).toBeCloseTo(10, 9)
})

describe('a group is refused, or stopped', () => {
  test('while an axis has no power, or before it is enabled', () => {
    const world = new GroupWorld()
    expect(world.finish(world.line(1, 1))).toBe(`failed ${groupError.disabled}`)
    world.enable()
    world.command('disable', 1)
    world.turns(10)
    expect(world.finish(world.line(1, 1))).toBe(`failed ${groupError.axis}`)
  })

  test('when somebody else commands one of its axes on the way', () => {
    const world = new GroupWorld().enable()
    const line = world.line(100, 100)
    world.turns(300)
    world.order('halt', 0)
    expect(world.finish(line)).toBe(`failed ${groupError.axis}`)
    world.turns(500)
    expect([world.state, world.error]).toEqual(['groupErrorStop', groupError.axis])
    expect(world.finish(world.order('groupReset', 0))).toBe('done')
    world.turns(3)
    expect(world.state).toBe('groupStandby')
  })

  test('in the safe state of the machine', () => {
    const world = new GroupWorld().enable()
    const line = world.line(100, 100)
    world.turns(300)
    world.card.lostDevice = 0
    expect(world.finish(line)).toBe(`failed ${groupError.safeState}`)
    world.turns(500)
    expect(world.state).toBe('groupErrorStop')
    const [x] = world.at
    world.turns(10)
    expect(world.at[0]).toBe(x)
  })
})
