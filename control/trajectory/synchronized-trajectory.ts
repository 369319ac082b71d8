/**
 * Several axes that begin together and, if wanted, end together. Set `from`, `to` and `limits` of each of `axes`, call `plan`;
 * `sample` then gives the state of all of them in the fields of `axes`.
 */
import { AxisTrajectory } from './axis-trajectory.ts'
import { planResult, type PlanResult } from './plan-result.ts'
import { StraightLine } from './straight-line.ts'

export const synchronization = {
  /** Each axis as fast as it can. */
  none: 0,
  /** All axes end at the same time: the earliest that each of them can meet. */
  time: 1,
  /** All axes go along one straight line, each a fixed share of one motion; `notInPhase` where that cannot be. */
  phase: 2,
  /** In phase where that can be, otherwise in time. */
  phaseOrTime: 3,
} as const
export type Synchronization = (typeof synchronization)[keyof typeof synchronization]

/** Of a cycle: rounding is no reason to take one more. */
const cycleSlack = 1e-9
/** Every axis has two gaps at most; each search ends beyond one of them. */
const searchesPerAxis = 8

export class SynchronizedTrajectory {
  readonly axes: readonly AxisTrajectory[]
  synchronization: Synchronization = synchronization.time
  /** Lower bound of the duration, s. */
  minimumDuration = 0.5
  /** Not 0: the duration is a multiple of it, s. */
  cycle = 0.5
  /** Of what was planned last: of the slowest axis, s. */
  duration = 0.5
  /** Where `sample` looks, s from the beginning. */
  time = 0.5
  /** The axis that was the reason of a result that is not `ok`; -1: all of them. */
  refusedAxis = -1
  /** The last plan moves all axes along one straight line. */
  inPhase = false

  readonly #path = new AxisTrajectory()
  readonly #line: StraightLine

  constructor(axes: number) {
    this.axes = Array.from({ length: axes }, () => new AxisTrajectory())
    this.#line = new StraightLine(this.#path, axes)
    this.minimumDuration = 0
    this.cycle = 0
    this.duration = 0
    this.time = 0
  }

  /** Position interface. Cyclic. */
  plan(): PlanResult {
    return this.#plan(false)
  }

  /** Velocity interface. Cyclic. */
  planVelocity(): PlanResult {
    return this.#plan(true)
  }

  /** State of all axes at `time`. Cyclic. */
  sample(): void {
    const { axes } = this
    if (this.inPhase) {
      this.#sampleLine()
      return
    }
    for (let n = 0; n < axes.length; n++) {
      const axis = axes[n] as AxisTrajectory
      axis.time = this.time
      axis.sample()
    }
  }

  #plan(forVelocity: boolean): PlanResult {
    const { axes } = this
    for (let n = 0; n < axes.length; n++) {
      const axis = axes[n] as AxisTrajectory
      const result = forVelocity ? axis.prepareVelocity() : axis.prepare()
      if (result !== planResult.ok) return this.#refuse(n, result)
    }
    this.refusedAxis = -1
    const wish = this.synchronization
    if (wish === synchronization.phase || wish === synchronization.phaseOrTime) {
      const result = this.#planLine(forVelocity)
      if (result !== planResult.notInPhase || wish === synchronization.phase) return result
    }
    return wish === synchronization.none ? this.#planEach() : this.#planTogether()
  }

  #planEach(): PlanResult {
    const { axes } = this
    for (let n = 0; n < axes.length; n++) {
      const axis = axes[n] as AxisTrajectory
      axis.proposed = this.minimumDuration
      this.#findDuration(axis)
    }
    return this.#buildAll()
  }

  /** The first duration that no axis refuses: each one that does moves it beyond its gap. */
  #planTogether(): PlanResult {
    const { axes } = this
    const count = axes.length
    const first = axes[0] as AxisTrajectory
    first.proposed = this.minimumDuration
    let agreed = 0
    let n = 0
    for (let left = searchesPerAxis * count; agreed < count; left--) {
      if (left === 0) return this.#refuse(n, planResult.numeric)
      const axis = axes[n] as AxisTrajectory
      const wanted = axis.proposed
      this.#findDuration(axis)
      agreed = axis.proposed > wanted ? 1 : agreed + 1
      n = (n + 1) % count
      ;(axes[n] as AxisTrajectory).proposed = axis.proposed
    }
    return this.#buildAll()
  }

  /** All of them or none. */
  #buildAll(): PlanResult {
    const { axes } = this
    for (let n = 0; n < axes.length; n++) {
      const result = (axes[n] as AxisTrajectory).build()
      if (result !== planResult.ok) return this.#refuse(n, result)
    }
    let duration = 0
    for (let n = 0; n < axes.length; n++) {
      const axis = axes[n] as AxisTrajectory
      axis.adopt()
      duration = Math.max(duration, axis.duration)
    }
    this.duration = duration
    this.inPhase = false
    return planResult.ok
  }

  /** In whole cycles where that is wanted. */
  #findDuration(axis: AxisTrajectory): void {
    const { cycle } = this
    axis.findDuration()
    if (cycle === 0) return
    for (let left = searchesPerAxis; left > 0; left--) {
      const whole = Math.ceil(axis.proposed / cycle - cycleSlack) * cycle
      axis.proposed = whole
      axis.findDuration()
      if (axis.proposed === whole) return
    }
  }

  #planLine(forVelocity: boolean): PlanResult {
    const path = this.#path
    const { axes } = this
    const line = this.#line
    let result = line.prepare(axes, forVelocity)
    if (result === planResult.ok) result = forVelocity ? path.prepareVelocity() : path.prepare()
    if (result !== planResult.ok) return result
    path.proposed = this.minimumDuration
    this.#findDuration(path)
    result = path.build()
    if (result !== planResult.ok) return result
    path.adopt()
    line.adopt()
    this.inPhase = true
    this.duration = path.duration
    for (let n = 0; n < axes.length; n++) (axes[n] as AxisTrajectory).duration = path.duration
    return planResult.ok
  }

  #sampleLine(): void {
    const path = this.#path
    const { axes } = this
    const { adopted, begins } = this.#line
    path.time = this.time
    path.sample()
    for (let n = 0; n < axes.length; n++) {
      const axis = axes[n] as AxisTrajectory
      const share = adopted[n] as number
      axis.position = (begins[n] as number) + share * path.position
      axis.velocity = share * path.velocity
      axis.acceleration = share * path.acceleration
      axis.jerk = share * path.jerk
    }
  }

  #refuse(axis: number, result: PlanResult): PlanResult {
    this.refusedAxis = axis
    return result
  }
}
