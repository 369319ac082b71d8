/**
 * In what times one axis can meet its target: the earliest one, and the gaps after it. A target may be out of reach in a
 * longer time than the shortest: an axis that arrives in full motion cannot always waste a little time.
 */
import type { KinematicLimits } from './kinematic-limits.ts'
import type { MotionState } from './motion-state.ts'
import { Reach } from './reach.ts'
import { VelocityChange } from './velocity-change.ts'

/** Of distances: what two ways of adding the same numbers differ by. */
const tolerance = 1e-13
/** Of positions and accelerations. */
const stateRounding = 5e-15
/** Of the limits of velocity, where there are some. */
const velocityRounding = 5e-15
/** Of times. */
const timeRounding = 1e-12

export class ReachableTimes {
  /** The greatest distance in a time, and the smallest: the greatest of the mirrored axis. */
  readonly most = new Reach()
  readonly least = new Reach()
  /** To the final velocity without regard to the distance: no motion is shorter. */
  readonly change = new VelocityChange()
  /** Asked for and answered, s. */
  time = 0.5
  /** Of the target from the start, unit. */
  distance = 0.5
  /** What the positions themselves are not known better than, unit. */
  rounding = 0.5
  // which of the two hold the problem: for the earliest time one of them is enough
  #mostPrepared = false
  #leastPrepared = false
  // between these two times the change of velocity itself is impossible
  #gapBegin = Infinity
  #gapEnd = Infinity

  /** From a state to another, both within the limits. */
  prepare(from: MotionState, to: MotionState, limits: KinematicLimits): void {
    const { change, most } = this
    change.velocity0 = from.velocity
    change.acceleration0 = from.acceleration
    change.velocity1 = to.velocity
    change.acceleration1 = to.acceleration
    change.accelerationMax = limits.accelerationMax
    change.accelerationMin = limits.accelerationMin
    change.riseS3 = 1 / limits.jerkMax
    change.fallS3 = -1 / limits.jerkMin
    const range = limits.velocityMax - limits.velocityMin
    change.rounding =
      velocityRounding *
      (Math.abs(from.velocity) + Math.abs(to.velocity) + (Number.isFinite(range) ? range : 0))
    change.solve()
    this.#findGap()
    most.velocity0 = from.velocity
    most.acceleration0 = from.acceleration
    most.velocity1 = to.velocity
    most.acceleration1 = to.acceleration
    most.velocityMax = limits.velocityMax
    most.accelerationMax = limits.accelerationMax
    most.accelerationMin = limits.accelerationMin
    most.riseS3 = change.riseS3
    most.fallS3 = change.fallS3
    this.least.velocityMax = -limits.velocityMin
    this.distance = to.position - from.position
    // by what the positions are rounded, and how far an axis goes while its acceleration changes by what it is rounded
    const speeds = Math.abs(from.velocity) + Math.abs(to.velocity)
    const ramps =
      (Math.abs(from.acceleration) + Math.abs(to.acceleration)) * (change.riseS3 + change.fallS3)
    this.rounding =
      stateRounding * (Math.abs(from.position) + Math.abs(to.position) + speeds * ramps)
    this.#leastPrepared = false
    this.#mostPrepared = false
  }

  /** `time` becomes the first one from itself on in which the change of velocity is possible, wherever that may lead. */
  earliestChange(): void {
    this.time = Math.max(this.time, this.change.duration)
    if (this.time > this.#gapBegin * (1 + timeRounding))
      this.time = Math.max(this.time, this.#gapEnd)
  }

  /** `time` becomes the first one from itself on in which the target can be met. */
  earliest(): void {
    this.earliestChange()
    if (this.#earliestInPart()) return
    this.time = this.#gapEnd
    this.#earliestInPart()
  }

  /** False: not before the gap. */
  #earliestInPart(): boolean {
    // not a conditional expression: between a field and a constant, that is a number on the heap
    let end = Infinity
    if (this.time <= this.#gapBegin) end = this.#gapBegin
    const wanted = this.distance
    const { change, time } = this
    // what rounding may make of a distance in this time, beside its own
    const slack = tolerance * (Math.abs(wanted) + this.most.velocityMax * time) + this.rounding
    const atBegin = time <= change.duration
    // at the very beginning there is one motion, and so one distance
    const more = atBegin ? wanted - change.distance : 0
    if (atBegin && Math.abs(more) <= slack + tolerance * Math.abs(change.distance)) return true
    if (more >= 0) {
      const { most } = this
      this.#prepareMost()
      most.time = time
      most.evaluate()
      if (wanted > most.distance + slack + tolerance * Math.abs(most.distance)) {
        most.wanted = wanted
        most.end = end
        // at the very end of the part rounding must not decide
        if (!most.reach() && wanted > most.distance + slack) return false
        this.time = Math.max(most.time, time)
        return true
      }
      if (more > 0) return true
    }
    const { least } = this
    this.#prepareLeast()
    least.time = time
    least.evaluate()
    if (-wanted > least.distance + slack + tolerance * Math.abs(least.distance)) {
      least.wanted = -wanted
      least.end = end
      if (!least.reach() && -wanted > least.distance + slack) return false
      this.time = Math.max(least.time, time)
    }
    return true
  }

  /** Both extremal motions of `time`. */
  evaluate(): void {
    this.#prepareMost()
    this.#prepareLeast()
    this.most.time = this.time
    this.least.time = this.time
    this.most.evaluate()
    this.least.evaluate()
  }

  #prepareMost(): void {
    if (this.#mostPrepared) return
    this.#mostPrepared = true
    this.most.prepare()
  }

  /** The mirrored axis. */
  #prepareLeast(): void {
    if (this.#leastPrepared) return
    this.#leastPrepared = true
    const { most, least } = this
    least.velocity0 = -most.velocity0
    least.acceleration0 = -most.acceleration0
    least.velocity1 = -most.velocity1
    least.acceleration1 = -most.acceleration1
    least.accelerationMax = -most.accelerationMin
    least.accelerationMin = -most.accelerationMax
    least.riseS3 = most.fallS3
    least.fallS3 = most.riseS3
    least.prepare()
  }

  /**
   * Where acceleration begins and ends with one sign and the velocity hardly has to change, that takes either a short dip of
   * the acceleration or one through zero: the times between are impossible.
   */
  #findGap(): void {
    const { change } = this
    const { rises, acceleration0: a0, acceleration1: a1 } = change
    this.#gapBegin = Infinity
    this.#gapEnd = Infinity
    const sign = rises ? 1 : -1
    const begin = sign * a0
    const final = sign * a1
    if (!(begin > 0 && final > 0)) return
    // mirrored where acceleration is negative
    const first = rises ? change.fallS3 : change.riseS3
    const last = rises ? change.riseS3 : change.fallS3
    const gained = sign * (change.velocity1 - change.velocity0)
    const half = (first + last) / 2
    const needed = (begin * begin * first + final * final * last) / 2 - gained
    if (needed <= 0) return
    const limit = rises ? -change.accelerationMin : change.accelerationMax
    const dip = Math.sqrt(needed / half)
    const depth = Math.min(dip, limit)
    const hold = Math.max(needed - half * limit * limit, 0) / limit
    this.#gapBegin = Math.max((begin - dip) * first + (final - dip) * last, change.duration)
    this.#gapEnd = (begin + depth) * first + hold * (dip > limit ? 1 : 0) + (final + depth) * last
  }
}
