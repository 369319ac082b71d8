/**
 * Arcs through the first three coordinates (two, where there are no more), as PLCopen Part 4 MC_MoveCircular describes them.
 * Further coordinates go evenly from start to end.
 */
import { segmentKind, type PathSegment } from './path-segment.ts'

export const circleMode = {
  /** The auxiliary point lies on the arc. */
  border: 0,
  /** The auxiliary point is the centre. Start and end may be the same: a full circle. */
  centre: 1,
  /** The auxiliary vector stands upright on the plane, the arc turns around it as a right-handed screw, its length is the radius. */
  radius: 2,
} as const
export type CircleMode = (typeof circleMode)[keyof typeof circleMode]

export const circleResult = {
  ok: 0,
  /** The points do not make a circle: on one line, the same, or none there at all. */
  points: 1,
  /** The centre is not as far from the start as from the end. */
  centre: 2,
  /** Start and end are farther apart than the diameter, or their line is not in the plane. */
  radius: 3,
} as const
export type CircleResult = (typeof circleResult)[keyof typeof circleResult]

/** How far the radii to start and end may differ, by the radius. */
const radiusTolerance = 1e-4
const parallel = 1e-9
/** Points that are not farther apart are the same, unit. */
const shortest = 1e-9

/** Components of vectors in space, each at three places of one array. */
const places = { start: 0, end: 3, aid: 6, normal: 9, centre: 12, out: 15, last: 18, scratch: 21 }

export class CircleMaker {
  /** In the centre mode: clockwise as seen from +z (a plane along z: from +y, then from +x). */
  clockwise = false
  /** In the radius mode: the arc of more than half a circle. */
  longWay = false
  readonly #space = new Float64Array(24)
  #angle = 0.5
  #radius = 0.5
  #product = 0.5

  /** Into `segment`; cyclic. `start`, `end`: all coordinates; `aid`: the auxiliary point or vector. */
  make(
    mode: CircleMode,
    start: Float64Array,
    end: Float64Array,
    aid: Float64Array,
    segment: PathSegment,
  ): CircleResult {
    const space = this.#space
    const inSpace = Math.min(3, start.length)
    space.fill(0)
    for (let n = 0; n < inSpace; n++) {
      space[places.start + n] = start[n] as number
      space[places.end + n] = end[n] as number
      space[places.aid + n] = aid[n] as number
    }
    const result = this.#findCentre(mode)
    if (result !== circleResult.ok) return result
    this.#findAngle(mode)
    this.#write(start, end, inSpace, segment)
    return circleResult.ok
  }

  #findCentre(mode: CircleMode): CircleResult {
    if (mode === circleMode.border) return this.#byBorder()
    return mode === circleMode.centre ? this.#byCentre() : this.#byRadius()
  }

  /** The circle around a triangle. */
  #byBorder(): CircleResult {
    const space = this.#space
    this.#subtract(places.aid, places.start, places.out)
    this.#subtract(places.end, places.start, places.last)
    this.#cross(places.out, places.last, places.normal)
    this.#multiply(places.normal, places.normal)
    const normal = this.#product
    this.#multiply(places.out, places.out)
    const out = this.#product
    this.#multiply(places.last, places.last)
    const last = this.#product
    const least = shortest * shortest
    if (!(out > least && last > least && normal > parallel * parallel * out * last))
      return circleResult.points
    this.#cross(places.normal, places.out, places.centre)
    this.#cross(places.last, places.normal, places.scratch)
    for (let n = 0; n < 3; n++)
      space[places.centre + n] =
        (space[places.start + n] as number) +
        (last * (space[places.centre + n] as number) +
          out * (space[places.scratch + n] as number)) /
          (2 * normal)
    return circleResult.ok
  }

  #byCentre(): CircleResult {
    const space = this.#space
    this.#subtract(places.start, places.aid, places.out)
    this.#subtract(places.end, places.aid, places.last)
    this.#multiply(places.out, places.out)
    const out = Math.sqrt(this.#product)
    this.#multiply(places.last, places.last)
    const last = Math.sqrt(this.#product)
    if (!(Math.abs(out - last) <= radiusTolerance * out) || !(out > shortest))
      return circleResult.centre
    this.#cross(places.out, places.last, places.normal)
    this.#multiply(places.normal, places.normal)
    const normal = Math.sqrt(this.#product)
    if (normal <= parallel * out * last && !this.#inLevelPlane()) return circleResult.points
    this.#faceViewer()
    // to the same distance from both, exactly: on to the plane in the middle between them
    this.#subtract(places.end, places.start, places.scratch)
    this.#multiply(places.scratch, places.scratch)
    const chord = this.#product
    const off = chord > 0 ? (last * last - out * out) / 2 / chord : 0
    for (let n = 0; n < 3; n++)
      space[places.centre + n] =
        (space[places.aid + n] as number) + off * (space[places.scratch + n] as number)
    return circleResult.ok
  }

  /** Half and full circles do not tell their plane: it is the level one, where they lie in one. */
  #inLevelPlane(): boolean {
    const space = this.#space
    space[places.normal] = 0
    space[places.normal + 1] = 0
    space[places.normal + 2] = 1
    return space[places.out + 2] === 0 && space[places.last + 2] === 0
  }

  /** Turns the normal to who looks at the plane, and away for clockwise. */
  #faceViewer(): void {
    const space = this.#space
    const x = space[places.normal] as number
    const y = space[places.normal + 1] as number
    const z = space[places.normal + 2] as number
    const size = parallel * Math.sqrt(x * x + y * y + z * z)
    const away = Math.abs(z) > size ? z < 0 : Math.abs(y) > size ? y < 0 : x < 0
    if (away === this.clockwise) return
    for (let n = 0; n < 3; n++) space[places.normal + n] = -(space[places.normal + n] as number)
  }

  #byRadius(): CircleResult {
    const space = this.#space
    this.#multiply(places.aid, places.aid)
    const radius = Math.sqrt(this.#product)
    this.#subtract(places.end, places.start, places.last)
    this.#multiply(places.last, places.last)
    const chord = Math.sqrt(this.#product)
    if (!(radius > shortest && chord > shortest)) return circleResult.points
    this.#multiply(places.aid, places.last)
    const upright = Math.abs(this.#product) <= radiusTolerance * radius * chord
    if (!upright || chord > 2 * radius * (1 + radiusTolerance)) return circleResult.radius
    const height = Math.sqrt(Math.max(0, radius * radius - (chord * chord) / 4))
    this.#cross(places.aid, places.last, places.scratch)
    const aside = ((this.longWay ? -1 : 1) * height) / (radius * chord)
    for (let n = 0; n < 3; n++) {
      space[places.normal + n] = space[places.aid + n] as number
      space[places.centre + n] =
        ((space[places.start + n] as number) + (space[places.end + n] as number)) / 2 +
        aside * (space[places.scratch + n] as number)
    }
    return circleResult.ok
  }

  /** From centre and normal: the angle from start to end, more than 0. */
  #findAngle(mode: CircleMode): void {
    const space = this.#space
    this.#subtract(places.start, places.centre, places.out)
    this.#subtract(places.end, places.centre, places.last)
    this.#multiply(places.out, places.out)
    this.#radius = Math.sqrt(this.#product)
    this.#multiply(places.normal, places.normal)
    const size = Math.sqrt(this.#product)
    for (let n = 0; n < 3; n++)
      space[places.normal + n] = (space[places.normal + n] as number) / size
    this.#cross(places.out, places.last, places.scratch)
    this.#multiply(places.normal, places.scratch)
    const sin = this.#product
    this.#multiply(places.out, places.last)
    const cos = this.#product
    const angle = Math.atan2(sin, cos)
    const full = mode === circleMode.centre && Math.abs(angle) < parallel
    this.#angle = angle <= 0 || full ? angle + 2 * Math.PI : angle
    if (full) this.#angle = 2 * Math.PI
  }

  #write(start: Float64Array, end: Float64Array, inSpace: number, segment: PathSegment): void {
    const space = this.#space
    const radius = this.#radius
    const length = radius * this.#angle
    segment.kind = segmentKind.arc
    segment.length = length
    segment.radius = radius
    segment.turn = this.#angle / length
    // along the circle at the start
    this.#cross(places.normal, places.out, places.scratch)
    for (let n = 0; n < start.length; n++) {
      const round = n < inSpace
      segment.origin[n] = round ? (space[places.centre + n] as number) : (start[n] as number)
      segment.outward[n] = round ? (space[places.out + n] as number) / radius : 0
      segment.onward[n] = round ? (space[places.scratch + n] as number) / radius : 0
      segment.direction[n] = round ? 0 : ((end[n] as number) - (start[n] as number)) / length
    }
  }

  #subtract(from: number, what: number, into: number): void {
    const space = this.#space
    for (let n = 0; n < 3; n++)
      space[into + n] = (space[from + n] as number) - (space[what + n] as number)
  }

  /** `into` is neither of the others. */
  #cross(a: number, b: number, into: number): void {
    const space = this.#space
    const ax = space[a] as number
    const ay = space[a + 1] as number
    const az = space[a + 2] as number
    const bx = space[b] as number
    const by = space[b + 1] as number
    const bz = space[b + 2] as number
    space[into] = ay * bz - az * by
    space[into + 1] = az * bx - ax * bz
    space[into + 2] = ax * by - ay * bx
  }

  /** The scalar product: into a field, because a double that a call returns is on the heap where the call is not inlined. */
  #multiply(a: number, b: number): void {
    const space = this.#space
    this.#product =
      (space[a] as number) * (space[b] as number) +
      (space[a + 1] as number) * (space[b + 1] as number) +
      (space[a + 2] as number) * (space[b + 2] as number)
  }
}
