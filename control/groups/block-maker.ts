/**
 * From segments to the blocks that look-ahead knows: one for each segment where the axes are linear in the coordinates, else one
 * for each span of it.
 */
import { AxisGrid } from './axis-grid.ts'
import { kinematicsResult, type Kinematics } from './kinematics/kinematics.ts'
import type { LookAhead } from './look-ahead.ts'
import { PathBounds } from './path-bounds.ts'
import { segmentKind, type PathSegment } from './path-segment.ts'
import { SegmentExtent } from './segment-extent.ts'
import { SpanLimits } from './span-limits.ts'

export interface GroupAxisLimits {
  /** Unit. */
  readonly positionMin: number
  readonly positionMax: number
  /** Unit/s, unit/s^2, unit/s^3: both ways. */
  readonly velocity: number
  readonly acceleration: number
  readonly jerk: number
}

export const appendResult = {
  ok: 0,
  /** No room for another segment. */
  full: 1,
  unreachable: 2,
  singular: 3,
  positionLimit: 4,
  /** The motion is too far on for this path. */
  tooLate: 5,
} as const
export type AppendResult = (typeof appendResult)[keyof typeof appendResult]

export class BlockMaker {
  /** Neighbouring blocks may become one. */
  joining = true
  /** The next segment is passed at one speed. */
  steady = false
  /**
   * The speed asked for where the next segment begins, unit/s: above the feed of a line before, that speeds up at its end; above its
   * own, it slows down at its beginning, if it is a line. 0: the lower one of both feeds. Forgotten with the next `push`.
   */
  through = 0.5
  /** A line is before. */
  mayRunUp = false
  /** Where the axes are at the beginning of the next segment, and after it at its end. Unit. */
  readonly axes: Float64Array
  readonly #linear: boolean
  readonly #ahead: LookAhead
  readonly #limits: SpanLimits
  readonly #bounds: PathBounds
  readonly #extent = new SegmentExtent()
  readonly #grid: AxisGrid
  readonly #lower: Float64Array
  readonly #upper: Float64Array

  constructor(ahead: LookAhead, kinematics: Kinematics, limits: readonly GroupAxisLimits[]) {
    const { axes } = kinematics
    this.#linear = kinematics.linear
    this.through = 0
    this.#ahead = ahead
    this.#limits = new SpanLimits(axes + 1)
    this.#bounds = new PathBounds(axes)
    this.#grid = new AxisGrid(kinematics)
    this.axes = new Float64Array(axes)
    this.#lower = Float64Array.from(limits, (axis) => axis.positionMin)
    this.#upper = Float64Array.from(limits, (axis) => axis.positionMax)
    for (const [n, axis] of limits.entries()) {
      this.#limits.velocities[n] = axis.velocity
      this.#limits.accelerations[n] = axis.acceleration
      this.#limits.jerks[n] = axis.jerk
    }
  }

  /** The most blocks that a segment can have, with the end of the one before, if speed rises there. */
  static most(kinematics: Kinematics): number {
    return kinematics.linear ? 2 : AxisGrid.mostSpans + 1
  }

  /** The blocks of a segment; the first one is not entered fast if it is to `stop` before. Cyclic. */
  push(segment: PathSegment, stop: boolean): AppendResult {
    const ahead = this.#ahead
    this.#limits.steady = this.steady
    this.#bounds.set(segment)
    this.#setPathRow(segment)
    ahead.feed = segment.feed
    ahead.entry = stop ? 0 : Infinity
    if (!segment.ofAxes && !this.#linear) return this.#pushSpans(segment)
    if (this.#extent.leaves(segment, this.#lower, this.#upper)) return appendResult.positionLimit
    for (let row = 0; row < this.axes.length; row++) this.#copyRow(row)
    ahead.blockEnd = segment.end
    this.#push()
    return appendResult.ok
  }

  #pushSpans(segment: PathSegment): AppendResult {
    const grid = this.#grid
    const ahead = this.#ahead
    const result = grid.fill(segment, this.axes)
    if (result === kinematicsResult.unreachable) return appendResult.unreachable
    if (result === kinematicsResult.singular) return appendResult.singular
    if (grid.leaves(this.#lower, this.#upper)) return appendResult.positionLimit
    for (let n = 0; n < grid.spans; n++) {
      grid.bound(n, this.#limits)
      ahead.blockEnd = n + 1 === grid.spans ? segment.end : segment.begin + (n + 1) * grid.span
      this.#push()
      ahead.entry = Infinity
    }
    return appendResult.ok
  }

  #push(): void {
    const ahead = this.#ahead
    this.#limits.solve()
    ahead.velocity = this.#limits.velocity
    ahead.acceleration = this.#limits.acceleration
    ahead.jerk = this.#limits.jerk
    ahead.through = Math.min(this.through, this.#limits.velocity)
    const before = ahead.feeds[ahead.last - 1] as number
    if (ahead.through > before) {
      // less is not asked for where it cannot be
      if (this.mayRunUp && this.joining) ahead.partRunUp()
      else ahead.through = before
    }
    this.through = 0
    ahead.push()
    if (this.joining) ahead.join()
  }

  #setPathRow(segment: PathSegment): void {
    const row = this.axes.length
    this.#copyRow(row)
    // what a line is given beyond its feed does not cost it acceleration
    const straight = segment.kind === segmentKind.line && (this.#linear || segment.ofAxes)
    this.#limits.velocities[row] = straight ? segment.highest : segment.feed
    this.#limits.accelerations[row] = segment.acceleration
    this.#limits.jerks[row] = segment.jerk
  }

  #copyRow(row: number): void {
    const limits = this.#limits
    limits.first[row] = this.#bounds.first[row] as number
    limits.second[row] = this.#bounds.second[row] as number
    limits.third[row] = this.#bounds.third[row] as number
    limits.quadrature[row] = this.#bounds.quadrature ? 1 : 0
  }
}
