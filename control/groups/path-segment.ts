/**
 * One piece of a path: a line, an arc (with further coordinates moving evenly) or a blend between two others. The path
 * coordinate is the length of the way, in a blend that of the corner it replaces: there the tangent is not longer than 1.
 * Curves go on beyond their ends, so that derivatives can be taken there from differences.
 */

/** The highest number of coordinates. */
export const mostCoordinates = 6

export const segmentKind = { line: 0, arc: 1, blend: 2 } as const
export type SegmentKind = (typeof segmentKind)[keyof typeof segmentKind]

/** A point of a path with its derivatives by the path coordinate. */
export class PathPoint {
  readonly position: Float64Array
  readonly first: Float64Array
  readonly second: Float64Array
  readonly third: Float64Array

  constructor(coordinates: number) {
    this.position = new Float64Array(coordinates)
    this.first = new Float64Array(coordinates)
    this.second = new Float64Array(coordinates)
    this.third = new Float64Array(coordinates)
  }
}

export class PathSegment {
  kind: SegmentKind = segmentKind.line
  /** The command that it belongs to. */
  id = 0
  /** Coordinates are those of the axes, not of the tool. */
  ofAxes = false
  /** Where it lies on the path, unit. */
  begin = 0.5
  end = 0.5
  /** The segment's own coordinate at `begin`: the way that a blend took away. */
  skipped = 0.5
  /** Of the whole curve, before blends took away from it, unit. */
  length = 0.5
  /** What `evaluate` takes: the segment's own coordinate. */
  at = 0.5
  /** Asked for, unit/s, unit/s^2, unit/s^3. */
  feed = 0.5
  /** A line may be that fast where it is left or entered at another's speed, unit/s. */
  highest = 0.5
  acceleration = 0.5
  jerk = 0.5
  /** Of an arc: radius, unit, and angle by unit of way, rad. */
  radius = 0.5
  turn = 0.5
  /** Line: a point and the direction. Arc: centre (or start) and even motion. Blend: see `terms`. */
  readonly origin: Float64Array
  readonly direction: Float64Array
  /** Arc: unit vectors to its start and a right angle on. */
  readonly outward: Float64Array
  readonly onward: Float64Array
  /** Blend: coefficients of the powers of own coordinate / length, six for each coordinate. */
  readonly terms: Float64Array

  constructor(coordinates: number) {
    this.origin = new Float64Array(coordinates)
    this.direction = new Float64Array(coordinates)
    this.outward = new Float64Array(coordinates)
    this.onward = new Float64Array(coordinates)
    this.terms = new Float64Array(coordinates * 6)
  }

  evaluate(point: PathPoint): void {
    if (this.kind === segmentKind.line) this.#evaluateLine(point)
    else if (this.kind === segmentKind.arc) this.#evaluateArc(point)
    else this.#evaluateBlend(point)
  }

  #evaluateLine(point: PathPoint): void {
    for (let n = 0; n < this.origin.length; n++) {
      const direction = this.direction[n] as number
      point.position[n] = (this.origin[n] as number) + direction * this.at
      point.first[n] = direction
      point.second[n] = 0
      point.third[n] = 0
    }
  }

  #evaluateArc(point: PathPoint): void {
    const { turn, radius } = this
    const angle = turn * this.at
    const cos = Math.cos(angle)
    const sin = Math.sin(angle)
    for (let n = 0; n < this.origin.length; n++) {
      const outward = this.outward[n] as number
      const onward = this.onward[n] as number
      const even = this.direction[n] as number
      const out = radius * (outward * cos + onward * sin)
      const on = radius * (onward * cos - outward * sin)
      point.position[n] = (this.origin[n] as number) + even * this.at + out
      point.first[n] = even + turn * on
      point.second[n] = -turn * turn * out
      point.third[n] = -turn * turn * turn * on
    }
  }

  #evaluateBlend(point: PathPoint): void {
    const { terms, length } = this
    const x = this.at / length
    for (let n = 0; n < this.origin.length; n++) {
      const c0 = terms[6 * n] as number
      const c1 = terms[6 * n + 1] as number
      const c2 = terms[6 * n + 2] as number
      const c3 = terms[6 * n + 3] as number
      const c4 = terms[6 * n + 4] as number
      const c5 = terms[6 * n + 5] as number
      point.position[n] = c0 + x * (c1 + x * (c2 + x * (c3 + x * (c4 + x * c5))))
      point.first[n] = (c1 + x * (2 * c2 + x * (3 * c3 + x * (4 * c4 + x * 5 * c5)))) / length
      point.second[n] = (2 * c2 + x * (6 * c3 + x * (12 * c4 + x * 20 * c5))) / (length * length)
      point.third[n] = (6 * c3 + x * (24 * c4 + x * 60 * c5)) / (length * length * length)
    }
  }
}

/** A line or an arc, all of it. Cyclic. */
export function copySegment(from: PathSegment, to: PathSegment): void {
  to.kind = from.kind
  to.id = from.id
  to.ofAxes = from.ofAxes
  to.begin = from.begin
  to.end = from.end
  to.skipped = from.skipped
  to.length = from.length
  to.feed = from.feed
  to.highest = from.highest
  to.acceleration = from.acceleration
  to.jerk = from.jerk
  to.radius = from.radius
  to.turn = from.turn
  to.origin.set(from.origin)
  to.direction.set(from.direction)
  to.outward.set(from.outward)
  to.onward.set(from.onward)
}
