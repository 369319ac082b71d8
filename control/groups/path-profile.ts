/**
 * The motion along the path: where the path is at each cycle, and how fast. One `AxisTrajectory` at a time leads from the present
 * state to the end of the block under way; it is made anew at each block and whenever the path ahead or the override changes.
 *
 * Why limits hold whatever happens: the motion under way always has an end at rest that keeps all limits. A change of the path
 * that leaves none is not taken (`adopt` says so), and a change of the override asks for speeds from which, by braking, each
 * later speed of the present plan can be undercut.
 */
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import { planResult } from '../trajectory/plan-result.ts'
import type { LookAhead } from './look-ahead.ts'

/** How the search for a motion to the end of the block ended. */
export const frontResult = {
  /** There is a new one. */
  found: 0,
  /** The end is too near for another motion than the present one; that one goes on and does no harm. */
  kept: 1,
  /** The path ahead cannot be kept from here. */
  impossible: 2,
} as const
export type FrontResult = (typeof frontResult)[keyof typeof frontResult]

/** Shorter than that is no way at all, unit: a jump of the position that no third difference shows. */
const nothing = 1e-11
/** What rounding may do to speeds (by their size, and unit/s) and durations (s). */
const rounding = 1e-9
/** A limit of velocity is above 0, also where no way is to go, unit/s. */
const leastLimit = 1e-12
const bisections = 48

export class PathProfile {
  /** Path coordinate, unit; speed and acceleration along the path, unit/s, unit/s^2. */
  distance = 0.5
  speed = 0.5
  acceleration = 0.5
  /** There is a way to go; false at the end of the path. */
  active = false

  readonly #ahead: LookAhead
  readonly #cycleS: number
  #present = new AxisTrajectory()
  #trial = new AxisTrajectory()
  /** Where the present motion began, and when it has arrived at the end of its block, s; infinite: it stands before. */
  #origin = 0.5
  #arrival = 0.5
  #trialArrival = 0.5
  /** That end, as it was when the present motion was made, and the speed there. */
  #goal = 0.5
  #exit = 0.5
  #trialExit = 0.5
  // of the search for a motion: fields, because a double passed to a function that is not inlined is on the heap
  #rest = 0.5
  #wanted = 0.5
  #allowed = 0.5
  #speed = 0.5
  #way = 0.5
  #changeAgain = false

  constructor(ahead: LookAhead, cycleS: number) {
    this.#ahead = ahead
    this.#cycleS = cycleS
    this.reset()
  }

  /** Stands at coordinate 0 of a new path. */
  reset(): void {
    this.distance = 0
    this.speed = 0
    this.acceleration = 0
    this.active = false
    this.#changeAgain = false
  }

  get atRest(): boolean {
    return this.speed === 0 && this.acceleration === 0
  }

  /** The path ahead was changed and solved. False: it cannot be kept, and the caller restores the one of before. */
  adopt(): boolean {
    const result = this.#searchFront()
    if (result === frontResult.impossible) return false
    if (result === frontResult.found) this.#take()
    this.#changeAgain = result === frontResult.kept
    this.active = true
    return true
  }

  /** The override was changed. Taken as soon as it can be. */
  change(): void {
    this.#changeAgain = this.active
  }

  /** One cycle on. */
  advance(): void {
    if (!this.active) return
    if (this.#changeAgain || this.#isStranded) this.#tryChange()
    const present = this.#present
    present.time += this.#cycleS
    if (present.time >= this.#arrival) this.#enterBlocks()
    if (this.active) this.#look()
  }

  /** Rounding made a motion end before the end of its block. */
  get #isStranded(): boolean {
    return this.#arrival === Infinity && this.atRest && this.#ahead.override > 0
  }

  #tryChange(): void {
    this.#ahead.solve()
    const result = this.#searchFront()
    if (result === frontResult.found) this.#take()
    this.#changeAgain = result !== frontResult.found
  }

  #take(): void {
    const trial = this.#trial
    this.#trial = this.#present
    this.#present = trial
    trial.time = 0
    this.#origin = this.distance
    this.#arrival = this.#trialArrival
    this.#exit = this.#trialExit
    this.#goal = this.#ahead.ends[this.#ahead.first] as number
  }

  /** Over the ends of one or more blocks, with what is left of the cycle. */
  #enterBlocks(): void {
    const ahead = this.#ahead
    while (this.#present.time >= this.#arrival) {
      const left = this.#present.time - this.#arrival
      this.distance = ahead.ends[ahead.first] as number
      this.speed = this.#exit
      this.acceleration = 0
      if (ahead.first + 1 === ahead.last) {
        this.#finish()
        return
      }
      ahead.first += 1
      this.#searchFront()
      this.#take()
      this.#present.time = left
    }
  }

  #finish(): void {
    this.speed = 0
    this.active = false
    this.#changeAgain = false
  }

  #look(): void {
    const present = this.#present
    // the time after a change of velocity goes on at that velocity
    present.sample()
    this.distance = this.#origin + present.position
    this.speed = present.velocity
    this.acceleration = present.acceleration
  }

  /** From the present state to the end of the block under way: the trial and what belongs to it. */
  #searchFront(): FrontResult {
    const ahead = this.#ahead
    const at = ahead.first
    const { limits, from } = this.#trial
    const jerk = ahead.jerks[at] as number
    const cap = Math.min(
      ahead.velocities[at] as number,
      (ahead.feeds[at] as number) * ahead.override,
    )
    this.#rest = (ahead.ends[at] as number) - this.distance
    this.#wanted = ahead.fedExits[at] as number
    this.#allowed = (ahead.exits[at] as number) * (1 + rounding) + rounding
    const acceleration = ahead.accelerations[at] as number
    // one by one, not by their setters: see above; nothing moves backwards
    limits.velocityMax = Math.max(cap, this.#wanted, leastLimit)
    limits.velocityMin = -limits.velocityMax
    limits.accelerationMax = acceleration
    limits.accelerationMin = -acceleration
    limits.jerkMax = jerk
    limits.jerkMin = -jerk
    from.position = 0
    from.velocity = this.speed
    from.acceleration = this.acceleration
    if (this.#rest <= nothing && this.acceleration === 0) return this.#pass()
    this.#speed = this.#wanted
    this.#findWay()
    if (this.#way <= this.#rest) return this.#arrive(cap === 0)
    // lower than wanted can be nearer: no speed takes a longer way to brake to than about a third of the present one
    this.#speed = 0
    this.#findWay()
    if (this.#way <= this.#rest) {
      this.#bisect()
      this.#cruise()
      return frontResult.found
    }
    // the nearest above: from the speed that is left once acceleration is taken away
    this.#speed = Math.max(
      0,
      this.speed + (this.acceleration * Math.abs(this.acceleration)) / (2 * jerk),
    )
    this.#findWay()
    if (this.#way > this.#rest) return this.#keep()
    this.#bisect()
    this.#cruise()
    // a motion that brakes as hard as it may already does not bear another rounding
    return this.#speed <= this.#allowed ? frontResult.found : this.#keep()
  }

  /** The present motion goes on, if it ends where the block does, and not too fast. */
  #keep(): FrontResult {
    const ahead = this.#ahead
    const good = this.#goal === (ahead.ends[ahead.first] as number) && this.#exit <= this.#allowed
    return this.active && good ? frontResult.kept : frontResult.impossible
  }

  /** The block has come to its end. */
  #pass(): FrontResult {
    this.#trialExit = this.speed
    this.#trialArrival = 0
    return this.speed <= this.#allowed ? frontResult.found : frontResult.impossible
  }

  /** The speed between `#speed`, which is reached in time, and `#wanted`, which is not, that just is. */
  #bisect(): void {
    let good = this.#speed
    let bad = this.#wanted
    for (let n = 0; n < bisections; n++) {
      this.#speed = (good + bad) / 2
      this.#findWay()
      if (this.#way <= this.#rest) good = this.#speed
      else bad = this.#speed
    }
    this.#speed = good
    this.#findWay()
  }

  /** The way until `#speed` is reached, with acceleration 0. */
  #findWay(): void {
    const trial = this.#trial
    trial.to.velocity = this.#speed
    if (trial.planVelocity() !== planResult.ok) {
      this.#way = Infinity
      return
    }
    trial.time = trial.duration
    trial.sample()
    this.#way = trial.position
  }

  /** The speed planned last is reached, and goes on to the end of the block; or, with 0, stands before it. */
  #cruise(): void {
    const speed = this.#speed
    this.#trialExit = speed
    const left = Math.max(0, this.#rest - this.#way)
    const stands = left > nothing ? Infinity : this.#trial.duration
    this.#trialArrival = speed > 0 ? this.#trial.duration + left / speed : stands
  }

  /** The wanted speed is reached in time: in the shortest one, or `paused`, by standing before the end. */
  #arrive(paused: boolean): FrontResult {
    this.#cruise()
    if (paused) return frontResult.found
    const trial = this.#trial
    trial.to.position = this.#rest
    trial.to.velocity = this.#wanted
    if (trial.plan() === planResult.ok && trial.duration <= this.#trialArrival + rounding) {
      this.#trialArrival = trial.duration
      return frontResult.found
    }
    // rounding: the way is just long enough, and the search for the shortest time found none
    this.#findWay()
    return frontResult.found
  }
}
