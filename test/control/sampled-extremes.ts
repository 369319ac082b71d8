/** For tests: how fast sampled coordinates change, against limits. */

export type SampleLimits = {
  readonly velocity: number
  readonly acceleration: number
  readonly jerk: number
}

function get(from: readonly number[], n: number): number {
  return from[n] as number
}

/** What samples of several coordinates show, as parts of the limits. Differences are averages over the cycles that they span. */
export class Extremes {
  velocity = 0
  acceleration = 0
  jerk = 0
  readonly #last: number[][] = []
  readonly #cycleS: number

  constructor(cycleS: number) {
    this.#cycleS = cycleS
  }

  add(values: Float64Array, limits: readonly SampleLimits[]): void {
    this.#last.push([...values])
    if (this.#last.length > 4) this.#last.shift()
    if (this.#last.length < 4) return
    const [d, c, b, a] = this.#last as [number[], number[], number[], number[]]
    for (const [n, limit] of limits.entries()) {
      const [an, bn, cn, dn] = [a[n], b[n], c[n], d[n]] as [number, number, number, number]
      this.velocity = Math.max(this.velocity, Math.abs(an - bn) / this.#cycleS / limit.velocity)
      const acceleration = Math.abs(an - 2 * bn + cn) / this.#cycleS ** 2
      this.acceleration = Math.max(this.acceleration, acceleration / limit.acceleration)
      const jerk = Math.abs(an - 3 * bn + 3 * cn - dn) / this.#cycleS ** 3
      this.jerk = Math.max(this.jerk, jerk / limit.jerk)
    }
  }

  /** Lengths of the vectors of differences, for the tool. */
  addVector(values: Float64Array, limit: SampleLimits): void {
    this.#last.push([...values])
    if (this.#last.length > 4) this.#last.shift()
    if (this.#last.length < 4) return
    const [d, c, b, a] = this.#last as [number[], number[], number[], number[]]
    const size = (of: (n: number) => number) => Math.hypot(...a.map((_, n) => of(n)))
    const velocity = size((n) => get(a, n) - get(b, n)) / this.#cycleS
    const acceleration = size((n) => get(a, n) - 2 * get(b, n) + get(c, n)) / this.#cycleS ** 2
    const jerk =
      size((n) => get(a, n) - 3 * get(b, n) + 3 * get(c, n) - get(d, n)) / this.#cycleS ** 3
    this.velocity = Math.max(this.velocity, velocity / limit.velocity)
    this.acceleration = Math.max(this.acceleration, acceleration / limit.acceleration)
    this.jerk = Math.max(this.jerk, jerk / limit.jerk)
  }

  /** What exceeds its limit, by more than rounding of positions, divided by the cycle up to three times, explains. */
  get excess(): string[] {
    const found: string[] = []
    if (this.velocity > 1 + 1e-8) found.push(`velocity ${this.velocity}`)
    if (this.acceleration > 1 + 1e-6) found.push(`acceleration ${this.acceleration}`)
    if (this.jerk > 1 + 5e-5) found.push(`jerk ${this.jerk}`)
    return found
  }
}
