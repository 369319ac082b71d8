/**
 * The path of a group: segments that wait, their blends and limits, and the motion along them. A segment is appended with the
 * way in which the one before goes over into it. A blend that comes too late, because the motion brakes for the corner already,
 * becomes smaller, and in the end none: then the path stops in the corner.
 */
import { BlendMaker } from './blend.ts'
import { appendResult, BlockMaker, type AppendResult, type GroupAxisLimits } from './block-maker.ts'
import type { Kinematics, KinematicsResult } from './kinematics/kinematics.ts'
import { LookAhead } from './look-ahead.ts'
import { PathOutput } from './path-output.ts'
import { PathProfile } from './path-profile.ts'
import { copySegment, PathPoint, PathSegment, segmentKind } from './path-segment.ts'
import { SegmentRing } from './segment-ring.ts'

/** How one segment goes over into the next. */
export const transition = {
  /** Stops exactly in the corner. */
  exact: 0,
  /** No curve of its own: goes through where the path is smooth (direction and curvature), stops elsewhere. */
  none: 1,
  /** A blend that begins at a distance from the corner, at the most half of the shorter segment. */
  cornerDistance: 2,
  /** A blend that leaves the corner by no more than a deviation. */
  maxCornerDeviation: 3,
} as const
export type Transition = (typeof transition)[keyof typeof transition]

/** Directions and curvatures that differ by less are the same. */
const smooth = 1e-9
/** How often a blend is made smaller before it is none. */
const attempts = 12
/** A blend that reaches no farther is none, unit. */
const leastReach = 1e-6
/** A blend begins ahead, by some of the way that is left. */
const stillAhead = 0.999

export class GroupPath {
  /** The segment to be appended: geometry, `length`, id and demands are the caller's. */
  readonly next: PathSegment
  /** Of the transition to it: a distance or a deviation, unit, and the speed in the blend, unit/s. */
  amount = 0.5
  blendFeed = 0.5
  /** Where the path ends, as tool and as axes. */
  readonly endTool: Float64Array
  readonly endAxes: Float64Array
  /** Commands that were passed or dropped are taken from here. */
  readonly segments: SegmentRing
  readonly profile: PathProfile
  readonly output: PathOutput

  readonly #kinematics: Kinematics
  readonly #ahead: LookAhead
  readonly #blocks: BlockMaker
  readonly #blends: BlendMaker
  readonly #ending: PathPoint
  readonly #beginning: PathPoint

  /** `capacity`: how many segments may wait, blends included. */
  constructor(
    cycleS: number,
    kinematics: Kinematics,
    limits: readonly GroupAxisLimits[],
    capacity: number,
  ) {
    const { axes } = kinematics
    this.#kinematics = kinematics
    // one block that is passed, and those of two segments that come
    this.#ahead = new LookAhead((capacity + 2) * BlockMaker.most(kinematics) + 1)
    this.#blocks = new BlockMaker(this.#ahead, kinematics, limits)
    this.#blends = new BlendMaker(axes)
    this.profile = new PathProfile(this.#ahead, cycleS)
    this.output = new PathOutput(kinematics)
    this.segments = new SegmentRing(axes, capacity)
    this.next = new PathSegment(axes)
    this.endTool = new Float64Array(axes)
    this.endAxes = new Float64Array(axes)
    this.#ending = new PathPoint(axes)
    this.#beginning = new PathPoint(axes)
  }

  /** Factor on the speed, 0 to 1; 0 stops on the path. */
  set override(factor: number) {
    if (factor === this.#ahead.override) return
    this.#ahead.override = factor
    this.profile.change()
  }

  get override(): number {
    return this.#ahead.override
  }

  /** Stands at a position of the axes, with nothing to do. The result is that of the forward kinematics. */
  standAt(axes: Float64Array): KinematicsResult {
    const result = this.output.standAt(axes)
    this.clear()
    return result
  }

  /** Forgets what is left of the path. At rest alone. */
  clear(): void {
    this.segments.clear()
    this.#beginAnew()
    this.output.rest()
    this.endAxes.set(this.output.position)
    this.endTool.set(this.output.tool)
  }

  /** Coordinates of the path count from here. */
  #beginAnew(): void {
    this.#ahead.blockEnd = 0
    this.#ahead.clear()
    this.profile.reset()
  }

  /** One cycle: along the path, and from there to the axes. */
  advance(): void {
    const { profile, segments, output } = this
    if (!profile.active) return
    profile.advance()
    while (
      segments.behind + 1 < segments.count &&
      profile.distance >= segments.at(segments.behind).end
    )
      segments.behind += 1
    const segment = segments.at(segments.behind)
    segment.at = profile.distance - segment.begin + segment.skipped
    output.speed = profile.speed
    output.pathAcceleration = profile.acceleration
    output.evaluate(segment)
    if (!profile.active) segments.behind = segments.count
  }

  /** Appends `next`. Anything but `ok`: the path is as before. */
  append(kind: Transition): AppendResult {
    const { segments } = this
    if (segments.free < 2 || !this.#ahead.hasRoom(2 * BlockMaker.most(this.#kinematics)))
      return appendResult.full
    if (segments.behind === segments.count) this.#beginAnew()
    this.#ahead.save()
    const before = segments.behind < segments.count ? segments.at(segments.count - 1) : undefined
    if (before === undefined || kind === transition.exact || before.ofAxes !== this.next.ofAxes)
      return this.#appendPlain(before, true)
    if (this.#isSmooth(before)) return this.#appendPlain(before, false)
    if (kind === transition.none) return this.#appendPlain(before, true)
    return this.#appendBlended(before, kind)
  }

  #isSmooth(before: PathSegment): boolean {
    const ending = this.#ending
    const beginning = this.#beginning
    before.at = before.length
    before.evaluate(ending)
    this.next.at = 0
    this.next.evaluate(beginning)
    for (let n = 0; n < this.endTool.length; n++) {
      const turn = (ending.first[n] as number) - (beginning.first[n] as number)
      const bend = (ending.second[n] as number) - (beginning.second[n] as number)
      if (Math.abs(turn) > smooth || Math.abs(bend) > smooth) return false
    }
    return true
  }

  #appendPlain(before: PathSegment | undefined, stop: boolean): AppendResult {
    const { next } = this
    next.begin = before === undefined ? 0 : before.end
    next.end = next.begin + next.length
    next.skipped = 0
    // joined blocks lower limits: on the way already, that may come too late
    let result = this.#tryPlain(before, stop, true)
    if (result === appendResult.tooLate) result = this.#tryPlain(before, stop, false)
    if (result === appendResult.ok) this.#commit()
    return result
  }

  #tryPlain(before: PathSegment | undefined, stop: boolean, joining: boolean): AppendResult {
    const blocks = this.#blocks
    const straight =
      !stop && before !== undefined && this.#isStraight(before) && this.#isStraight(this.next)
    this.#ahead.from = this.profile.distance
    blocks.through = straight ? this.blendFeed : 0
    blocks.mayRunUp = straight
    blocks.joining = joining
    blocks.axes.set(this.endAxes)
    return this.#adoptOr(blocks.push(this.next, stop))
  }

  /** Takes the blocks as they are now if they came about and can be kept; else goes back. */
  #adoptOr(result: AppendResult): AppendResult {
    if (result === appendResult.ok) {
      this.#ahead.solve()
      if (this.profile.adopt()) return result
    }
    this.#ahead.restore()
    return result === appendResult.ok ? appendResult.tooLate : result
  }

  #appendBlended(before: PathSegment, kind: Transition): AppendResult {
    const { next } = this
    const blends = this.#blends
    const blend = this.segments.at(this.segments.count)
    const corner = before.end
    this.#findReach(before, kind)
    let over = 0
    for (let n = 0; n < attempts && blends.reach > leastReach; n++) {
      blends.make(before, next, blend)
      over = kind === transition.maxCornerDeviation ? blends.deviation / this.amount : 0
      if (over > 1 + smooth) {
        blends.reach *= Math.max(0.3, Math.min(0.95, 1 / over))
        continue
      }
      before.end = corner - blends.reach
      let result = this.#tryBlend(before, blend, true)
      if (result === appendResult.tooLate) result = this.#tryBlend(before, blend, false)
      if (result === appendResult.ok) {
        this.segments.count += 1
        this.#commit()
        return result
      }
      before.end = corner
      blends.reach /= 2
    }
    return this.#appendPlain(before, true)
  }

  /** The longest that a blend may be. */
  #findReach(before: PathSegment, kind: Transition): void {
    const blends = this.#blends
    blends.reach = this.amount
    if (kind === transition.maxCornerDeviation) {
      blends.deviation = this.amount
      blends.findReach(before, this.next)
    }
    blends.reach = Math.min(
      blends.reach,
      before.length / 2,
      this.next.length / 2,
      (before.end - this.profile.distance) * stillAhead,
    )
  }

  #tryBlend(before: PathSegment, blend: PathSegment, joining: boolean): AppendResult {
    const { next } = this
    const blocks = this.#blocks
    const ahead = this.#ahead
    blend.id = before.id
    blend.feed = this.blendFeed
    blend.acceleration = Math.min(before.acceleration, next.acceleration)
    blend.jerk = Math.min(before.jerk, next.jerk)
    blend.begin = before.end
    blend.end = before.end + blend.length
    next.begin = blend.end
    next.skipped = blend.length / 2
    next.end = next.begin + next.length - next.skipped
    ahead.blockEnd = before.end
    ahead.shorten()
    blocks.joining = joining
    blocks.axes.set(this.endAxes)
    // speed changes on the ways before and after, where there is more room for it
    blocks.steady =
      before.end - before.begin >= blend.length && next.end - next.begin >= blend.length
    ahead.from = this.profile.distance
    blocks.mayRunUp = this.#isStraight(before)
    blocks.through = this.blendFeed
    let result = blocks.push(blend, false)
    blocks.steady = false
    blocks.mayRunUp = false
    blocks.through = this.#isStraight(next) ? this.blendFeed : 0
    if (result === appendResult.ok) result = blocks.push(next, false)
    return this.#adoptOr(result)
  }

  /** A line for all axes, too: its limits do not depend on its speed. */
  #isStraight(segment: PathSegment): boolean {
    return segment.kind === segmentKind.line && (segment.ofAxes || this.#kinematics.linear)
  }

  /** `next` is on the path. */
  #commit(): void {
    const { next, segments, endAxes, endTool } = this
    copySegment(next, segments.at(segments.count))
    segments.count += 1
    next.at = next.length
    next.evaluate(this.#ending)
    if (next.ofAxes) {
      endAxes.set(this.#ending.position)
      this.#kinematics.forward(endAxes, endTool)
      return
    }
    endTool.set(this.#ending.position)
    endAxes.set(this.#kinematics.linear ? endTool : this.#blocks.axes)
  }
}
