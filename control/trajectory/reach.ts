/**
 * How far an axis gets within a given time: the greatest distance at the end of which it has the wanted velocity and
 * acceleration. (The smallest distance is the greatest one of the mirrored axis.)
 *
 * Why this is all that is needed: the motions that keep the limits and take the time T form a convex set, since position,
 * velocity and acceleration depend linearly on jerk. So the distances that can be had in T are an interval, and its ends are
 * the greatest and the smallest. A target can be met in T exactly when it lies between them. That is a fact of optimal
 * control of chained integrators; the shape of the extremal motion (jerk at its limits, seven phases) is that of Berscheid
 * and Kroeger, "Jerk-limited Real-time Trajectory Generation with Arbitrary Target States", RSS 2021.
 *
 * The extremal motion: acceleration rises to `top`, stays there for `topHold` if that is the limit, falls (with a `cruise`
 * at zero if the velocity limit is reached) to `bottom`, stays there for `bottomHold`, rises to the final one.
 *
 * Names in the formulas: q = (1/jerkMax + 1/-jerkMin)/2; span = top - bottom; W = the change of velocity that the fall and
 * the two holds must give, q (top^2 - bottom^2) + top topHold + bottom bottomHold = W; extra = time beyond what rising from
 * the first to the last acceleration would take, extra = 2 q span + topHold + bottomHold + cruise.
 */
import { VelocityChange } from './velocity-change.ts'

const newtonSteps = 60
const tolerance = 4e-16
const rounding = 1e-12

export class Reach {
  // the problem; fractions first: V8 then holds the fields as doubles and writes them in place
  velocity0 = 0.5
  acceleration0 = 0.5
  velocity1 = 0.5
  acceleration1 = 0.5
  velocityMax = 0.5
  accelerationMax = 0.5
  accelerationMin = -0.5
  /** Reciprocals of the jerk limits, s^3/unit. */
  riseS3 = 0.5
  fallS3 = 0.5

  /** For how long, s; set before `evaluate`, set by `reach`. */
  time = 0.5
  /** The distance that `reach` looks for, unit, and the time by which it must find it, s. */
  wanted = 0.5
  end = 0.5
  // the extremal motion of that time
  distance = 0.5
  /** What one more second would add, unit/s. */
  slope = 0.5
  top = 0.5
  bottom = -0.5
  topHold = 0.5
  bottomHold = 0.5
  cruise = 0.5
  /** Velocity where acceleration falls through zero; meaningful where it does (`crosses`). */
  peakVelocity = 0.5

  /** From here on the velocity limit is reached. */
  cruiseTime = 0.5
  readonly entry = new VelocityChange()
  readonly exit = new VelocityChange()
  #cruiseDistance = 0.5
  #q = 0.5
  #work = 0.5
  #base = 0.5
  // of the search: doubles handed from method to method would be boxed
  #low = 0.5
  #high = 0.5
  #bend = 0.5
  #extra = 0.5

  prepare(): void {
    const a0 = this.acceleration0
    const a1 = this.acceleration1
    const rise = this.riseS3
    this.#q = (rise + this.fallS3) / 2
    this.#base = (a1 - a0) * rise
    this.#work = this.velocity1 - this.velocity0 + ((a0 - a1) * (a0 + a1) * rise) / 2
    const { entry, exit } = this
    entry.velocity0 = this.velocity0
    entry.acceleration0 = a0
    entry.velocity1 = this.velocityMax
    entry.acceleration1 = 0
    exit.velocity0 = this.velocityMax
    exit.acceleration0 = 0
    exit.velocity1 = this.velocity1
    exit.acceleration1 = a1
    entry.accelerationMax = exit.accelerationMax = this.accelerationMax
    entry.accelerationMin = exit.accelerationMin = this.accelerationMin
    entry.riseS3 = exit.riseS3 = rise
    entry.fallS3 = exit.fallS3 = this.fallS3
    entry.solve()
    exit.solve()
    this.cruiseTime = entry.duration + exit.duration
    this.#cruiseDistance = entry.distance + exit.distance
  }

  /** Acceleration goes from positive to negative: the motion has a highest velocity inside. */
  get crosses(): boolean {
    return this.top >= 0 && this.bottom <= 0
  }

  /** The extremal motion of `time`, which must allow the change of velocity (ReachableTimes knows the gap). */
  evaluate(): void {
    if (this.time < this.cruiseTime) {
      this.#evaluateFree()
      return
    }
    const { entry, exit, velocityMax } = this
    this.cruise = this.time - this.cruiseTime
    this.top = entry.rises ? entry.extreme : 0
    this.topHold = entry.hold
    this.bottom = exit.rises ? 0 : exit.extreme
    this.bottomHold = exit.hold
    this.peakVelocity = velocityMax
    this.slope = velocityMax
    this.distance = this.#cruiseDistance + velocityMax * this.cruise
  }

  /** As `evaluate`, below the velocity limit. */
  #evaluateFree(): void {
    const { accelerationMax, accelerationMin } = this
    const q = this.#q
    const work = this.#work
    const extra = Math.max(this.time - this.#base, 0)
    const span = extra / (2 * q)
    const sum = span > 0 ? work / (q * span) : 2 * this.acceleration0
    // in a time of almost nothing the sum is all rounding; where the extremes must lie is not
    const a0 = this.acceleration0
    const a1 = this.acceleration1
    let top = Math.max(Math.min((span + sum) / 2, a1 + span), a0)
    let bottom = Math.min(Math.max((sum - span) / 2, a0 - span), a1)
    let topHold = 0
    let bottomHold = 0
    // what one limit takes away lets the other extreme grow: which one binds is known only when both are tried
    const full = accelerationMax - accelerationMin
    const hair = rounding * full
    if (top > accelerationMax + hair || bottom < accelerationMin - hair) {
      const x = Math.sqrt(Math.max(extra * accelerationMax - work, 0) / q)
      const y = Math.sqrt(Math.max(work - extra * accelerationMin, 0) / q)
      // at the border of two cases either is right, and rounding must not lead to the third
      const most = full * (1 + rounding)
      const least = extra * (1 + rounding)
      if (top > accelerationMax && x <= most && 2 * q * x <= least) {
        top = accelerationMax
        bottom = top - x
        topHold = extra - 2 * q * x
      } else if (bottom < accelerationMin && y <= most && 2 * q * y <= least) {
        bottom = accelerationMin
        top = bottom + y
        bottomHold = extra - 2 * q * y
      } else {
        top = accelerationMax
        bottom = accelerationMin
        const holds = extra - 2 * q * full
        topHold = (work - q * full * (top + bottom) - bottom * holds) / full
        bottomHold = holds - topHold
      }
    }
    this.top = Math.max(top, a0)
    this.bottom = Math.min(bottom, a1)
    this.topHold = Math.max(topHold, 0)
    this.bottomHold = Math.max(bottomHold, 0)
    this.cruise = 0
    this.#measure()
  }

  #measure(): void {
    const { top, bottom, topHold, bottomHold, riseS3: rise, fallS3: fall } = this
    const a0 = this.acceleration0
    const a1 = this.acceleration1
    const v0 = this.velocity0
    const first = (top - a0) * rise
    const down = (top - bottom) * fall
    const last = (a1 - bottom) * rise
    const risen = v0 + ((top - a0) * (top + a0) * rise) / 2
    const held = risen + top * topHold
    const fallen = held + ((top - bottom) * (top + bottom) * fall) / 2
    this.distance =
      first * (v0 + first * (a0 / 3 + top / 6)) +
      topHold * (risen + (topHold * top) / 2) +
      down * (held + down * (top / 3 + bottom / 6)) +
      bottomHold * (fallen + (bottomHold * bottom) / 2) +
      last * (this.velocity1 - last * (a1 / 3 + bottom / 6))
    this.slope = held + (top * down) / 2
    this.peakVelocity = held + (top * top * fall) / 2
  }

  /**
   * `time` becomes the first one from itself on, at which the distance has grown to `wanted`; it was evaluated, and its
   * distance is smaller. False: not before `end`, up to which the change of velocity is possible.
   */
  reach(): boolean {
    if (!this.crosses) return this.#reachOverHump()
    this.#reachConvex()
    return true
  }

  /** Where acceleration crosses zero the distance is convex in time: it falls, then rises, and reaches `wanted` once. */
  #reachConvex(): void {
    const { wanted, cruiseTime, accelerationMax, accelerationMin } = this
    if (this.#cruiseDistance <= wanted) {
      this.time = cruiseTime + (wanted - this.#cruiseDistance) / this.velocityMax
      this.evaluate()
      return
    }
    const q = this.#q
    const work = this.#work
    this.#low = this.time - this.#base
    this.#high = cruiseTime - this.#base
    // where the first limit of acceleration is reached, and where the second
    const squareTop = accelerationMax * accelerationMax - work / q
    const squareBottom = accelerationMin * accelerationMin + work / q
    const spanTop = squareTop > 0 ? accelerationMax + Math.sqrt(squareTop) : 0
    const spanBottom = squareBottom > 0 ? Math.sqrt(squareBottom) - accelerationMin : 0
    const topFirst = spanTop <= spanBottom
    const full = accelerationMax - accelerationMin
    this.#extra = 2 * q * (topFirst ? spanTop : spanBottom)
    if (this.#isBeyond()) this.#solveFree()
    else {
      this.#extra = topFirst
        ? (work + q * full * full) / accelerationMax
        : (work - q * full * full) / accelerationMin
      if (!this.#isBeyond()) this.#solveBothLimits()
      else this.#solveOneLimit(topFirst)
    }
    this.#polish()
  }

  /**
   * Goes to the extra time, at most to the end of the search, and tells whether the distance there is `wanted` or more. False
   * without going anywhere where that lies before the beginning.
   */
  #isBeyond(): boolean {
    const extra = this.#extra
    const end = this.#high
    if (extra <= this.#low && extra < end) return false
    this.time = Math.min(extra, end) + this.#base
    this.#evaluateFree()
    return extra >= end || this.distance >= this.wanted
  }

  /** No limit is reached: distance = cubic * span^3 + linear * span + constant + inverse / span. Newton from the right. */
  #solveFree(): void {
    const rise = this.riseS3
    const fall = this.fallS3
    const q = this.#q
    const work = this.#work
    const cubic = (q * (rise + 2 * fall)) / 12
    const inverse = (-work * work * rise) / (4 * q)
    const span1 = (this.time - this.#base) / (2 * q)
    const linear = 2 * q * this.slope - 3 * cubic * span1 * span1 + inverse / (span1 * span1)
    const missing = this.distance - this.wanted
    const constant = missing - span1 * (cubic * span1 * span1 + linear) - inverse / span1
    let span = span1
    for (let n = 0; n < newtonSteps; n++) {
      const square = span * span
      const over = span * (cubic * square + linear) + constant + inverse / span
      const slope = 3 * cubic * square + linear - inverse / square
      const step = over / slope
      span -= step
      if (!(step > tolerance * 1e3 * span)) break
    }
    if (span > 0) this.time = this.#base + 2 * q * span
  }

  /**
   * One limit of acceleration is reached, x is how far the other extreme lies from it: time grows with x^2, slope is a
   * quadratic of x, so distance is a quartic of x without linear term. Newton from the right.
   */
  #solveOneLimit(atTop: boolean): void {
    const rise = this.riseS3
    const limit = atTop ? this.accelerationMax : -this.accelerationMin
    const work = atTop ? this.#work : -this.#work
    const a = atTop ? this.acceleration1 : this.acceleration0
    const v = atTop ? this.velocity1 : this.velocity0
    const q = this.#q
    const factor = (2 * q) / limit
    const slope0 = v + ((limit - a) * (limit + a) * rise) / 2
    const slope1 = -limit * (rise + this.fallS3 / 2)
    const extra = this.time - this.#base
    const x1 = Math.sqrt(Math.max(extra * limit - work, 0) / q)
    const constant =
      this.distance -
      this.wanted -
      factor * x1 * x1 * (slope0 / 2 + x1 * (slope1 / 3 + (x1 * q) / 4))
    let x = x1
    for (let n = 0; n < newtonSteps; n++) {
      const over = factor * x * x * (slope0 / 2 + x * (slope1 / 3 + (x * q) / 4)) + constant
      const slope = factor * x * (slope0 + x * (slope1 + x * q))
      const step = over / slope
      x -= step
      if (!(step > tolerance * 1e3 * x)) break
    }
    this.time = this.#base + (work + q * x * x) / limit
  }

  /** Both limits of acceleration are reached: the slope grows linearly with time. */
  #solveBothLimits(): void {
    const { accelerationMax, accelerationMin, slope } = this
    const growth = (accelerationMax * accelerationMin) / (accelerationMin - accelerationMax)
    const missing = this.wanted - this.distance
    const root = Math.sqrt(Math.max(slope * slope + 2 * growth * missing, 0))
    this.time += slope > 0 ? (2 * missing) / (slope + root) : (root - slope) / growth
  }

  /** The last digits, by the distance itself: few steps, unless the move is tiny beside what its limits allow. */
  #polish(): void {
    for (let n = 0; n < newtonSteps; n++) {
      this.evaluate()
      const over = this.distance - this.wanted
      if (over === 0 || !(this.slope > 0)) return
      const step = over / this.slope
      if (Math.abs(step) <= tolerance * this.time) return
      this.time -= step
    }
    this.evaluate()
  }

  /**
   * While acceleration keeps its sign the distance may rise over a hump first: it is concave up to an inflection, convex
   * after that.
   */
  #reachOverHump(): boolean {
    const begin = this.time
    this.#findInflection()
    const bend = Math.min(this.#bend, this.end)
    if (this.slope > 0 && begin < bend) {
      this.time = bend
      this.#evaluateFree()
      this.#low = begin
      this.#high = bend
      if (this.slope < 0) this.#findHump()
      if (this.distance >= this.wanted) {
        this.#low = begin
        this.#high = this.time
        this.#solveBetween()
        return true
      }
    }
    const from = Math.max(begin, bend)
    if (this.end >= this.cruiseTime) {
      this.time = from
      this.evaluate()
      this.#reachConvex()
      return true
    }
    this.time = this.end
    this.#evaluateFree()
    if (this.distance < this.wanted) return false
    this.#low = from
    this.#high = this.end
    this.#solveBetween()
    return true
  }

  /** Where the slope falls to 0 between the two ends of the search. */
  #findHump(): void {
    for (let n = 0; n < newtonSteps; n++) {
      this.time = (this.#low + this.#high) / 2
      this.#evaluateFree()
      if (this.slope > 0) this.#low = this.time
      else this.#high = this.time
    }
  }

  /** Newton's method kept between two times, of which the distance of the first is too small and of the last is not. */
  #solveBetween(): void {
    this.time = (this.#low + this.#high) / 2
    for (let n = 0; n < 2 * newtonSteps; n++) {
      this.#evaluateFree()
      const { time } = this
      const over = this.distance - this.wanted
      if (over < 0) this.#low = time
      else this.#high = time
      const low = this.#low
      const high = this.#high
      const newton = time - over / this.slope
      const next = newton > low && newton < high && n % 4 !== 3 ? newton : (low + high) / 2
      if (Math.abs(next - time) <= tolerance * next || over === 0) return
      this.time = next
    }
  }

  /** When the distance turns from concave to convex: a closed form, in either case of which limit is reached before. */
  #findInflection(): void {
    const rise = this.riseS3
    const fall = this.fallS3
    const q = this.#q
    const base = this.#base
    const positive = this.#work > 0
    const work = Math.abs(this.#work)
    const limit = positive ? this.accelerationMax : -this.accelerationMin
    const a = positive ? this.acceleration1 : -this.acceleration0
    const free = 2 * q * Math.sqrt(work / q) * Math.sqrt(Math.sqrt(rise / (rise + 2 * fall)))
    this.#bend = base + free
    if (work / q + a * a <= limit * limit) return
    const x = limit * (1 - fall / (4 * q))
    const limited = (work + q * x * x) / limit
    const square = limit * limit - work / q
    const leaves = square > 0 ? 2 * q * (limit - Math.sqrt(square)) : Infinity
    this.#bend = base + (limited < leaves ? limited : Math.max(leaves, free))
  }
}
