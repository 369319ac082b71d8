/**
 * The motion that meets its target in a given time, as segments of a profile. The two extremal motions of that time are known:
 * at one of their distances it is that motion. Between them it cruises at a lower velocity, with jerk and acceleration at
 * their limits before and after, as one would expect of an axis that waits for a slower one. Where no velocity to cruise at
 * exists (acceleration keeps its sign, or there is hardly time) it is the mean of the extremal motions, weighted so that the
 * distance is right: a mean of motions that keep the limits keeps them.
 */
import type { Profile } from './profile.ts'
import type { Reach } from './reach.ts'
import type { ReachableTimes } from './reachable-times.ts'
import { VelocityChange } from './velocity-change.ts'

const newtonSteps = 60
const phases = 7
/** The one between the changes of velocity. */
const cruising = 3
/** Of distance: nearer than this the extremal motion is taken. */
const tolerance = 1e-13
/** Of a duration. */
const roundingOfTime = 1e-14

export class TimedMotion {
  readonly #times: ReachableTimes
  readonly #entry = new VelocityChange()
  readonly #exit = new VelocityChange()
  /** Between the changes of velocity, s. */
  #cruise = 0.5
  /** Both extremal motions, phase by phase: duration and jerk. */
  readonly #mostDurations = new Float64Array(phases)
  readonly #mostJerks = new Float64Array(phases)
  readonly #leastDurations = new Float64Array(phases)
  readonly #leastJerks = new Float64Array(phases)

  constructor(times: ReachableTimes) {
    this.#times = times
  }

  /** Adds to `profile` the motion that takes the time of `times`, in which the target can be met. */
  addMotion(profile: Profile): void {
    const times = this.#times
    const { most, least, distance, change, time } = times
    if (time <= change.duration) {
      this.#addChange(profile, change)
      return
    }
    times.evaluate()
    const slack = tolerance * (Math.abs(distance) + Math.abs(most.distance)) + times.rounding
    if (distance >= most.distance - slack) this.#addExtreme(profile, most, 1)
    else if (distance <= slack - least.distance) this.#addExtreme(profile, least, -1)
    else if (most.crosses && least.crosses && this.#findCruise()) this.#addCruise(profile)
    else this.#addMean(profile)
  }

  /**
   * Adds the fastest change of velocity stretched to the time of `times`: acceleration stays at a lower value for longer.
   */
  addChange(profile: Profile): void {
    const { change, time } = this.#times
    if (time <= change.duration) this.#addChange(profile, change)
    else this.#addStretched(profile)
  }

  #addChange(profile: Profile, change: VelocityChange): void {
    const rise = 1 / change.riseS3
    const fall = -1 / change.fallS3
    profile.stretch = change.first
    profile.push = change.rises ? rise : fall
    profile.add()
    profile.stretch = change.hold
    profile.push = 0
    profile.add()
    profile.stretch = change.last
    profile.push = change.rises ? fall : rise
    profile.add()
  }

  #addExtreme(profile: Profile, reach: Reach, sign: number): void {
    this.#fill(reach, sign, this.#mostDurations, this.#mostJerks)
    for (let n = 0; n < phases; n++) {
      if (n === cruising && (this.#mostDurations[n] as number) > 0) profile.levelOff()
      profile.stretch = this.#mostDurations[n] as number
      profile.push = this.#mostJerks[n] as number
      profile.add()
    }
  }

  #fill(reach: Reach, sign: number, durations: Float64Array, jerks: Float64Array): void {
    const rise = sign / reach.riseS3
    const fall = -sign / reach.fallS3
    const { top, bottom, riseS3, fallS3 } = reach
    jerks.fill(0)
    if (reach.cruise > 0 || reach.time >= reach.cruiseTime) {
      const { entry, exit } = reach
      durations[0] = entry.first
      durations[1] = entry.hold
      durations[2] = entry.last
      durations[3] = reach.cruise
      durations[4] = exit.first
      durations[5] = exit.hold
      durations[6] = exit.last
      jerks[0] = entry.rises ? rise : fall
      jerks[2] = entry.rises ? fall : rise
      jerks[4] = exit.rises ? rise : fall
      jerks[6] = exit.rises ? fall : rise
      return
    }
    durations[0] = (top - reach.acceleration0) * riseS3
    durations[1] = reach.topHold
    durations[2] = (top - bottom) * fallS3
    durations[3] = 0
    durations[4] = 0
    durations[5] = reach.bottomHold
    durations[6] = (reach.acceleration1 - bottom) * riseS3
    jerks[0] = rise
    jerks[2] = fall
    jerks[6] = rise
  }

  #addCruise(profile: Profile): void {
    this.#addChange(profile, this.#entry)
    profile.levelOff()
    profile.stretch = this.#cruise
    profile.push = 0
    profile.add()
    this.#addChange(profile, this.#exit)
  }

  /**
   * The greater the velocity to cruise at, the greater the distance: Newton's method between the two extreme velocities.
   * False: at the velocity found the changes to it and from it would take longer than there is.
   */
  #findCruise(): boolean {
    const { most, least, distance, time } = this.#times
    const entry = this.#entry
    const exit = this.#exit
    this.#share(most)
    let low = -least.peakVelocity
    let high = most.peakVelocity
    const part = (distance + least.distance) / (most.distance + least.distance)
    let velocity = low + part * (high - low)
    const enough = 1e-15 * (Math.abs(distance) + Math.abs(most.distance))
    for (let n = 0; n < newtonSteps; n++) {
      entry.velocity1 = velocity
      exit.velocity0 = velocity
      entry.solve()
      exit.solve()
      this.#cruise = time - entry.duration - exit.duration
      const over = entry.distance + exit.distance + velocity * this.#cruise - distance
      if (over > 0) high = velocity
      else low = velocity
      if (Math.abs(over) <= enough) break
      // how distance grows with the velocity: the ramps next to the cruise count half
      const growth = this.#cruise + (entry.last + exit.first) / 2
      let next = velocity - over / growth
      if (!(next > low && next < high)) next = (low + high) / 2
      if (next === velocity) break
      velocity = next
    }
    return this.#cruise >= -roundingOfTime * time
  }

  #share(most: Reach): void {
    const { entry, exit } = most
    const mine = this.#entry
    const other = this.#exit
    mine.velocity0 = entry.velocity0
    mine.acceleration0 = entry.acceleration0
    mine.acceleration1 = 0
    other.acceleration0 = 0
    other.velocity1 = exit.velocity1
    other.acceleration1 = exit.acceleration1
    mine.accelerationMax = other.accelerationMax = most.accelerationMax
    mine.accelerationMin = other.accelerationMin = most.accelerationMin
    mine.riseS3 = other.riseS3 = most.riseS3
    mine.fallS3 = other.fallS3 = most.fallS3
  }

  /** Jerk is the weighted mean of both motions' jerks, from one switch of either to the next. */
  #addMean(profile: Profile): void {
    const { most, least, distance } = this.#times
    this.#fill(most, 1, this.#mostDurations, this.#mostJerks)
    this.#fill(least, -1, this.#leastDurations, this.#leastJerks)
    const weight = (distance + least.distance) / (most.distance + least.distance)
    let i = 0
    let j = 0
    let restMost = this.#mostDurations[0] as number
    let restLeast = this.#leastDurations[0] as number
    while (i < phases && j < phases) {
      const duration = Math.min(restMost, restLeast)
      const jerk =
        weight * (this.#mostJerks[i] as number) + (1 - weight) * (this.#leastJerks[j] as number)
      profile.stretch = duration
      profile.push = jerk
      profile.add()
      restMost -= duration
      restLeast -= duration
      if (restMost <= 0 && ++i < phases) restMost = this.#mostDurations[i] as number
      if (restLeast <= 0 && ++j < phases) restLeast = this.#leastDurations[j] as number
    }
  }

  /** As the time allows more than needed, acceleration goes to a value between and stays there. */
  #addStretched(profile: Profile): void {
    const { change, time } = this.#times
    const a0 = change.acceleration0
    const a1 = change.acceleration1
    const gained = change.velocity1 - change.velocity0
    const rise = change.riseS3
    const fall = change.fallS3
    const high = Math.max(a0, a1)
    const low = Math.min(a0, a1)
    const ramp = a1 >= a0 ? rise : fall
    // with the acceleration held at the higher, at the lower of both
    const straight = ((high - low) * (high + low) * ramp) / 2
    const rest = time - (high - low) * ramp
    if (gained > straight + high * rest) this.#addHeldBeyond(profile, 1)
    else if (gained < straight + low * rest) this.#addHeldBeyond(profile, -1)
    else {
      // without time to spare a quotient of roundings
      const mean = rest > 0 ? (gained - straight) / rest : a0
      const held = Math.max(low, Math.min(mean, high))
      const jerk = a1 >= a0 ? 1 / rise : -1 / fall
      profile.stretch = Math.abs(held - a0) * ramp
      profile.push = jerk
      profile.add()
      profile.stretch = rest
      profile.push = 0
      profile.add()
      profile.stretch = Math.abs(a1 - held) * ramp
      profile.push = jerk
      profile.add()
    }
  }

  /** Held above both ends (mirrored: below). */
  #addHeldBeyond(profile: Profile, sign: number): void {
    const { change, time } = this.#times
    const gained = sign * (change.velocity1 - change.velocity0)
    const first = sign > 0 ? change.riseS3 : change.fallS3
    const last = sign > 0 ? change.fallS3 : change.riseS3
    const a0 = sign * change.acceleration0
    const a1 = sign * change.acceleration1
    const half = (first + last) / 2
    // half held^2 - whole held + needed = 0, the smaller solution
    const whole = time + a0 * first + a1 * last
    const needed = gained + (a0 * a0 * first + a1 * a1 * last) / 2
    const root = Math.sqrt(Math.max(whole * whole - 4 * half * needed, 0))
    // in the form that has no cancellation
    const found = whole > 0 ? (2 * needed) / (whole + root) : (whole - root) / (2 * half)
    // without time to spare a quotient of roundings: beyond both ends, and no further than there is time for
    const held = Math.max(a0, a1, Math.min(found, whole / (2 * half)))
    const begin = Math.max((held - a0) * first, 0)
    const end = Math.max((held - a1) * last, 0)
    profile.stretch = begin
    profile.push = sign / first
    profile.add()
    profile.stretch = Math.max(time - begin - end, 0)
    profile.push = 0
    profile.add()
    profile.stretch = end
    profile.push = -sign / last
    profile.add()
  }
}
