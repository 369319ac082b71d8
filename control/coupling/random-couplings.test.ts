import fc from 'fast-check'
import { expect, test } from 'vitest'
import { motionResult, type Motion } from '../axis/motion.ts'
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { CamIn } from './cam-in.ts'
import { type CamDescription, makeCam } from './cam-table.ts'
import { CombineAxes } from './combine-axes.ts'
import { GearIn } from './gear-in.ts'
import { GearInPos } from './gear-in-pos.ts'
import { LedMaster } from '../../test/control/led-master.ts'
import { LimitWatch } from '../../test/control/limit-watch.ts'

const cycleS = 0.002

/** Evenly: random doubles are mostly next to nothing, or next to a bound. */
const range = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1 << 20 }).map((part) => min + ((max - min) * part) / (1 << 20))

const limits = fc
  .record({
    velocity: range(100, 1000),
    acceleration: range(500, 20_000),
    jerk: range(20_000, 1e6),
    shares: fc.tuple(range(0.5, 1), range(0.5, 1), range(0.5, 1)),
  })
  .map(({ velocity, acceleration, jerk, shares: [v, a, j] }) => {
    const made = new KinematicLimits()
    made.set(velocity, acceleration, jerk)
    made.velocityMin *= v
    made.accelerationMin *= a
    made.jerkMin *= j
    return made
  })

const cam: fc.Arbitrary<CamDescription> = fc.oneof(
  fc.record({
    interpolation: fc.constantFrom('linear' as const, 'cubic' as const, 'quintic' as const),
    ends: fc.constantFrom('natural' as const, 'rest' as const, 'periodic' as const),
    points: fc
      .array(range(-40, 40), { minLength: 3, maxLength: 6 })
      .map((slaves) => slaves.map((slave, n) => ({ master: 60 * n, slave }))),
  }),
  fc.record({
    from: fc.constant({ master: 0, slave: 0 }),
    sections: fc.tuple(
      fc.record({
        law: fc.constantFrom('modifiedSine' as const, 'parabola' as const, 'polynomial5' as const),
        master: range(60, 120),
        slave: range(-60, 60),
      }),
      fc.record({
        law: fc.constantFrom('inclinedSine' as const, 'simpleSine' as const),
        master: range(200, 360),
        slave: range(-60, 60),
      }),
    ),
  }),
)

const ratio = range(-4, 4)
type Make = (own: KinematicLimits, first: LedMaster, second: LedMaster) => Motion
const coupling: fc.Arbitrary<Make> = fc.oneof(
  ratio.map((numerator): Make => (own, first) => {
    const gear = new GearIn(cycleS, own, first)
    gear.numerator = numerator
    return gear
  }),
  fc
    .record({ numerator: ratio, at: range(-50, 50), slave: range(-50, 50), distance: range(0, 80) })
    .map(({ numerator, at, slave, distance }): Make => (own, first) => {
      const gear = new GearInPos(cycleS, own, first)
      gear.numerator = numerator
      gear.masterSync = at
      gear.slaveSync = slave
      gear.masterStartDistance = distance
      return gear
    }),
  fc
    .record({ description: cam, periodic: fc.boolean(), absolute: fc.boolean(), scaling: ratio })
    .map(({ description, periodic, absolute, scaling }): Make => (own, first) => {
      const table = makeCam(description)
      const motion = new CamIn(cycleS, own, first, table)
      motion.cam.select(table, { periodic, masterAbsolute: absolute, slaveAbsolute: absolute })
      motion.cam.slaveScaling = scaling
      return motion
    }),
  fc.tuple(ratio, ratio).map(([firstRatio, secondRatio]): Make => (own, first, second) => {
    const motion = new CombineAxes(cycleS, own, first, second)
    motion.masters.firstRatio = firstRatio
    motion.masters.secondRatio = secondRatio
    return motion
  }),
)

const act = fc.record({
  cycles: fc.integer({ min: 1, max: 150 }),
  what: fc.constantFrom('moveTo', 'goOnAt', 'couple', 'recount', 'shift'),
  which: fc.nat({ max: 1 }),
  value: range(-300, 300),
  coupling,
})

test('whatever is coupled to whatever master, the slave keeps its limits, and comes to rest in its place', () => {
  fc.assert(
    fc.property(
      limits,
      fc.array(act, { minLength: 2, maxLength: 8 }),
      coupling,
      (own, acts, begun) => {
        const masters = [
          new LedMaster(cycleS, 400, 8000, 400_000),
          new LedMaster(cycleS, 300, 2000, 20_000),
        ] as const
        const [first, second] = masters
        first.place(0)
        second.place(0)
        const setpoint = new MotionState()
        const watch = new LimitWatch(cycleS, own)
        watch.begin(setpoint)
        let motion = begun(own, first, second)
        motion.begin(setpoint)
        let result: number = motionResult.running
        const run = (cycles: number) => {
          for (let n = 0; n < cycles; n++) {
            first.cycle()
            second.cycle()
            result = motion.step(setpoint)
            if (result === motionResult.failed) throw new Error(`failed with ${motion.error}`)
            watch.look(setpoint)
          }
        }
        for (const { cycles, what, which, value, coupling: other } of acts) {
          const master = masters[which as 0 | 1]
          if (what === 'moveTo') master.moveTo(value)
          else if (what === 'goOnAt') master.goOnAt(which === 0 ? value : value * 0.9)
          else if (what === 'recount') master.recount(value)
          else if (what === 'shift') {
            setpoint.position += value
            motion.shift(value)
            watch.begin(setpoint)
          } else {
            motion = other(own, first, second)
            motion.begin(setpoint)
          }
          run(cycles)
        }
        expect(watch.looked).toBeGreaterThan(0)
        first.goOnAt(0)
        second.goOnAt(0)
        const settled = () => {
          if (motion instanceof GearIn) return motion.inGear
          // the master may never come to the place where both shall be in sync
          if (motion instanceof GearInPos) return motion.inSync || setpoint.acceleration === 0
          return (motion as CamIn | CombineAxes).inSync
        }
        run(500)
        for (let n = 0; n < 100 && !settled(); n++) run(500)
        expect(settled()).toBe(true)
        const { velocity, acceleration } = setpoint
        if (!(motion instanceof GearInPos) || motion.inSync)
          expect([velocity, acceleration]).toEqual([expect.closeTo(0, 9), expect.closeTo(0, 6)])
      },
    ),
    { numRuns: 60 },
  )
})
