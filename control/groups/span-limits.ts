/**
 * From the derivatives of a stretch of path to speed, acceleration and jerk along it, such that no axis and not the path itself
 * exceeds its limits there. With s the path coordinate and q an axis:
 *
 *   q' = q_s s',  q'' = q_s s'' + q_ss s'^2,  q''' = q_s s''' + 3 q_ss s' s'' + q_sss s'^3
 *
 * (Biagiotti, Melchiorri, 9.2). Each sum is kept for every combination of the three up to what is found here: the speed gets
 * the larger share of acceleration, what it leaves goes to acceleration along the path, and so with jerk.
 */

/** Shares of a limit that go to the speed: of acceleration and of jerk; and of jerk to speed times acceleration. */
const shares = { acceleration: 2 / 3, jerk: 0.5, mixed: 0.25 }
/** Where the speed does not change: next to nothing is left for acceleration along the path. */
const steadyShares = { acceleration: 0.9, jerk: 0.8, mixed: 0.1 }
/** On an arc the parts stand upright on each other: squares are to be added, and more is left. */
const roundShares = { acceleration: 0.8, jerk: 0.5, mixed: 0.6 }

export class SpanLimits {
  // rows: axes, then the path itself
  /** Bounds of the derivatives by the path coordinate. */
  readonly first: Float64Array
  readonly second: Float64Array
  readonly third: Float64Array
  /** Limits: unit/s, unit/s^2, unit/s^3, both ways. */
  readonly velocities: Float64Array
  readonly accelerations: Float64Array
  readonly jerks: Float64Array
  /** 1 for rows whose derivatives stand upright on each other. */
  readonly quadrature: Uint8Array
  /** The stretch is passed at one speed, between others where speed changes: a blend between long lines. */
  steady = false
  /** What was found, along the path. */
  velocity = 0.5
  acceleration = 0.5
  jerk = 0.5

  constructor(rows: number) {
    this.first = new Float64Array(rows)
    this.second = new Float64Array(rows)
    this.third = new Float64Array(rows)
    this.velocities = new Float64Array(rows)
    this.accelerations = new Float64Array(rows)
    this.jerks = new Float64Array(rows)
    this.quadrature = new Uint8Array(rows)
  }

  /** Cyclic. */
  solve(): void {
    this.velocity = Infinity
    this.acceleration = Infinity
    this.jerk = Infinity
    for (let row = 0; row < this.first.length; row++) this.#limitVelocity(row)
    for (let row = 0; row < this.first.length; row++) this.#limitAcceleration(row)
    for (let row = 0; row < this.first.length; row++) this.#limitJerk(row)
  }

  #shares(row: number): typeof shares {
    if (this.quadrature[row] === 1) return roundShares
    return this.steady ? steadyShares : shares
  }

  // a division by a derivative of 0 is infinite: no limit

  #limitVelocity(row: number): void {
    const share = this.#shares(row)
    this.velocity = Math.min(
      this.velocity,
      (this.velocities[row] as number) / (this.first[row] as number),
      Math.sqrt(
        (share.acceleration * (this.accelerations[row] as number)) / (this.second[row] as number),
      ),
      Math.cbrt((share.jerk * (this.jerks[row] as number)) / (this.third[row] as number)),
    )
  }

  #limitAcceleration(row: number): void {
    const round = this.quadrature[row] === 1
    const limit = this.accelerations[row] as number
    const across = (this.second[row] as number) * this.velocity * this.velocity
    const along = round ? Math.sqrt(limit * limit - across * across) : limit - across
    const mixed = this.#shares(row).mixed * (this.jerks[row] as number)
    this.acceleration = Math.min(
      this.acceleration,
      along / (this.first[row] as number),
      mixed / (3 * (this.second[row] as number) * this.velocity),
    )
  }

  #limitJerk(row: number): void {
    const limit = this.jerks[row] as number
    const mixed = 3 * (this.second[row] as number) * this.velocity * this.acceleration
    const turning = (this.third[row] as number) * this.velocity * this.velocity * this.velocity
    const left =
      this.quadrature[row] === 1
        ? Math.sqrt(limit * limit - mixed * mixed) - turning
        : limit - mixed - turning
    this.jerk = Math.min(this.jerk, left / (this.first[row] as number))
  }
}
