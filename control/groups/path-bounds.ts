/**
 * The largest derivatives of a segment by its path coordinate, in every coordinate, and after the last one those of the whole
 * vector (of the first three coordinates, where they move: the tool's way). They are bounds, not samples: closed forms for lines
 * and arcs; in a blend the extremes of the second and third derivative, and for the first one that of its Bezier polygon.
 */
import { segmentKind, type PathSegment } from './path-segment.ts'

export class PathBounds {
  readonly first: Float64Array
  readonly second: Float64Array
  readonly third: Float64Array
  /** First and second derivative are a quarter turn apart, second and third, too: an arc. */
  quadrature = false
  readonly #coordinates: number
  /** Bezier points of a blend's first derivative. */
  readonly #polygon: Float64Array

  constructor(coordinates: number) {
    this.#coordinates = coordinates
    this.first = new Float64Array(coordinates + 1)
    this.second = new Float64Array(coordinates + 1)
    this.third = new Float64Array(coordinates + 1)
    this.#polygon = new Float64Array(coordinates * 5)
  }

  /** Cyclic. */
  set(segment: PathSegment): void {
    this.quadrature = segment.kind === segmentKind.arc
    for (let n = 0; n < this.#coordinates; n++) this.#setCoordinate(segment, n)
    this.#setVector(segment)
  }

  #setCoordinate(segment: PathSegment, n: number): void {
    if (segment.kind === segmentKind.blend) {
      this.#setBlend(segment, n)
      return
    }
    const even = Math.abs(segment.direction[n] as number)
    this.first[n] = even
    this.second[n] = 0
    this.third[n] = 0
    if (segment.kind === segmentKind.line) return
    const { turn, radius } = segment
    const out = segment.outward[n] as number
    const on = segment.onward[n] as number
    const size = turn * radius * Math.sqrt(out * out + on * on)
    this.first[n] = even + size
    this.second[n] = size * turn
    this.third[n] = size * turn * turn
  }

  #setBlend(segment: PathSegment, n: number): void {
    const { terms, length } = segment
    const c1 = terms[6 * n + 1] as number
    const c2 = terms[6 * n + 2] as number
    const c3 = terms[6 * n + 3] as number
    const c4 = terms[6 * n + 4] as number
    const c5 = terms[6 * n + 5] as number
    const polygon = this.#polygon
    const at = 5 * n
    // from powers to Bernstein polynomials of 4th degree
    polygon[at] = c1 / length
    polygon[at + 1] = (c1 + c2 / 2) / length
    polygon[at + 2] = (c1 + c2 + c3 / 2) / length
    polygon[at + 3] = (c1 + (3 * c2) / 2 + (3 * c3) / 2 + c4) / length
    polygon[at + 4] = (c1 + 2 * c2 + 3 * c3 + 4 * c4 + 5 * c5) / length
    let first = 0
    for (let m = at; m < at + 5; m++) first = Math.max(first, Math.abs(polygon[m] as number))
    this.first[n] = first
    // second derivative 2 c2 + 6 c3 x + 12 c4 x^2 + 20 c5 x^3: at both ends and where the third one is zero
    const start = 2 * c2
    const end = 2 * c2 + 6 * c3 + 12 * c4 + 20 * c5
    let second = Math.max(Math.abs(start), Math.abs(end))
    const under = 16 * c4 * c4 - 40 * c5 * c3
    if (under >= 0) {
      // 60 c5 x^2 + 24 c4 x + 6 c3 = 0, both roots in the form that does not cancel
      const sum = -(4 * c4 + (c4 < 0 ? -1 : 1) * Math.sqrt(under))
      for (let root = 0; root < 2; root++) {
        const x = root === 0 ? sum / (20 * c5) : (2 * c3) / sum
        if (x > 0 && x < 1)
          second = Math.max(second, Math.abs(2 * c2 + x * (6 * c3 + x * (12 * c4 + x * 20 * c5))))
      }
    }
    this.second[n] = second / (length * length)
    let third = Math.max(Math.abs(6 * c3), Math.abs(6 * c3 + 24 * c4 + 60 * c5))
    const top = -c4 / (5 * c5)
    if (top > 0 && top < 1) third = Math.max(third, Math.abs(6 * c3 + 12 * c4 * top))
    this.third[n] = third / (length * length * length)
  }

  #setVector(segment: PathSegment): void {
    const all = this.#coordinates
    const own = segment.ofAxes ? all : Math.min(3, all)
    this.#sumUp(segment, own)
    if (this.first[all] === 0) this.#sumUp(segment, all)
  }

  /** The length of the vector of the first `count` coordinates. */
  #sumUp(segment: PathSegment, count: number): void {
    const at = this.#coordinates
    if (segment.kind === segmentKind.arc) {
      const size = segment.turn * segment.radius
      this.first[at] = size
      this.second[at] = size * segment.turn
      this.third[at] = size * segment.turn * segment.turn
      return
    }
    let first = 0
    let second = 0
    let third = 0
    for (let n = 0; n < count; n++) {
      first += (this.first[n] as number) * (this.first[n] as number)
      second += (this.second[n] as number) * (this.second[n] as number)
      third += (this.third[n] as number) * (this.third[n] as number)
    }
    this.first[at] = Math.sqrt(first)
    this.second[at] = Math.sqrt(second)
    this.third[at] = Math.sqrt(third)
    if (segment.kind === segmentKind.blend) this.#findLongestTangent(count)
  }

  #findLongestTangent(count: number): void {
    let longest = 0
    for (let m = 0; m < 5; m++) {
      let square = 0
      for (let n = 0; n < count; n++) {
        const part = this.#polygon[5 * n + m] as number
        square += part * part
      }
      longest = Math.max(longest, square)
    }
    this.first[this.#coordinates] = Math.sqrt(longest)
  }
}
