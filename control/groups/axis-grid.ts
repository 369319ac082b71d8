/**
 * The axes along a segment of the tool's path where kinematics are not linear: positions at even distances, and from their
 * differences bounds of the derivatives in each span. A divided difference is the derivative somewhere between its points;
 * how much it changes from one place to the next is added, for what lies between.
 */
import {
  kinematicsResult,
  type Kinematics,
  type KinematicsResult,
} from './kinematics/kinematics.ts'
import { PathPoint, type PathSegment } from './path-segment.ts'
import type { SpanLimits } from './span-limits.ts'

const intervalsOfSpan = 8
const mostSpans = 16
/** A span is this part of the kinematics' scale. */
const spansOfScale = 16

export class AxisGrid {
  /** Spans of the segment filled last, all of the same length, unit. */
  spans = 0
  span = 0.5
  readonly #kinematics: Kinematics
  readonly #point: PathPoint
  readonly #axes: Float64Array
  readonly #positions: Float64Array
  readonly #between = new Float64Array(4)

  constructor(kinematics: Kinematics) {
    this.#kinematics = kinematics
    this.#point = new PathPoint(kinematics.axes)
    this.#axes = new Float64Array(kinematics.axes)
    this.#positions = new Float64Array((mostSpans * intervalsOfSpan + 1) * kinematics.axes)
  }

  /** Most spans that a segment can have. */
  static get mostSpans(): number {
    return mostSpans
  }

  /** Goes along the segment, from its own coordinate `skipped` to `end`. `axes`: where they are at the beginning; comes back with the end. */
  fill(segment: PathSegment, axes: Float64Array): KinematicsResult {
    const length = segment.end - segment.begin
    const wanted = Math.ceil((length * spansOfScale) / this.#kinematics.scale)
    this.spans = Math.min(mostSpans, Math.max(1, wanted))
    this.span = length / this.spans
    const points = this.spans * intervalsOfSpan
    for (let n = 0; n < this.#axes.length; n++) this.#axes[n] = axes[n] as number
    for (let m = 0; m <= points; m++) {
      segment.at = segment.skipped + (length * m) / points
      segment.evaluate(this.#point)
      const result = this.#kinematics.inverse(this.#point.position, this.#axes)
      if (result !== kinematicsResult.ok) return result
      for (let n = 0; n < this.#axes.length; n++)
        this.#positions[m * this.#axes.length + n] = this.#axes[n] as number
    }
    for (let n = 0; n < this.#axes.length; n++) axes[n] = this.#axes[n] as number
    return kinematicsResult.ok
  }

  /** An axis leaves its limits somewhere on the way. */
  leaves(lower: Float64Array, upper: Float64Array): boolean {
    const axes = this.#axes.length
    const values = (this.spans * intervalsOfSpan + 1) * axes
    for (let m = 0; m < values; m++) {
      const position = this.#positions[m] as number
      if (position < (lower[m % axes] as number) || position > (upper[m % axes] as number))
        return true
    }
    return false
  }

  /** Bounds of one span into the rows of the axes. */
  bound(span: number, into: SpanLimits): void {
    for (let n = 0; n < this.#axes.length; n++) {
      into.quadrature[n] = 0
      into.first[n] = 0
      into.second[n] = 0
      into.third[n] = 0
      this.#boundAxis(span, n, into)
    }
  }

  #boundAxis(span: number, axis: number, into: SpanLimits): void {
    const last = this.spans * intervalsOfSpan
    const step = this.span / intervalsOfSpan
    // one point more on each side, so that neighbouring spans see what lies between them
    const from = Math.max(0, span * intervalsOfSpan - 1)
    const to = Math.min(last, (span + 1) * intervalsOfSpan + 1)
    const axes = this.#axes.length
    const between = this.#between
    let changeOfFirst = 0
    let changeOfSecond = 0
    let changeOfThird = 0
    let lastThird = 0
    for (let m = from; m + 3 <= to; m++) {
      for (let k = 0; k < 4; k++) between[k] = this.#positions[(m + k) * axes + axis] as number
      const a = ((between[1] as number) - (between[0] as number)) / step
      const b = ((between[2] as number) - (between[1] as number)) / step
      const c = ((between[3] as number) - (between[2] as number)) / step
      const second = (b - a) / step
      const next = (c - b) / step
      const third = (next - second) / step
      into.first[axis] = Math.max(into.first[axis] as number, Math.abs(a), Math.abs(b), Math.abs(c))
      into.second[axis] = Math.max(into.second[axis] as number, Math.abs(second), Math.abs(next))
      into.third[axis] = Math.max(into.third[axis] as number, Math.abs(third))
      changeOfFirst = Math.max(changeOfFirst, Math.abs(b - a), Math.abs(c - b))
      changeOfSecond = Math.max(changeOfSecond, Math.abs(next - second))
      if (m > from) changeOfThird = Math.max(changeOfThird, Math.abs(third - lastThird))
      lastThird = third
    }
    into.first[axis] = (into.first[axis] as number) + changeOfFirst
    into.second[axis] = (into.second[axis] as number) + changeOfSecond
    // at the ends of a segment the third difference lies one and a half steps inside
    into.third[axis] = (into.third[axis] as number) + 2 * changeOfThird
  }
}
