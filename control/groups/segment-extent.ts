/** How far a segment reaches in its own coordinates, against limits of position. Cyclic throughout. */
import { segmentKind, type PathSegment } from './path-segment.ts'

/** What rounding may put a point beyond a limit, unit. */
const slack = 1e-9

export class SegmentExtent {
  // of the coordinate looked at last, unit
  #least = 0.5
  #most = 0.5

  /**
   * True when some coordinate leaves [lower, upper] between the segment's `skipped` and its end. Of a blend all Bezier points are
   * to be inside: it lies between them.
   */
  leaves(segment: PathSegment, lower: Float64Array, upper: Float64Array): boolean {
    for (let n = 0; n < segment.origin.length; n++) {
      this.#find(segment, n)
      // negated, so that NaN is outside
      const inside =
        this.#least >= (lower[n] as number) - slack && this.#most <= (upper[n] as number) + slack
      if (!inside) return true
    }
    return false
  }

  #find(segment: PathSegment, n: number): void {
    if (segment.kind === segmentKind.blend) this.#findOfBlend(segment, n)
    else if (segment.outward[n] === 0 && segment.onward[n] === 0) this.#findOfLine(segment, n)
    else if (segment.kind === segmentKind.line) this.#findOfLine(segment, n)
    else this.#findOfArc(segment, n)
  }

  /** Also of a coordinate that goes evenly along an arc. */
  #findOfLine(segment: PathSegment, n: number): void {
    const origin = segment.origin[n] as number
    const even = segment.direction[n] as number
    const from = origin + even * segment.skipped
    const to = from + even * (segment.end - segment.begin)
    this.#least = Math.min(from, to)
    this.#most = Math.max(from, to)
  }

  #findOfArc(segment: PathSegment, n: number): void {
    const { turn, radius } = segment
    const origin = segment.origin[n] as number
    const out = segment.outward[n] as number
    const on = segment.onward[n] as number
    const begin = turn * segment.skipped
    const end = begin + turn * (segment.end - segment.begin)
    const from = origin + radius * (out * Math.cos(begin) + on * Math.sin(begin))
    const to = origin + radius * (out * Math.cos(end) + on * Math.sin(end))
    const size = radius * Math.sqrt(out * out + on * on)
    // the angle at which the coordinate is largest, as its first turn from the beginning on; and half a turn on
    const whole = 2 * Math.PI
    const angle = Math.atan2(on, out)
    const top = angle + Math.ceil((begin - angle) / whole) * whole
    const bottom = angle + Math.PI + Math.ceil((begin - angle - Math.PI) / whole) * whole
    this.#least = bottom <= end ? origin - size : Math.min(from, to)
    this.#most = top <= end ? origin + size : Math.max(from, to)
  }

  #findOfBlend(segment: PathSegment, n: number): void {
    const { terms } = segment
    const c0 = terms[6 * n] as number
    const c1 = terms[6 * n + 1] as number
    const c2 = terms[6 * n + 2] as number
    const c3 = terms[6 * n + 3] as number
    const c4 = terms[6 * n + 4] as number
    const c5 = terms[6 * n + 5] as number
    const p1 = c0 + c1 / 5
    const p2 = c0 + (2 * c1) / 5 + c2 / 10
    const p3 = c0 + (3 * c1) / 5 + (3 * c2) / 10 + c3 / 10
    const p4 = c0 + (4 * c1) / 5 + (3 * c2) / 5 + (2 * c3) / 5 + c4 / 5
    const p5 = c0 + c1 + c2 + c3 + c4 + c5
    this.#least = Math.min(c0, p1, p2, p3, p4, p5)
    this.#most = Math.max(c0, p1, p2, p3, p4, p5)
  }
}
