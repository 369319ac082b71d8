/** Random paths, driven through a group and sampled: no axis and not the tool exceeds a limit, and the tool stays at its path. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Extremes, type SampleLimits } from '../../test/control/sampled-extremes.ts'
import { bufferMode } from '../axis/buffer-mode.ts'
import { commandEnd } from '../axis/settlement-outbox.ts'
import { AxisGroup, type GroupOptions } from './axis-group.ts'
import { circleMode } from './circle.ts'
import { groupState } from './group-state.ts'
import { transition } from './group-path.ts'
import { CartesianKinematics } from './kinematics/cartesian.ts'

const cycleS = 0.001

const share = fc.double({ min: 0, max: 1, noNaN: true })
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true })

const someLimits = fc.record({
  positionMin: fc.constant(-1e5),
  positionMax: fc.constant(1e5),
  velocity: between(50, 500),
  acceleration: between(300, 5000),
  jerk: between(5e3, 2e5),
})

/** One move of a random path: turned from the one before, of some length, straight or round. */
const someMove = fc.record({
  turn: fc.tuple(between(-1, 1), between(-1, 1), between(-1, 1)),
  length: between(0.02, 1),
  round: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
  bow: fc.tuple(between(-0.5, 0.5), between(-0.5, 0.5), between(-0.5, 0.5)),
  feed: between(0.1, 1),
  buffer: fc.constantFrom(
    bufferMode.buffered,
    bufferMode.blendingLow,
    bufferMode.blendingPrevious,
    bufferMode.blendingNext,
    bufferMode.blendingHigh,
  ),
  transition: fc.constantFrom(
    transition.none,
    transition.cornerDistance,
    transition.maxCornerDeviation,
    transition.maxCornerDeviation,
  ),
  amount: share,
})
type SomeMove = typeof someMove extends fc.Arbitrary<infer T> ? T : never

/** After so many cycles the override becomes this. */
const someChange = fc.record({
  after: fc.integer({ min: 1, max: 300 }),
  override: fc.oneof(share, fc.constant(0)),
})

const pathLimits = { velocity: 400, acceleration: 4000, jerk: 1e5 }

function groupOf(axes: GroupOptions['axes']): AxisGroup {
  const kinematics = new CartesianKinematics(axes.length)
  return new AxisGroup({ cycleS, kinematics, axes, path: pathLimits, capacity: 16 })
}

/** Lines and arcs as commanded, to measure how far the tool is from them. */
type Piece = { from: number[]; to: number[]; border?: number[] }

function distanceTo(piece: Piece, point: readonly number[]): number {
  if (piece.border === undefined) return distanceToLine(piece, point)
  const { centre, radius } = circumcircle(piece.from, piece.border, piece.to)
  // the tool is in the plane of the arc, or this is more than it must be
  return Math.abs(Math.hypot(...minus(point, centre)) - radius)
}

function minus(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, n) => value - (b[n] as number))
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, n) => sum + value * (b[n] as number), 0)
}

function distanceToLine({ from, to }: Piece, point: readonly number[]): number {
  const way = minus(to, from)
  const along = Math.max(0, Math.min(1, dot(minus(point, from), way) / dot(way, way)))
  return Math.hypot(
    ...minus(
      minus(point, from),
      way.map((value) => value * along),
    ),
  )
}

function square(p: readonly number[], q: readonly number[]): number {
  return dot(minus(p, q), minus(p, q))
}

/** Weights of the corners of a triangle give its centre. */
function circumcircle(a: number[], b: number[], c: number[]) {
  const [aa, bb, cc] = [square(b, c), square(c, a), square(a, b)]
  const weights = [aa * (bb + cc - aa), bb * (cc + aa - bb), cc * (aa + bb - cc)] as const
  const sum = weights[0] + weights[1] + weights[2]
  const centre = a.map(
    (value, n) =>
      (weights[0] * value + weights[1] * (b[n] as number) + weights[2] * (c[n] as number)) / sum,
  )
  return { centre, radius: Math.sqrt(square(a, centre)) }
}

test('random paths of lines, arcs and blends keep every limit, at any override', () => {
  fc.assert(
    fc.property(
      fc.array(someLimits, { minLength: 2, maxLength: 3 }),
      between(-0.5, 2.5),
      fc.array(someMove, { minLength: 2, maxLength: 24 }),
      fc.array(someChange, { maxLength: 6 }),
      between(0, 1),
      (axes, scale, moves, changes, hurry) => {
        const group = groupOf(axes)
        const run = new Run(group, axes, 10 ** scale, hurry)
        run.go(moves, changes)
        expect(run.axes.excess).toEqual([])
        expect(run.tool.excess).toEqual([])
        expect(run.refused).toBe(0)
        expect(group.state).toBe(groupState.groupStandby)
        expect(run.missing).toBeLessThan(1e-6)
        expect(run.farthest).toBeLessThan(run.tolerance + 1e-6)
      },
    ),
    // a path that does not end takes long: it is not looked for a smaller one
    { numRuns: 40, endOnFailure: true },
  )
})

/** Gives the moves of a random path to a group as it has room for them, and looks at each cycle. */
class Run {
  readonly axes = new Extremes(cycleS)
  readonly tool = new Extremes(cycleS)
  /** The farthest that the tool was from its path, and the farthest that it may be. */
  farthest = 0
  tolerance = 0
  refused = 0
  readonly #group: AxisGroup
  readonly #limits: readonly SampleLimits[]
  readonly #scale: number
  readonly #hurry: number
  readonly #pieces: Piece[] = []
  readonly #heading: number[]
  #end: number[]
  #open = 0
  #id = 1

  constructor(group: AxisGroup, limits: readonly SampleLimits[], scale: number, hurry: number) {
    this.#group = group
    this.#limits = limits
    this.#scale = scale
    this.#hurry = hurry
    group.enable(1)
    group.settlements.take()
    this.#end = [...group.tool]
    this.#heading = this.#end.map((_, n) => (n === 0 ? 1 : 0))
  }

  go(moves: readonly SomeMove[], changes: readonly { after: number; override: number }[]): void {
    const waiting = [...moves]
    const steps = [...changes]
    let wait = steps[0]?.after ?? 0
    for (let cycle = 0; waiting.length > 0 || this.#open > 0; cycle++) {
      if (cycle > 400_000) throw new Error('the path does not end')
      // in a hurry a move is commanded while few others wait: blends come late
      if (waiting.length > 0 && this.#open < 2 + this.#hurry * 8)
        this.#command(waiting.shift() as SomeMove)
      if (steps.length > 0 && --wait <= 0) {
        this.#group.setOverride(0, (steps.shift() as { override: number }).override, 1, 1)
        wait = steps[0]?.after ?? 0
      } else if (steps.length === 0 && wait-- === -200) this.#group.setOverride(0, 1, 1, 1)
      this.#cycle()
    }
  }

  /** How far the tool is from where the path was to end. */
  get missing(): number {
    return Math.hypot(...minus([...this.#group.tool], this.#end))
  }

  #cycle(): void {
    const group = this.#group
    group.update()
    for (const [n, value] of group.position.entries()) group.actual[n] = value
    this.axes.add(group.position, this.#limits)
    this.tool.addVector(group.tool, pathLimits)
    const place = [...group.tool]
    let nearest = Infinity
    for (const piece of this.#pieces) nearest = Math.min(nearest, distanceTo(piece, place))
    this.farthest = Math.max(this.farthest, nearest)
    while (group.settlements.take()) {
      if (group.settlements.end !== commandEnd.done) this.refused += 1
      this.#open--
    }
  }

  #command(move: SomeMove): void {
    const { command } = this.#group
    const size = Math.hypot(...this.#heading)
    const to = this.#end.map((value, n) => {
      this.#heading[n] = (this.#heading[n] as number) / size + (move.turn[n] as number) * 0.8
      return value + this.#heading[n] * move.length * this.#scale
    })
    const way = Math.hypot(...minus(to, this.#end))
    if (way < 1e-3 * this.#scale) return
    command.target.set(to)
    const border = to.map(
      (value, n) => (value + (this.#end[n] as number)) / 2 + (move.bow[n] as number) * way,
    )
    command.aid.set(border)
    command.circleMode = circleMode.border
    command.velocity = pathLimits.velocity * move.feed
    command.bufferMode = move.buffer
    command.transition = move.transition
    command.amount = move.amount * this.#scale * 0.3
    this.tolerance = Math.max(this.tolerance, command.amount)
    const off = distanceToLine({ from: this.#end, to }, border)
    const round = move.round && off > 0.01 * way
    this.#id += 1
    if (round) this.#group.moveCircular(this.#id)
    else this.#group.moveLinear(this.#id)
    this.#pieces.push(round ? { from: this.#end, to, border } : { from: this.#end, to })
    this.#end = to
    this.#open++
  }
}

test('a motion that is commanded at any moment of the one before is taken, and keeps the limits', () => {
  const limits = {
    positionMin: -1e3,
    positionMax: 1e3,
    velocity: 300,
    acceleration: 3000,
    jerk: 1e5,
  }
  const extremes = new Extremes(cycleS)
  let refused = 0
  for (const mode of [bufferMode.buffered, bufferMode.blendingHigh])
    for (let moment = 1; moment < 180; moment++) {
      const group = groupOf([limits, limits])
      group.enable(0)
      const { command } = group
      command.target.set([20, 0])
      group.moveLinear(0)
      const each = new Extremes(cycleS)
      for (let cycle = 0; cycle < 600; cycle++) {
        if (cycle === moment) {
          for (const [n, value] of group.position.entries()) group.actual[n] = value
          command.target.set([30, 10])
          command.bufferMode = mode
          command.transition = transition.maxCornerDeviation
          command.amount = 2
          group.moveLinear(1)
        }
        group.update()
        each.add(group.position, [limits, limits])
      }
      while (group.settlements.take()) if (group.settlements.end !== commandEnd.done) refused++
      if (group.position[0] !== 30 || group.position[1] !== 10) refused++
      extremes.velocity = Math.max(extremes.velocity, each.velocity)
      extremes.acceleration = Math.max(extremes.acceleration, each.acceleration)
      extremes.jerk = Math.max(extremes.jerk, each.jerk)
    }
  expect(refused).toBe(0)
  expect(extremes.excess).toEqual([])
})
