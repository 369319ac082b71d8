/** Random command sequences against the PLCopen diagram and the limits of the axis. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInDiagram } from './axis-diagram.ts'
import { axisError } from './axis-error.ts'
import type { AxisLimits } from './axis-limits.ts'
import { AxisMotion } from './axis-motion.ts'
import { axisState, axisStates, type AxisState } from './axis-state.ts'
import type { BufferMode } from './buffer-mode.ts'
import { Dynamics } from './dynamics.ts'

const cycleS = 0.002
const limits: AxisLimits = {
  positionMin: -50,
  positionMax: 80,
  velocity: 200,
  acceleration: 3000,
  jerk: 60_000,
  followingError: 10,
}
/** A crane: down slower and more gently than up. */
const uneven: AxisLimits = {
  ...limits,
  velocityNegative: 150,
  accelerationNegative: 2000,
  jerkNegative: 90_000,
}

/** Evenly: of all doubles between two numbers, most are next to 0. */
const double = (min: number, max: number) =>
  fc.integer({ min: 0, max: 10_000 }).map((n) => min + ((max - min) * n) / 10_000)
/** Of the axis's limit. 0: all of it; sometimes more than it has. */
const share = fc.oneof(fc.constant(0), double(0.05, 1.02))
const kind = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      'moveAbsolute' as const,
      'moveRelative' as const,
      'moveAdditive' as const,
      'moveVelocity' as const,
      'moveContinuousAbsolute' as const,
      'moveContinuousRelative' as const,
      'moveSuperimposed' as const,
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('halt' as const, 'stop' as const, 'haltSuperimposed' as const),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('setOverride' as const, 'setPosition' as const, 'home' as const),
  },
  { weight: 1, arbitrary: fc.constantFrom('powerOn' as const, 'powerOff' as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'errorStop' as const,
      'quickStop' as const,
      'release' as const,
      'losePower' as const,
      'follow' as const,
      'disengage' as const,
    ),
  },
)
const command = fc.record({
  kind,
  /** Where between the position limits, and a little beyond. */
  to: double(-0.05, 1.05),
  end: double(-1.05, 1.05),
  v: share,
  a: share,
  d: share,
  j: share,
  mode: fc.integer({ min: 0, max: 5 }),
})
const script = fc.array(fc.tuple(command, fc.integer({ min: 0, max: 120 })), {
  minLength: 1,
  maxLength: 25,
})
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

/** Not `expect`, which would take most of the time here. */
function atMost(value: number, bound: number, what: string): void {
  if (!(value <= bound + 1e-6 * Math.max(1, Math.abs(bound) / 1000))) {
    throw new Error(`${what} ${value} beyond ${bound}`)
  }
}

class World {
  readonly motion: AxisMotion
  readonly open = new Set<number>()
  readonly #limits: AxisLimits
  readonly #dynamics = new Dynamics()
  #state: AxisState = 'disabled'
  #drive = 1.5
  #powerCycles = 0
  #losePower = false
  #nextId = 1
  /** The setpoint comes from elsewhere, or did in the cycle before. */
  #unbound = false
  /** By how much coordinates were shifted, in all. */
  #shifts = 0

  constructor(own: AxisLimits) {
    this.#limits = own
    this.motion = new AxisMotion(cycleS, own)
  }

  run(steps: readonly (readonly [Command, number])[]): void {
    for (const [next, cycles] of steps) {
      // Most sequences spend their time powered, so that moves are not all refused.
      if (this.#state === 'errorStop') this.command((id) => this.motion.reset(id))
      if (this.#state === 'disabled' && !next.kind.startsWith('power')) {
        this.command((id) => this.motion.power(id, true))
        this.cycles(4)
      }
      this.apply(next)
      this.cycles(cycles)
    }
  }

  apply(next: Command): void {
    const { motion } = this
    const { velocity, acceleration, jerk, positionMin, positionMax } = limits
    const mode = next.mode as BufferMode
    const dynamics = this.#dynamics
    dynamics.set(next.v * velocity, next.a * acceleration, next.j * jerk, next.d * acceleration)
    const target = positionMin + next.to * (positionMax - positionMin)
    const distance = next.end * 60
    const speed = next.end * velocity
    switch (next.kind) {
      case 'moveAbsolute':
        this.command((id) => motion.moveAbsolute(id, target, dynamics, mode))
        break
      case 'moveRelative':
        this.command((id) => motion.moveRelative(id, distance, dynamics, mode))
        break
      case 'moveAdditive':
        this.command((id) => motion.moveAdditive(id, distance, dynamics, mode))
        break
      case 'moveVelocity':
        this.command((id) => motion.moveVelocity(id, speed, dynamics, mode))
        break
      case 'moveContinuousAbsolute':
        this.command((id) => motion.moveContinuousAbsolute(id, target, speed / 2, dynamics, mode))
        break
      case 'moveContinuousRelative':
        this.command((id) => motion.moveContinuousRelative(id, distance, speed / 2, dynamics, mode))
        break
      case 'moveSuperimposed':
        this.command((id) => motion.moveSuperimposed(id, distance / 4, dynamics))
        break
      case 'halt':
        this.command((id) => motion.halt(id, dynamics, mode))
        break
      case 'stop':
        this.command((id) => motion.stop(id, dynamics))
        break
      case 'haltSuperimposed':
        this.command((id) => motion.haltSuperimposed(id))
        break
      case 'disengage':
        this.command((id) => motion.disengage(id))
        break
      case 'setOverride':
        this.command((id) => motion.setOverride(id, 2 * next.to, next.a + 0.1, next.j + 0.1))
        break
      case 'setPosition':
        this.#shifts += Math.abs(distance / 10)
        this.command((id) => motion.setPosition(id, distance / 10, true))
        break
      case 'home':
        this.command((id) => motion.home(id, target))
        break
      case 'powerOn':
      case 'powerOff':
        this.command((id) => motion.power(id, next.kind === 'powerOn'))
        break
      case 'losePower':
        this.#losePower = true
        break
      case 'follow':
        motion.externalPosition = motion.position
        motion.externalVelocity = 0
        this.#unbound = motion.follow()
        this.observe()
        this.cycles(1)
        break
      case 'errorStop':
      case 'quickStop':
      case 'release':
        motion[next.kind](axisError.safeState)
        this.observe()
    }
  }

  command(give: (id: number) => boolean): void {
    const id = this.#nextId++
    this.open.add(id)
    if (!give(id)) throw new Error('not taken')
    this.observe()
  }

  /** A drive that follows exactly, a cycle later, and takes power after two cycles. */
  cycles(count: number): void {
    const { motion } = this
    for (let k = 0; k < count; k++) {
      this.#powerCycles = motion.powerRequested && !this.#losePower ? this.#powerCycles + 1 : 0
      this.#losePower = false
      const powered = this.#powerCycles > 2
      const { setpoint, velocity, acceleration } = motion
      const bound = motion.powerRequested && this.#powerCycles > 3 && !this.#unbound
      motion.drivePosition = this.#drive
      motion.update(powered)
      this.#unbound = false
      if (bound && powered) this.#check(setpoint, velocity, acceleration)
      else if (!powered) atMost(Math.abs(motion.position - motion.actualPosition), 0, 'distance')
      if (powered) this.#drive = motion.setpoint
      this.observe()
    }
  }

  /** Against the setpoint of the cycle before, in the drive's coordinates, which nobody shifts. */
  #check(setpoint: number, velocity: number, acceleration: number): void {
    const { motion } = this
    const own = this.#limits
    const { velocity: v, acceleration: a } = motion
    const jerkNegative = own.jerkNegative ?? own.jerk
    atMost(v, own.velocity, 'velocity')
    atMost(-v, own.velocityNegative ?? own.velocity, 'velocity down')
    atMost(a, own.acceleration, 'acceleration')
    atMost(-a, own.accelerationNegative ?? own.acceleration, 'acceleration down')
    const change = a - acceleration
    atMost(change, own.jerk * cycleS, 'growth of acceleration')
    atMost(-change, jerkNegative * cycleS, 'fall of acceleration')
    // position, velocity and acceleration tell the same story, but for what jerk does within a cycle
    const jerk = Math.max(own.jerk, jerkNegative)
    const mean = (acceleration + a) / 2
    atMost(Math.abs(v - velocity - mean * cycleS), (jerk * cycleS ** 2) / 4, 'change of velocity')
    const way = motion.setpoint - setpoint
    const expected = ((velocity + v) / 2) * cycleS - ((a - acceleration) * cycleS ** 2) / 12
    atMost(Math.abs(way - expected), (jerk * cycleS ** 3) / 6, 'way of a cycle')
    // what a shift of coordinates puts outside comes back as fast as it can
    atMost(motion.position, own.positionMax + this.#shifts, 'position')
    atMost(-motion.position, -own.positionMin + this.#shifts, 'position down')
  }

  observe(): void {
    const { motion } = this
    const state = axisStates[motion.state]
    if (!isInDiagram(this.#state, state)) throw new Error(`${this.#state} -> ${state}`)
    this.#state = state
    if (!motion.powerRequested) this.#powerCycles = 0
    while (motion.settlements.take()) {
      const { id } = motion.settlements
      if (!this.open.delete(id)) throw new Error(`command ${id} settled twice`)
    }
  }
}

test.each([
  ['even', limits],
  ['uneven', uneven],
])(
  'transitions are those of the diagram, the setpoint keeps the limits, every command settles once (%s limits)',
  (_, own) => {
    fc.assert(
      fc.property(script, (steps) => {
        const world = new World(own)
        world.run(steps)
        world.command((id) => world.motion.power(id, false))
        if (world.motion.state === axisState.errorStop) {
          world.command((id) => world.motion.reset(id))
        }
        world.cycles(5)
        expect([...world.open]).toEqual([])
        expect(world.motion.state).toBe(axisState.disabled)
      }),
      { numRuns: 500 },
    )
  },
)

test('a stop comes to rest, whatever runs, waits or is laid over, within the time that its limits give it', () => {
  fc.assert(
    fc.property(script, (steps) => {
      const world = new World(uneven)
      world.run(steps)
      if (!['disabled', 'errorStop'].includes(axisStates[world.motion.state])) {
        world.command((id) => world.motion.stop(id))
        // 200 unit/s at 2000 unit/s^2, and what jerk and an acceleration under way add
        world.cycles(Math.ceil(0.3 / cycleS))
        expect([...world.open]).toEqual([])
        expect(world.motion.velocity).toBe(0)
        expect([axisState.standstill, axisState.errorStop]).toContain(world.motion.state)
      }
    }),
    { numRuns: 300 },
  )
})

test('left alone, every motion ends: discrete ones at standstill, a halt after a velocity too', () => {
  fc.assert(
    fc.property(script, (steps) => {
      const world = new World(limits)
      world.run(steps)
      world.command((id) => world.motion.setOverride(id, 1))
      if (/continuous|synchronized/.test(axisStates[world.motion.state])) {
        world.command((id) => world.motion.halt(id))
      }
      // The slowest moves here: five of 130 units at 5 % of each limit. Two that follow a velocity may have it to themselves.
      for (let k = 0; k < 8 && world.open.size > 0; k++) {
        world.cycles(14 / cycleS)
        if (/continuous/.test(axisStates[world.motion.state]))
          world.command((id) => world.motion.halt(id))
      }
      expect([...world.open]).toEqual([])
      expect(['standstill', 'errorStop', 'disabled']).toContain(axisStates[world.motion.state])
    }),
    { numRuns: 60 },
  )
})
