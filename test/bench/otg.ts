/**
 * otg: a calculation of a trajectory, 1, 3 and 6 axes synchronised in time, from random states to random states. The axes are
 * drawn from the reference files, so the cases are like those that the reference times are for; a fixed work in C, which takes
 * turns with the calculations, is the unit by which machines compare.
 */
import { readFileSync } from 'node:fs'
import { planResult } from '../../control/trajectory/plan-result.ts'
import { SynchronizedTrajectory } from '../../control/trajectory/synchronized-trajectory.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'
import { readCases } from '../trajectories/read-cases.ts'
import { Random } from '../trajectories/soak/random.ts'
import type { AxisCase } from '../trajectories/trajectory-case.ts'
import { median, NativeTwin } from './ask-native.ts'
import type { Bench, BenchOptions, BenchResult } from './bench.ts'
import { buildNative } from './build-native.ts'

/** Microseconds of the C++ implementation on the machine where the reference files were made. */
const reference = { 1: 1.7, 3: 7.2, 6: 31 } as const
/**
 * The C++ implementation (Ruckig 0.17.3, g++ -O3) on cases drawn the same way, in rounds of the calibration that ran beside it
 * on the same machine: 0.51, 2.96 and 6.5 us, a round 82 ns.
 */
const referenceCalibrations = { 1: 6.2, 3: 36, 6: 79 } as const
const goal = 1.7
const heapGoalBytes = 1
const files = ['otg-1dof-position.csv', 'otg-3dof-position.csv'] as const
const folder = new URL('../reference/trajectories/', import.meta.url)
const casesOfACount = 2000
/** Numbers of an axis: three of the start, three of the target, three limits. */
const numbers = 9
const rounds = 15
const warmUpRounds = 40
const calibrationRounds = 100_000
const heapCases = 10_000
const seed = 2021

export const otg: Bench = {
  about: 'a calculation of a trajectory, against the times of the C++ implementation',
  usual: false,
  run: runOtg,
}

type Row = {
  readonly axes: number
  /** Of one calculation, its numbers set up. */
  readonly microseconds: number
  /** To the reference time, whatever machine that was. */
  readonly ratio: number
  /** In calibration rounds: comparable from machine to machine. Not a number without a C compiler. */
  readonly calibrations: number
  /** To the calibration rounds that the C++ implementation needs. */
  readonly calibratedRatio: number
  readonly bytesPerCalculation: number
}

async function runOtg({ log }: BenchOptions): Promise<BenchResult> {
  const pool = files.flatMap((file) =>
    readCases(readFileSync(new URL(file, folder), 'utf8')).flatMap(({ axes }) => axes),
  )
  const random = new Random(seed)
  const sets = ([1, 3, 6] as const).map((axes) => new CaseSet(axes, pool, random))
  for (const set of sets) for (let n = 0; n < warmUpRounds; n++) set.plan(casesOfACount)
  const program = buildNative('calibration')
  const unit = program === undefined ? undefined : new NativeTwin(program)
  const units: number[] = []
  const times = sets.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    if (unit !== undefined) units.push(await calibrate(unit))
    for (const [n, set] of sets.entries()) times[n]?.push(set.time())
  }
  unit?.close()
  const calibrationNs = median(units)
  const rows = sets.map((set, n): Row => {
    const { axes } = set
    const microseconds = median(times[n] ?? [])
    const calibrations = (microseconds * 1000) / calibrationNs
    return {
      axes,
      microseconds: hundredths(microseconds),
      ratio: hundredths(microseconds / reference[axes]),
      calibrations: hundredths(calibrations),
      calibratedRatio: hundredths(calibrations / referenceCalibrations[axes]),
      bytesPerCalculation: hundredths(
        Math.max(
          0,
          heapGrowthPerCycle((count) => set.plan(count), heapCases),
        ),
      ),
    }
  })
  log(`calibration: ${unit === undefined ? 'no gcc' : `${calibrationNs.toFixed(1)} ns a round`}`)
  for (const { axes, microseconds, ratio, calibratedRatio, bytesPerCalculation } of rows)
    log(
      `${axes} axes: ${microseconds} us, to C++ ${ratio} of the reference time, ${calibratedRatio} by calibration; ` +
        `${bytesPerCalculation} bytes`,
    )
  return {
    bench: 'otg',
    calibrationNs: unit === undefined ? null : hundredths(calibrationNs),
    rows,
    referenceMicroseconds: reference,
    referenceCalibrations,
    node: process.versions.node,
    verdict: verdictOf(rows),
  }
}

function verdictOf(rows: readonly Row[]): string {
  const missed = rows.flatMap(({ axes, ratio, calibratedRatio, bytesPerCalculation }) => [
    ...(ratio <= goal ? [] : [`${axes} axes ${ratio} > ${goal}`]),
    // not a number where nothing calibrates: the times alone then count
    ...(calibratedRatio > goal ? [`${axes} axes ${calibratedRatio} > ${goal} by calibration`] : []),
    ...(bytesPerCalculation < heapGoalBytes
      ? []
      : [`${axes} axes ${bytesPerCalculation} bytes >= ${heapGoalBytes}`]),
  ])
  return missed.length === 0 ? 'goals met' : `missed: ${missed.join(', ')}`
}

/** ns of one round. */
async function calibrate(unit: NativeTwin): Promise<number> {
  const [ns] = (await unit.ask(String(calibrationRounds))).split(' ')
  return Number(ns) / calibrationRounds
}

/** Cases of one number of axes, as rows of numbers. */
class CaseSet {
  readonly axes: 1 | 3 | 6
  readonly #planner: SynchronizedTrajectory
  readonly #numbers: Float64Array
  #next = 0

  constructor(axes: 1 | 3 | 6, pool: readonly AxisCase[], random: Random) {
    this.axes = axes
    this.#planner = new SynchronizedTrajectory(axes)
    this.#numbers = new Float64Array(casesOfACount * axes * numbers)
    for (let n = 0; n < casesOfACount * axes; n++) {
      const { from, to, limits } = random.pick(pool)
      this.#numbers.set([from.position, from.velocity, from.acceleration], n * numbers)
      this.#numbers.set([to.position, to.velocity, to.acceleration], n * numbers + 3)
      const { velocityMax, accelerationMax, jerkMax } = limits
      this.#numbers.set([velocityMax, accelerationMax, jerkMax], n * numbers + 6)
    }
  }

  /** Sets up and plans so many cases, one after the other. */
  plan(count: number): void {
    const planner = this.#planner
    const { axes } = planner
    const all = this.#numbers
    for (let n = 0; n < count; n++) {
      let at = this.#next * axes.length * numbers
      this.#next = (this.#next + 1) % casesOfACount
      for (const axis of axes) {
        const { from, to, limits } = axis
        from.position = all[at] as number
        from.velocity = all[at + 1] as number
        from.acceleration = all[at + 2] as number
        to.position = all[at + 3] as number
        to.velocity = all[at + 4] as number
        to.acceleration = all[at + 5] as number
        const velocity = all[at + 6] as number
        const acceleration = all[at + 7] as number
        const jerk = all[at + 8] as number
        limits.velocityMax = velocity
        limits.velocityMin = -velocity
        limits.accelerationMax = acceleration
        limits.accelerationMin = -acceleration
        limits.jerkMax = jerk
        limits.jerkMin = -jerk
        at += numbers
      }
      if (planner.plan() !== planResult.ok) throw new Error('a case of the bench was refused')
    }
  }

  /** us of one calculation. */
  time(): number {
    const begin = performance.now()
    this.plan(casesOfACount)
    return ((performance.now() - begin) * 1000) / casesOfACount
  }
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}
