import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AxisTrajectory } from '../../trajectory/axis-trajectory.ts'
import { backlashTable, CompensationTable } from './compensation-table.ts'
import { Compensation } from './compensation.ts'

const cycleS = 0.001
const rates = { velocity: 5, acceleration: 500, jerk: 100_000 }

/** Nut and table: the table lies against one flank of the play, or between them. */
class Screw {
  table = 0
  readonly #play: number
  readonly #pitch: (drive: number) => number

  constructor(play: number, pitch: (drive: number) => number) {
    this.#play = play
    this.#pitch = pitch
  }

  /** Moved upward the table is with its nut, moved downward it stays behind by the play. */
  drive(drive: number): void {
    const nut = drive + this.#pitch(drive)
    this.table = Math.min(nut + this.#play, Math.max(nut, this.table))
  }
}

function straight(): number {
  return 0
}

function build(positions: readonly number[], forward: readonly number[]): CompensationTable {
  return new CompensationTable({ positions, forward })
}

function look(table: CompensationTable, position: number): [number, number] {
  table.position = position
  table.look()
  return [table.forward, table.backward]
}

describe('compensation table', () => {
  const table = new CompensationTable({
    positions: [0, 10, 40],
    forward: [0, 0.5, -0.1],
    backward: [0.1, 0.6, 0.2],
  })

  test('between points it is a straight line, in any order of looking, and beyond the ends it holds', () => {
    expect(look(table, 5)[0]).toBeCloseTo(0.25, 12)
    expect(look(table, 25)[1]).toBeCloseTo(0.4, 12)
    expect(look(table, 10)[0]).toBeCloseTo(0.5, 12)
    expect(look(table, -100)).toEqual([0, 0.1])
    expect(look(table, 100)[0]).toBeCloseTo(-0.1, 12)
    expect(look(table, 1)[0]).toBeCloseTo(0.05, 12)
  })

  test('what cannot be a table is refused by the place of its fault', () => {
    expect(() => build([0], [0])).toThrow(/DP_COMPENSATION_TABLE.*positions/)
    expect(() => build([0, 1], [0])).toThrow(/forward\.length/)
    expect(() => build([0, 0], [0, 0])).toThrow(/positions\[1\]/)
    expect(() => build([0, 1], [0, 0.2])).toThrow(/forward\[1\]/)
    expect(() => build([0, 1], [0, Number.NaN])).toThrow(/forward\[1\]/)
  })
})

/** Moves through the targets; the largest |table - commanded| at rest and in motion, and the drive's extra dynamics. */
function follow(
  compensation: Compensation,
  screw: Screw,
  targets: readonly number[],
): { atRest: number; moving: number; rate: number; jump: number } {
  const trajectory = new AxisTrajectory()
  trajectory.limits.set(50, 500, 20_000)
  compensation.enabled = true
  const found = { atRest: 0, moving: 0, rate: 0, jump: 0 }
  let [before, rateBefore] = [compensation.error, 0]
  for (const target of targets) {
    trajectory.from.set(trajectory.to.position, 0, 0)
    trajectory.to.set(target, 0, 0)
    trajectory.plan()
    // so long that a reversal is made up for
    for (let time = cycleS; time < trajectory.duration + 0.2; time += cycleS) {
      trajectory.time = time
      trajectory.sample()
      compensation.position = trajectory.position
      compensation.update()
      screw.drive(trajectory.position - compensation.error)
      const off = Math.abs(screw.table - trajectory.position)
      if (time > trajectory.duration + 0.15) found.atRest = Math.max(found.atRest, off)
      found.moving = Math.max(found.moving, off)
      const rate = (compensation.error - before) / cycleS
      found.rate = Math.max(found.rate, Math.abs(rate))
      found.jump = Math.max(found.jump, Math.abs(rate - rateBefore) / cycleS)
      before = compensation.error
      rateBefore = rate
    }
  }
  return found
}

describe('compensation', () => {
  test('play is taken up after every reversal: the table is where it is commanded to be', () => {
    const play = 0.08
    const targets = [20, 3, 15, -4, 0]
    const plain = follow(
      new Compensation(cycleS, backlashTable(0), rates),
      new Screw(play, straight),
      targets,
    )
    expect(plain.atRest).toBeCloseTo(play, 9)
    const compensation = new Compensation(cycleS, backlashTable(play), rates)
    const found = follow(compensation, new Screw(play, straight), targets)
    expect(found.atRest).toBeLessThan(1e-9)
    expect(found.moving).toBeLessThanOrEqual(play + 1e-9)
  })

  test('it is taken up within its own limits of velocity and acceleration', () => {
    const compensation = new Compensation(cycleS, backlashTable(0.5), rates)
    const found = follow(compensation, new Screw(0.5, straight), [20, 3, 15])
    expect(found.rate).toBeLessThanOrEqual(rates.velocity * (1 + 1e-9))
    expect(found.rate).toBeGreaterThan(0.9 * rates.velocity)
    expect(found.jump).toBeLessThanOrEqual(rates.acceleration * (1 + 1e-6))
  })

  test('a periodic screw error is left at what straight lines leave of it: h^2 / 8 of its curvature', () => {
    const amplitude = 0.02
    const perUnit = (2 * Math.PI) / 10
    const pitch = (drive: number): number => amplitude * Math.sin(perUnit * drive)
    const h = 0.5
    const positions = Array.from({ length: 121 }, (_, n) => -30 + n * h)
    const table = new CompensationTable({ positions, forward: positions.map(pitch) })
    const found = follow(
      new Compensation(cycleS, table, rates),
      new Screw(0, pitch),
      [25, -25, 7.3],
    )
    const bound = ((h * h) / 8) * amplitude * perUnit ** 2
    expect(found.moving).toBeLessThan(bound * 1.05)
    expect(found.moving).toBeGreaterThan(bound * 0.5)
  })

  test('switched on and off it does not leap, and ends at the table and at nothing', () => {
    const table = new CompensationTable({ positions: [0, 100], forward: [0.3, 0.4] })
    const compensation = new Compensation(cycleS, table, rates)
    compensation.position = 50
    const run = (enabled: boolean): number => {
      compensation.enabled = enabled
      let largest = 0
      for (let n = 0; n < 400; n++) {
        const before = compensation.error
        compensation.update()
        largest = Math.max(largest, Math.abs(compensation.error - before))
      }
      return largest
    }
    expect(run(true)).toBeLessThanOrEqual(rates.velocity * cycleS * (1 + 1e-9))
    // where the drive is: 50 - e, and the table says e = 0.35 - e / 1000 there
    expect(compensation.error).toBeCloseTo(0.35 / 1.001, 9)
    expect(run(false)).toBeLessThanOrEqual(rates.velocity * cycleS * (1 + 1e-9))
    expect(compensation.error).toBe(0)
    compensation.enabled = true
    compensation.jump()
    expect(compensation.error).toBeCloseTo(0.35 / 1.001, 5)
  })

  test('reversals at any moment keep the limits', () => {
    const waits = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 20 })
    fc.assert(
      fc.property(waits, (cycles) => {
        const compensation = new Compensation(cycleS, backlashTable(0.2), rates)
        compensation.enabled = true
        let [before, rateBefore, direction] = [0, 0, 1]
        compensation.jump()
        before = compensation.error
        for (const count of cycles) {
          direction = -direction
          for (let n = 0; n < count; n++) {
            compensation.position += direction * 1e-4
            compensation.update()
            const rate = (compensation.error - before) / cycleS
            expect(Math.abs(rate)).toBeLessThanOrEqual(rates.velocity * (1 + 1e-6))
            expect(Math.abs(rate - rateBefore) / cycleS).toBeLessThanOrEqual(
              rates.acceleration * (1 + 1e-6),
            )
            before = compensation.error
            rateBefore = rate
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  test('noise within the hysteresis is no reversal', () => {
    const options = { ...rates, hysteresis: 0.01 }
    const compensation = new Compensation(cycleS, backlashTable(0.2), options)
    compensation.enabled = true
    for (let n = 0; n < 500; n++) {
      compensation.position = n * 1e-4 + (n % 2 === 0 ? 0.004 : -0.004)
      compensation.update()
      expect(compensation.error).toBe(0)
    }
    compensation.position -= 0.02
    for (let n = 0; n < 200; n++) compensation.update()
    expect(compensation.error).toBeCloseTo(0.2, 9)
  })
})
