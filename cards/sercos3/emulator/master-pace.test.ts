/** A simulated master beside a simulated clock: each looks at the time, and does what is due, whenever the card sleeps. */
import { describe, expect, test } from 'vitest'
import { Pacer } from '../../emulation/pacer.ts'
import { MasterPace } from './master-pace.ts'

const periodNs = 1_000_000

class World {
  nowNs = 0
  timerRuns = true
  readonly periodNs = periodNs
  statusTaken = false
  isCounted = true
  unread = false
  /** When each cycle of the card began, us. */
  readonly cycles: number[] = []
  /** How often the master came between two cycles of the card. */
  readonly visits: number[] = []
  /** When the master comes next; it comes by its own clock, or after a count. */
  masterNs = Infinity
  ownPeriodNs = 0
  stopped = false
  readonly clock = { now: () => this.nowNs }
  readonly pace = new MasterPace(this, this)
  #visits = 0
  readonly #pacer = new Pacer(0, periodNs)

  isLastRead(): boolean {
    return !this.isCounted || !this.unread
  }

  waitUntil(untilNs: number): boolean {
    while (this.masterNs <= untilNs) {
      this.nowNs = Math.max(this.nowNs, this.masterNs)
      this.#visit()
    }
    this.nowNs = Math.max(this.nowNs, untilNs)
    return !this.stopped
  }

  /** One cycle of the card; the master reads its count so much later. */
  cycle(masterLateNs = 20_000): boolean {
    const goesOn = this.pace.waitUntil(this.#pacer.deadlineNs)
    this.#pacer.advance(this.nowNs, periodNs)
    this.cycles.push(Math.round(this.nowNs / 1000))
    this.visits.push(this.#visits)
    this.#visits = 0
    this.statusTaken = false
    this.unread = true
    if (this.ownPeriodNs === 0) this.masterNs = this.nowNs + masterLateNs
    return goesOn
  }

  #visit(): void {
    this.#visits++
    this.statusTaken = true
    if (this.isCounted) this.unread = false
    this.masterNs = this.ownPeriodNs > 0 ? this.masterNs + this.ownPeriodNs : Infinity
  }
}

describe('a master that goes by the counts', () => {
  test('gets a cycle per period while it is punctual', () => {
    const world = new World()
    for (let n = 0; n < 5; n++) world.cycle()
    expect(world.cycles).toEqual([1000, 2000, 3000, 4000, 5000])
  })

  test('gets every cycle once, however late it is within its patience', () => {
    const world = new World()
    for (const late of [20_000, 20_000, 3_000_000, 20_000, 90_000_000, 900_000, 20_000, 20_000])
      world.cycle(late)
    expect(world.visits).toEqual([0, 1, 1, 1, 1, 1, 1, 1])
  })

  test('has most of a period for its work after it came late', () => {
    const world = new World()
    for (const late of [20_000, 20_000, 5_000_000, 20_000]) world.cycle(late)
    const [before, after] = world.cycles.slice(2)
    expect((after as number) - (before as number)).toBeGreaterThanOrEqual(5_800)
  })

  test('that stops is waited for once, and then the card goes on by itself', () => {
    const world = new World()
    for (const late of [20_000, 20_000, Infinity]) world.cycle(late)
    world.cycle(Infinity)
    world.isCounted = false
    for (let n = 0; n < 3; n++) world.cycle(Infinity)
    const steps = world.cycles.slice(5).map((us, n) => us - (world.cycles[n + 4] as number))
    expect(steps).toEqual([1000, 1000])
    expect((world.cycles[3] as number) - (world.cycles[2] as number)).toBeLessThan(260_000)
  })

  test('and never takes a status is not waited for', () => {
    const world = new World()
    for (let n = 0; n < 5; n++) {
      world.cycle(Infinity)
    }
    expect(world.cycles).toEqual([1000, 2000, 3000, 4000, 5000])
  })
})

test.each([900_000, 1_000_000, 1_070_000, 1_500_000])(
  'a master with a clock of its own, period %i ns, finds new telegrams each time it comes',
  (ownPeriodNs) => {
    const world = new World()
    world.isCounted = false
    world.ownPeriodNs = ownPeriodNs
    world.masterNs = 990_000
    for (let n = 0; n < 60; n++) world.cycle()
    expect(world.visits.slice(3)).toEqual(world.visits.slice(3).map(() => 1))
  },
)

test('nothing waits for a master while the main timer is off', () => {
  const world = new World()
  for (let n = 0; n < 3; n++) world.cycle()
  world.timerRuns = false
  for (let n = 0; n < 3; n++) world.cycle(Infinity)
  expect(world.cycles.slice(-3)).toEqual([4000, 5000, 6000])
})

test('a stop ends the wait for a master', () => {
  const world = new World()
  for (let n = 0; n < 3; n++) world.cycle()
  world.cycle(Infinity)
  world.stopped = true
  expect(world.cycle()).toBe(false)
})
