import { expect, test } from 'vitest'
import { axisError } from '../axis/axis-error.ts'
import { motionResult } from '../axis/motion.ts'
import { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { CamIn } from './cam-in.ts'
import { makeCam } from './cam-table.ts'
import { LedMaster } from '../../test/control/led-master.ts'
import { LimitWatch } from '../../test/control/limit-watch.ts'

const cycleS = 0.001
const own = new KinematicLimits()
own.set(500, 5000, 200_000)

/** Up by 40 in half a turn of the master, back in the other half. */
const lift = makeCam({
  from: { master: 0, slave: 0 },
  sections: [
    { law: 'modifiedSine', master: 180, slave: 40 },
    { law: 'inclinedSine', master: 360, slave: 0 },
  ],
})
/** On by 100 in each turn. */
const feed = makeCam({
  from: { master: 0, slave: 0 },
  sections: [
    { law: 'rest', master: 90, slave: 0 },
    { law: 'polynomial5', master: 360, slave: 100 },
  ],
})

/** A master, and a slave whose every setpoint is checked. */
class Bench {
  readonly master = new LedMaster(cycleS, 720, 7200, 100_000)
  readonly cam: CamIn
  readonly setpoint = new MotionState()
  result: number = motionResult.running
  readonly #watch = new LimitWatch(cycleS, own)

  constructor(table = lift) {
    this.cam = new CamIn(cycleS, own, this.master, table)
  }

  /** Begins, with the slave at rest where it is. */
  begin(): void {
    this.#watch.begin(this.setpoint)
    this.cam.begin(this.setpoint)
  }

  cycles(count: number, look?: () => void): void {
    for (let n = 0; n < count; n++) {
      this.master.cycle()
      this.result = this.cam.step(this.setpoint)
      this.#watch.look(this.setpoint)
      look?.()
    }
  }
}

/** Modified sine from rest to rest, from its two integrals in closed form; z from 1/8 to 7/8. */
function modifiedSineMiddle(z: number): number {
  const { PI } = Math
  return (2 + PI * z - (9 / 4) * Math.sin((PI / 3) * (1 + 4 * z))) / (4 + PI)
}

test('a slave on a cam is where the law of motion says, with velocity and acceleration by the chain rule', () => {
  const bench = new Bench()
  bench.cam.cam.periodic = true
  bench.begin()
  bench.master.goOnAt(360)
  bench.cycles(400)
  bench.cycles(1500, () => {
    expect(bench.result).toBe(motionResult.reached)
    const angle = bench.master.position % 360
    const { position, velocity, acceleration } = bench.setpoint
    if (angle > 180) {
      const z = (angle - 180) / 180
      const turn = 2 * Math.PI * z
      expect(position).toBeCloseTo(40 - 40 * (z - Math.sin(turn) / (2 * Math.PI)), 9)
      expect(velocity).toBeCloseTo(-80 * (1 - Math.cos(turn)), 8)
      expect(acceleration).toBeCloseTo(-160 * 2 * Math.PI * Math.sin(turn), 7)
    } else if (angle > 22.5 && angle < 157.5)
      expect(position).toBeCloseTo(40 * modifiedSineMiddle(angle / 180), 9)
  })
})

test('a periodic cam whose ends differ carries its slave on, also backwards', () => {
  const bench = new Bench(feed)
  bench.cam.cam.periodic = true
  bench.begin()
  bench.master.moveTo(360 * 5 + 45)
  bench.cycles(4000)
  expect(bench.setpoint.position).toBeCloseTo(500, 9)
  expect(bench.cam.cam.period).toBe(5)
  bench.master.moveTo(-360 * 2 + 45)
  bench.cycles(6000)
  expect(bench.setpoint.position).toBeCloseTo(-200, 9)
  expect(bench.cam.inSync).toBe(true)
})

test('a cam that is not periodic waits for its master, and is done when the master has left it', () => {
  const bench = new Bench(feed)
  bench.master.place(-50)
  bench.setpoint.set(7, 0, 0)
  bench.begin()
  bench.cycles(500)
  expect(bench.setpoint.position).toBeCloseTo(0, 12)
  expect(bench.result).toBe(motionResult.running)
  bench.master.moveTo(355)
  bench.cycles(2000)
  expect(bench.result).toBe(motionResult.running)
  bench.master.moveTo(400)
  bench.cycles(1000)
  expect(bench.result).toBe(motionResult.done)
  expect(bench.setpoint).toMatchObject({ position: 100, velocity: 0, acceleration: 0 })
})

test('relative cams begin where master and slave are', () => {
  const bench = new Bench(feed)
  bench.cam.cam.select(feed, { masterAbsolute: false, slaveAbsolute: false })
  bench.master.place(1000)
  bench.setpoint.set(-30, 0, 0)
  bench.begin()
  bench.cycles(10)
  expect(bench.setpoint.position).toBe(-30)
  bench.master.moveTo(1360)
  bench.cycles(2000)
  expect(bench.setpoint.position).toBeCloseTo(70, 9)
})

test('a relative slave in the middle of an absolute cam stays where it is until the master moves', () => {
  const bench = new Bench()
  bench.cam.cam.select(lift, { slaveAbsolute: false })
  bench.master.place(180)
  bench.setpoint.set(3, 0, 0)
  bench.begin()
  bench.cycles(10)
  expect(bench.setpoint.position).toBeCloseTo(3, 12)
  bench.master.moveTo(360)
  bench.cycles(2000)
  expect(bench.setpoint.position).toBeCloseTo(-37, 9)
})

test('offsets and scaling stretch and move a cam', () => {
  const bench = new Bench()
  const { cam } = bench.cam
  cam.periodic = true
  cam.masterScaling = 2
  cam.masterOffset = 30
  cam.slaveScaling = -0.5
  cam.slaveOffset = 5
  bench.begin()
  // half-way of the cam at 30 + 2 * 180
  bench.master.moveTo(390)
  bench.cycles(2000)
  expect(bench.setpoint.position).toBeCloseTo(5 - 20, 9)
  bench.master.moveTo(30)
  bench.cycles(2000)
  expect(bench.setpoint.position).toBeCloseTo(5, 9)
})

test('a slave is in its cam from the place of the master that was asked for', () => {
  const bench = new Bench()
  bench.cam.cam.periodic = true
  bench.cam.masterSync = 450
  bench.cam.masterStartDistance = 90
  bench.begin()
  bench.master.goOnAt(200)
  bench.cycles(4000, () => {
    if (bench.master.position < 360) expect(bench.setpoint.position).toBe(0)
    expect(bench.cam.inSync).toBe(bench.master.position >= 450)
  })
})

test('a cam too fast for its slave is followed as far as the limits allow, and exactly again when it is slower', () => {
  const bench = new Bench()
  bench.cam.cam.periodic = true
  bench.cam.cam.slaveScaling = 8
  bench.begin()
  bench.master.goOnAt(720)
  let lost = 0
  bench.cycles(3000, () => (lost += bench.cam.inSync ? 0 : 1))
  expect(lost).toBeGreaterThan(1000)
  bench.master.goOnAt(40)
  bench.cycles(3000)
  bench.cycles(1000, () => expect(bench.cam.inSync).toBe(true))
})

test('a cam of straight lines is rounded off at its kinks', () => {
  const zigzag = makeCam({
    interpolation: 'linear',
    points: [
      { master: 0, slave: 0 },
      { master: 180, slave: 60 },
      { master: 360, slave: 0 },
    ],
  })
  const bench = new Bench(zigzag)
  bench.cam.cam.periodic = true
  bench.begin()
  bench.master.goOnAt(90)
  bench.cycles(2500)
  let on = 0
  bench.cycles(4000, () => (on += bench.cam.inSync ? 1 : 0))
  expect(on).toBeGreaterThan(3000)
  expect(on).toBeLessThan(4000)
})

test('the master is shifted by its phase', () => {
  const bench = new Bench(feed)
  bench.cam.cam.periodic = true
  bench.master.place(90)
  bench.begin()
  bench.cam.phase.moveTo(270, bench.cam.dynamics)
  bench.cycles(3000)
  expect(bench.setpoint.position).toBeCloseTo(100, 9)
})

test('a cam without a scale is not begun', () => {
  const { cam } = new Bench()
  expect(cam.check()).toBe(axisError.none)
  cam.cam.masterScaling = 0
  expect(cam.check()).toBe(axisError.argument)
  cam.cam.masterScaling = 1
  cam.masterStartDistance = -1
  expect(cam.check()).toBe(axisError.argument)
})
