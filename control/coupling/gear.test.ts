import { expect, test } from 'vitest'
import { axisError } from '../axis/axis-error.ts'
import { motionResult, type Motion } from '../axis/motion.ts'
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { CombineAxes } from './combine-axes.ts'
import { GearIn } from './gear-in.ts'
import { GearInPos } from './gear-in-pos.ts'
import { syncMode } from './gear-law.ts'
import { VirtualMaster } from './master-source.ts'
import { LedMaster } from '../../test/control/led-master.ts'
import { LimitWatch } from '../../test/control/limit-watch.ts'

const cycleS = 0.001
const own = new KinematicLimits()
own.set(500, 5000, 100_000)

function newMaster(velocity = 300): LedMaster {
  return new LedMaster(cycleS, velocity, 3000, 50_000)
}

/** A slave whose every setpoint is checked against its limits. */
class Slave {
  readonly setpoint = new MotionState()
  readonly #watch = new LimitWatch(cycleS, own)

  step(motion: Motion): number {
    this.#watch.begin(this.setpoint)
    const result = motion.step(this.setpoint)
    this.#watch.look(this.setpoint)
    return result
  }

  /** Steps `motion` behind its masters until it is reached; how many cycles that took. */
  until(motion: Motion, result: number, ...masters: LedMaster[]): number {
    for (let n = 1; n < 5000; n++) {
      for (const master of masters) master.cycle()
      if (this.step(motion) === result) return n
    }
    throw new Error('never')
  }
}

test('a gear takes the velocity of its master as fast as the slave may, then keeps both positions together', () => {
  const master = newMaster()
  const gear = new GearIn(cycleS, own, master)
  const slave = new Slave()
  gear.numerator = 3
  gear.denominator = 2
  master.goOnAt(200)
  for (let n = 0; n < 500; n++) master.cycle()
  gear.begin()
  const cycles = slave.until(gear, motionResult.reached, master)
  // 0 to 300 at 5000 unit/s^2 with 1e5 unit/s^3: 300/5000 + 5000/1e5 s
  expect(cycles).toBe(110)
  const behind = slave.setpoint.position - 1.5 * master.position
  master.goOnAt(-250)
  for (let n = 0; n < 400; n++) {
    master.cycle()
    expect(slave.step(gear)).toBe(motionResult.reached)
    expect(slave.setpoint.position - 1.5 * master.position).toBeCloseTo(behind, 9)
    expect(slave.setpoint.velocity).toBeCloseTo(1.5 * master.velocity, 9)
  }
})

test('the dynamics of a gear hold on the way into it', () => {
  const master = newMaster()
  const gear = new GearIn(cycleS, own, master)
  const slave = new Slave()
  master.goOnAt(200)
  for (let n = 0; n < 500; n++) master.cycle()
  gear.dynamics.set(0, 1000, 20_000)
  gear.begin()
  // 200/1000 + 1000/20000 s, but for the last step, which is the slave's own
  const cycles = slave.until(gear, motionResult.reached, master)
  expect(cycles).toBeGreaterThan(247)
  expect(cycles).toBeLessThanOrEqual(250)
})

test('a slave that cannot keep up falls behind, and catches up exactly', () => {
  const master = newMaster()
  const gear = new GearIn(cycleS, own, master)
  const slave = new Slave()
  gear.numerator = 2
  gear.begin()
  expect(slave.until(gear, motionResult.reached, master)).toBe(1)
  // 300 * 2 is more than the slave's 500
  master.moveTo(120)
  slave.until(gear, motionResult.running, master)
  slave.until(gear, motionResult.reached, master)
  for (let n = 0; n < 2000; n++) {
    master.cycle()
    slave.step(gear)
  }
  expect(gear.inGear).toBe(true)
  expect(slave.setpoint.position).toBe(240)
  expect(slave.setpoint.velocity).toBe(0)
})

test('coordinates that are set anew, of master or slave, move nobody', () => {
  const master = newMaster()
  const gear = new GearIn(cycleS, own, master)
  const slave = new Slave()
  gear.begin()
  master.goOnAt(100)
  for (let n = 0; n < 300; n++) {
    if (n === 150) master.recount(5000)
    if (n === 200) {
      slave.setpoint.position -= 70
      gear.shift(-70)
    }
    master.cycle()
    expect(slave.step(gear)).toBe(motionResult.reached)
  }
  expect(slave.setpoint.position).toBeCloseTo(master.position - 5000 - 70, 9)
})

test('a gear without a number is not begun, and a master without one fails it', () => {
  const master = newMaster()
  const gear = new GearIn(cycleS, own, master)
  expect(gear.check()).toBe(axisError.none)
  gear.denominator = 0
  expect(gear.check()).toBe(axisError.argument)
  gear.denominator = 1
  gear.begin()
  master.position = NaN
  const before = new MotionState()
  expect(gear.step(before)).toBe(motionResult.failed)
  expect(gear.error).toBe(axisError.argument)
  expect(before).toEqual(new MotionState())
})

test('a slave that waits for its master keeps its velocity, after its acceleration has faded out', () => {
  const slave = new Slave()
  const gear = gearInPos(newMaster())
  slave.setpoint.set(3, 100, 2000)
  gear.begin(slave.setpoint)
  while (slave.setpoint.acceleration !== 0) slave.step(gear)
  // 2000^2 / (2 * 1e5)
  expect(slave.setpoint.velocity).toBeCloseTo(120, 9)
  const { position } = slave.setpoint
  for (let n = 0; n < 100; n++) slave.step(gear)
  expect(slave.setpoint.position - position).toBeCloseTo(12, 9)
})

test('axes combined: the slave follows the difference of both masters', () => {
  const [first, second] = [newMaster(), newMaster()]
  const combined = new CombineAxes(cycleS, own, first, second)
  combined.masters.firstRatio = 0.5
  combined.masters.secondRatio = -1
  const slave = new Slave()
  combined.begin()
  slave.until(combined, motionResult.reached, first, second)
  first.moveTo(100)
  second.moveTo(30)
  for (let n = 0; n < 1500; n++) {
    first.cycle()
    second.cycle()
    expect(slave.step(combined)).toBe(motionResult.reached)
    expect(slave.setpoint.position).toBeCloseTo(0.5 * first.position - second.position, 9)
  }
  expect(slave.setpoint.position).toBeCloseTo(20, 9)
})

function gearInPos(master: VirtualMaster): GearInPos {
  const gear = new GearInPos(cycleS, own, master)
  gear.numerator = 2
  gear.masterSync = 100
  gear.slaveSync = 30
  gear.masterStartDistance = 60
  return gear
}

test('a gear in position is in sync when the master passes the place, not sooner', () => {
  const master = newMaster()
  const gear = gearInPos(master)
  const slave = new Slave()
  gear.begin(slave.setpoint)
  master.goOnAt(150)
  let syncedAt = NaN
  for (let n = 0; n < 1200; n++) {
    master.cycle()
    const result = slave.step(gear)
    if (master.position < 40) expect(slave.setpoint.position).toBe(0)
    if (result === motionResult.reached && Number.isNaN(syncedAt)) syncedAt = master.position
    if (master.position >= 100) {
      expect(result).toBe(motionResult.reached)
      expect(slave.setpoint.position).toBeCloseTo(30 + 2 * (master.position - 100), 8)
    }
  }
  expect(syncedAt).toBeGreaterThanOrEqual(100)
  expect(syncedAt).toBeLessThan(100 + 150 * cycleS)
})

test('a master that slows down, and stops on the way, is met none the less', () => {
  const master = newMaster(120)
  const gear = gearInPos(master)
  const slave = new Slave()
  gear.begin(slave.setpoint)
  master.moveTo(85)
  for (let n = 0; n < 1500; n++) {
    master.cycle()
    slave.step(gear)
  }
  expect(slave.setpoint.velocity).toBe(0)
  expect(gear.inSync).toBe(false)
  master.goOnAt(60)
  for (let n = 0; n < 2000; n++) {
    master.cycle()
    slave.step(gear)
    if (master.position > 100.1) expect(gear.inSync).toBe(true)
  }
})

test.each([
  [700, 0],
  [-700, 0],
  [490, 5000],
  [600, -8000],
])(
  'a slave that is beyond its limits (%f, %f) comes back inside them on its way',
  (velocity, acceleration) => {
    for (const gear of [
      new GearIn(cycleS, own, new VirtualMaster()),
      new GearInPos(cycleS, own, new VirtualMaster()),
    ]) {
      const setpoint = new MotionState()
      setpoint.set(0, velocity, acceleration)
      gear.begin(setpoint)
      for (let n = 0; n < 2000; n++) {
        const { position: p, velocity: v, acceleration: a } = setpoint
        gear.step(setpoint)
        // position and velocity are what the acceleration makes of them, at a jerk within the limits
        expect(Math.abs(setpoint.acceleration - a)).toBeLessThan(own.jerkMax * cycleS * 1.000_001)
        const mean = (cycleS * (setpoint.acceleration + a)) / 2
        expect(Math.abs(setpoint.velocity - v - mean)).toBeLessThan(own.jerkMax * cycleS ** 2)
        const way = cycleS * (v + mean / 2)
        expect(Math.abs(setpoint.position - p - way)).toBeLessThan(own.jerkMax * cycleS ** 3)
      }
      expect(setpoint.velocity).toBe(0)
    }
  },
)

// it brakes by its own jerk then, and the gentler one that was asked for cannot take that acceleration back in time
test('a slave on its gentle way keeps its velocity limit when the master halts for a moment', () => {
  for (let halt = 5; halt <= 160; halt += 5) {
    const master = new VirtualMaster()
    const gear = gearInPos(master)
    gear.masterSync = 700
    gear.slaveSync = -500
    gear.masterStartDistance = 650
    gear.dynamics.jerk = 2000
    const slave = new Slave()
    slave.setpoint.set(0, -450, 0)
    gear.begin(slave.setpoint)
    for (let n = 0; n < 1500; n++) {
      const halts = n >= 600 && n < 600 + halt
      master.velocity = halts ? 0 : 100
      master.position += cycleS * master.velocity
      slave.step(gear)
    }
    // it was on its way again, by its own jerk or the gentle one
    expect(slave.setpoint.velocity).toBeGreaterThan(-450)
  }
})

test.each([
  ['on the way to its place', 0.3],
  ['while it catches up', 0],
])('a slave whose coordinates are set anew %s goes on from where it is', (_, distance) => {
  const master = newMaster()
  const gear = gearInPos(master)
  gear.masterStartDistance = 60 * distance
  gear.slaveSync = 80
  const slave = new Slave()
  gear.begin(slave.setpoint)
  master.goOnAt(100)
  while (slave.setpoint.velocity < 30) {
    master.cycle()
    slave.step(gear)
  }
  expect(gear.inSync).toBe(false)
  slave.setpoint.position += 1000
  gear.shift(1000)
  slave.until(gear, motionResult.reached, master)
  expect(slave.setpoint.position).toBeCloseTo(1080 + 2 * (master.position - 100), 8)
})

test('a way too short for the slave brings it in sync later', () => {
  const master = newMaster()
  const gear = gearInPos(master)
  gear.masterStartDistance = 1
  const slave = new Slave()
  gear.begin(slave.setpoint)
  master.goOnAt(150)
  slave.until(gear, motionResult.reached, master)
  expect(master.position).toBeGreaterThan(101)
  expect(slave.setpoint.position).toBeCloseTo(30 + 2 * (master.position - 100), 8)
  for (let n = 0; n < 100; n++) {
    master.cycle()
    expect(slave.step(gear)).toBe(motionResult.reached)
  }
})

test('an endless slave takes the equal place that its mode asks for', () => {
  const places = Object.values(syncMode).map((mode) => {
    const master = newMaster()
    const gear = gearInPos(master)
    gear.slaveModulo = 360
    gear.slaveSync = 0
    gear.mode = mode
    const slave = new Slave()
    slave.setpoint.set(10_000, 0, 0)
    gear.begin(slave.setpoint)
    master.goOnAt(50)
    slave.until(gear, motionResult.reached, master)
    return Math.round(slave.setpoint.position - 2 * (master.position - 100)) / 360
  })
  // unhurried it gets to 10000 + 60 = 27.94 turns; 27 turns would be backwards
  expect(places).toEqual([28, 28, 27])
})

test('phasing shifts the slave against its master, and back', () => {
  const master = newMaster()
  const gear = new GearIn(cycleS, own, master)
  gear.numerator = 2
  const slave = new Slave()
  gear.begin()
  master.goOnAt(100)
  slave.until(gear, motionResult.reached, master)
  const offset = slave.setpoint.position - 2 * master.position
  const dynamics = gear.dynamics
  expect(gear.phase.moveBy(15, dynamics)).toBe(axisError.none)
  for (let n = 0; n < 1000; n++) {
    master.cycle()
    slave.step(gear)
  }
  expect(slave.setpoint.position - 2 * master.position - offset).toBeCloseTo(30, 8)
  gear.phase.moveTo(-5, dynamics)
  expect(gear.phase.moves).toBe(true)
  for (let n = 0; n < 1000; n++) {
    master.cycle()
    slave.step(gear)
  }
  expect(gear.phase.moves).toBe(false)
  expect(gear.phase.shift.position).toBe(-5)
  expect(slave.setpoint.position - 2 * master.position - offset).toBeCloseTo(-10, 8)
  expect(gear.phase.moveTo(NaN, dynamics)).toBe(axisError.argument)
  expect(gear.phase.shift.position).toBe(-5)
})

test('dynamics that are negative are refused, for they leave no way', () => {
  const master = new VirtualMaster()
  const couplings = [
    new GearIn(cycleS, own, master),
    new GearInPos(cycleS, own, master),
    new CombineAxes(cycleS, own, master, master),
  ]
  for (const coupling of couplings) {
    expect(coupling.check()).toBe(axisError.none)
    coupling.dynamics.deceleration = -1
    expect(coupling.check()).toBe(axisError.argument)
  }
})
