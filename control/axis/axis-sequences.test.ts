/** Random command sequences against the PLCopen diagram and the limits of the axis. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisError } from './axis-error.ts'
import { AxisMotion } from './axis-motion.ts'
import type { AxisLimits } from './command-checks.ts'
import { axisStates, type AxisState } from './axis-state.ts'

const cycleS = 0.002
const limits: AxisLimits = {
  positionMin: -50,
  positionMax: 80,
  velocity: 200,
  acceleration: 3000,
  jerk: 60_000,
  followingError: 10,
}

/** PLCopen Part 1, single-axis diagram. Beside these, every state may go to errorStop, and every one but errorStop to disabled. */
const diagram: { readonly [from in AxisState]: readonly AxisState[] } = {
  disabled: ['standstill'],
  standstill: ['homing', 'stopping', 'discreteMotion', 'continuousMotion', 'synchronizedMotion'],
  homing: ['standstill', 'stopping'],
  stopping: ['standstill'],
  discreteMotion: ['standstill', 'stopping', 'continuousMotion', 'synchronizedMotion'],
  continuousMotion: ['stopping', 'discreteMotion', 'synchronizedMotion'],
  synchronizedMotion: ['stopping', 'discreteMotion', 'continuousMotion'],
  errorStop: ['standstill', 'disabled'],
}

function allowed(from: AxisState, to: AxisState): boolean {
  return (
    from === to ||
    to === 'errorStop' ||
    (to === 'disabled' && from !== 'errorStop') ||
    diagram[from].includes(to)
  )
}

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const share = fc.oneof(fc.constant(0), double(0.05, 1.02))
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('moveAbsolute' as const),
      to: double(-55, 85),
      v: share,
      a: share,
      j: share,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('moveRelative' as const),
      to: double(-40, 40),
      v: share,
      a: share,
      j: share,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('moveVelocity' as const),
      v: double(-1.05, 1.05),
      a: share,
      j: share,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('halt' as const, 'stop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('home' as const), to: double(-60, 90) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('power' as const), on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'errorStop' as const,
        'quickStop' as const,
        'release' as const,
        'losePower' as const,
        'follow' as const,
      ),
    }),
  },
)
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
  readonly motion = new AxisMotion(cycleS, limits)
  readonly open = new Set<number>()
  #state: AxisState = 'disabled'
  #actual = 1.5
  #powerCycles = 0
  #losePower = false
  #nextId = 1

  run(steps: readonly (readonly [Command, number])[]): void {
    for (const [next, cycles] of steps) {
      // Most sequences spend their time powered, so that moves are not all refused.
      if (this.#state === 'errorStop') this.command((id) => this.motion.reset(id))
      if (this.#state === 'disabled' && next.kind !== 'power') {
        this.command((id) => this.motion.power(id, true))
        this.cycles(4)
      }
      this.apply(next)
      this.cycles(cycles)
    }
  }

  apply(next: Command): void {
    const { motion } = this
    switch (next.kind) {
      case 'moveAbsolute':
      case 'moveRelative':
        this.command((id) =>
          motion[next.kind](
            id,
            next.to,
            next.v * limits.velocity,
            next.a * limits.acceleration,
            next.j * limits.jerk,
          ),
        )
        break
      case 'moveVelocity':
        this.command((id) =>
          motion.moveVelocity(
            id,
            next.v * limits.velocity,
            next.a * limits.acceleration,
            next.j * limits.jerk,
          ),
        )
        break
      case 'halt':
      case 'stop':
        this.command((id) => motion[next.kind](id))
        break
      case 'home':
        this.command((id) => motion.home(id, next.to))
        break
      case 'power':
        this.command((id) => motion.power(id, next.on))
        break
      case 'losePower':
        this.#losePower = true
        break
      case 'follow':
        motion.externalPosition = motion.position
        motion.externalVelocity = 0
        motion.follow()
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
      const { position, velocity, acceleration, state } = motion
      const wasPowered = motion.powerRequested && this.#powerCycles > 3
      motion.drivePosition = this.#actual
      motion.update(powered)
      if (
        wasPowered &&
        powered &&
        axisStates[state] !== 'homing' &&
        axisStates[state] !== 'synchronizedMotion'
      ) {
        atMost(Math.abs(motion.velocity), limits.velocity, 'velocity')
        atMost(Math.abs(motion.acceleration), limits.acceleration, 'acceleration')
        atMost(Math.abs(motion.position - position), limits.velocity * cycleS, 'way of a cycle')
        atMost(
          Math.abs(motion.velocity - velocity),
          limits.acceleration * cycleS,
          'change of velocity',
        )
        atMost(
          Math.abs(motion.acceleration - acceleration),
          limits.jerk * cycleS,
          'change of acceleration',
        )
        atMost(motion.position, limits.positionMax, 'position')
        atMost(-motion.position, -limits.positionMin, 'position')
      } else if (!powered) {
        atMost(Math.abs(motion.position - motion.actualPosition), 0, 'distance to the feedback')
      }
      if (powered) this.#actual = motion.setpoint
      this.observe()
    }
  }

  observe(): void {
    const state = axisStates[this.motion.state]
    if (!allowed(this.#state, state)) throw new Error(`${this.#state} -> ${state}`)
    this.#state = state
    while (this.motion.settlements.take()) {
      const { id } = this.motion.settlements
      if (!this.open.delete(id)) throw new Error(`command ${id} settled twice`)
    }
  }
}

test('transitions are those of the diagram, the setpoint never jumps, every command settles once', () => {
  fc.assert(
    fc.property(script, (steps) => {
      const world = new World()
      world.run(steps)
      world.command((id) => world.motion.power(id, false))
      if (axisStates[world.motion.state] === 'errorStop') {
        world.command((id) => world.motion.reset(id))
      }
      world.cycles(5)
      expect([...world.open]).toEqual([])
      expect(axisStates[world.motion.state]).toBe('disabled')
    }),
    { numRuns: 3000 },
  )
})

test('left alone, every motion ends: discrete ones at standstill, a halt after a velocity too', () => {
  fc.assert(
    fc.property(script, (steps) => {
      const world = new World()
      world.run(steps)
      if (/continuous|synchronized/.test(axisStates[world.motion.state])) {
        world.command((id) => world.motion.halt(id))
      }
      // The slowest move here: 130 units at 5 % of each limit.
      world.cycles(14 / cycleS)
      expect([...world.open]).toEqual([])
      expect(['standstill', 'errorStop', 'disabled']).toContain(axisStates[world.motion.state])
    }),
    { numRuns: 200 },
  )
})
