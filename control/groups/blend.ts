/**
 * A corner rounded: the polynomial of 5th degree that leaves one segment and enters the next with their position, tangent and
 * curvature, over a way as long as the two that it replaces. Between two lines its tangent turns from one direction to the
 * other as 3x^2 - 2x^3, so it is never longer than 1, and the curve passes the corner at 3/16 of the replaced length times the
 * difference of the directions.
 */
import { PathPoint, segmentKind, type PathSegment } from './path-segment.ts'

/** Deviation of a blend between lines by its length on one of them and the difference of the directions. */
export const deviationShare = 3 / 16

export class BlendMaker {
  /** Where the blend begins before the corner and ends after it, unit. */
  reach = 0.5
  /** Distance from the corner to the curve's middle, unit. */
  deviation = 0.5
  readonly #begin: PathPoint
  readonly #end: PathPoint
  readonly #corner: PathPoint
  readonly #middle: PathPoint

  constructor(coordinates: number) {
    this.#begin = new PathPoint(coordinates)
    this.#end = new PathPoint(coordinates)
    this.#corner = new PathPoint(coordinates)
    this.#middle = new PathPoint(coordinates)
  }

  /** `reach` that makes the blend deviate by `deviation`, were both segments lines; infinite where they go straight on. */
  findReach(before: PathSegment, after: PathSegment): void {
    before.at = before.length
    before.evaluate(this.#begin)
    after.at = 0
    after.evaluate(this.#end)
    let square = 0
    for (let n = 0; n < before.origin.length; n++) {
      const turned = (this.#end.first[n] as number) - (this.#begin.first[n] as number)
      square += turned * turned
    }
    this.reach = this.deviation / (deviationShare * Math.sqrt(square))
  }

  /** Makes `blend` with the present `reach`, and finds its `deviation`. Its feed and place are the caller's. */
  make(before: PathSegment, after: PathSegment, blend: PathSegment): void {
    const { reach } = this
    const length = 2 * reach
    before.at = before.length
    before.evaluate(this.#corner)
    before.at = before.length - reach
    before.evaluate(this.#begin)
    after.at = reach
    after.evaluate(this.#end)
    blend.kind = segmentKind.blend
    blend.ofAxes = before.ofAxes
    blend.length = length
    blend.skipped = 0
    for (let n = 0; n < before.origin.length; n++) {
      // Hermite: value and two derivatives at both ends, by the coordinate that runs from 0 to 1
      const p0 = this.#begin.position[n] as number
      const v0 = (this.#begin.first[n] as number) * length
      const a0 = (this.#begin.second[n] as number) * length * length
      const p1 = this.#end.position[n] as number
      const v1 = (this.#end.first[n] as number) * length
      const a1 = (this.#end.second[n] as number) * length * length
      const way = p1 - p0 - v0 - a0 / 2
      const speed = v1 - v0 - a0
      const curve = a1 - a0
      const { terms } = blend
      terms[6 * n] = p0
      terms[6 * n + 1] = v0
      terms[6 * n + 2] = a0 / 2
      terms[6 * n + 3] = 10 * way - 4 * speed + curve / 2
      terms[6 * n + 4] = -15 * way + 7 * speed - curve
      terms[6 * n + 5] = 6 * way - 3 * speed + curve / 2
    }
    blend.at = reach
    blend.evaluate(this.#middle)
    let square = 0
    for (let n = 0; n < before.origin.length; n++) {
      const off = (this.#middle.position[n] as number) - (this.#corner.position[n] as number)
      square += off * off
    }
    this.deviation = Math.sqrt(square)
  }
}
