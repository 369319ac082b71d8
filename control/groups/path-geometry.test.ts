/** Lines, arcs and blends: derivatives, their bounds, and how they meet. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlendMaker } from './blend.ts'
import { CircleMaker, circleMode, circleResult } from './circle.ts'
import { PathBounds } from './path-bounds.ts'
import { PathPoint, PathSegment, segmentKind } from './path-segment.ts'
import { SegmentExtent } from './segment-extent.ts'

const coordinate = fc.double({ min: -100, max: 100, noNaN: true })
const place = fc
  .tuple(coordinate, coordinate, coordinate)
  .map((values) => Float64Array.from(values))

function line(from: Float64Array, to: Float64Array): PathSegment {
  const segment = new PathSegment(3)
  const length = Math.hypot(...to.map((value, n) => value - (from[n] as number)))
  segment.kind = segmentKind.line
  segment.length = length
  segment.origin.set(from)
  for (let n = 0; n < 3; n++)
    segment.direction[n] = ((to[n] as number) - (from[n] as number)) / length
  return whole(segment)
}

function whole(segment: PathSegment): PathSegment {
  segment.begin = 0
  segment.skipped = 0
  segment.end = segment.length
  return segment
}

/** A line and what follows it, an arc or a line, both of a usable length. */
const corner = fc
  .record({ start: place, middle: place, border: place, end: place, round: fc.boolean() })
  .map(({ start, middle, border, end, round }) => {
    const after = new PathSegment(3)
    const made =
      round &&
      new CircleMaker().make(circleMode.border, middle, end, border, after) === circleResult.ok &&
      after.radius < 1e3
    return { before: line(start, middle), after: made ? whole(after) : line(middle, end) }
  })
  .filter(({ before, after }) => before.length > 1 && after.length > 1)

function blendOf(before: PathSegment, after: PathSegment, part: number): PathSegment {
  const blends = new BlendMaker(3)
  const blend = new PathSegment(3)
  blends.reach = (Math.min(before.length, after.length) / 2) * part
  blends.make(before, after, blend)
  return whole(blend)
}

function pointAt(segment: PathSegment, at: number): PathPoint {
  const point = new PathPoint(3)
  segment.at = at
  segment.evaluate(point)
  return point
}

const parts = fc.double({ min: 0.01, max: 1, noNaN: true })

test('a blend leaves and enters its neighbours with their position, direction and curvature', () => {
  fc.assert(
    fc.property(corner, parts, ({ before, after }, part) => {
      const blend = blendOf(before, after, part)
      const reach = blend.length / 2
      const meetings = [
        [pointAt(before, before.length - reach), pointAt(blend, 0)],
        [pointAt(blend, blend.length), pointAt(after, reach)],
      ] as const
      for (const [one, other] of meetings)
        for (let n = 0; n < 3; n++) {
          expect(
            Math.abs((one.position[n] as number) - (other.position[n] as number)),
          ).toBeLessThan(1e-9)
          expect(Math.abs((one.first[n] as number) - (other.first[n] as number))).toBeLessThan(1e-9)
          expect(Math.abs((one.second[n] as number) - (other.second[n] as number))).toBeLessThan(
            1e-6,
          )
        }
    }),
  )
})

test('the blend of a right angle passes the corner at 3/16 of its reach times the root of 2', () => {
  const before = line(Float64Array.of(0, 0, 0), Float64Array.of(10, 0, 0))
  const after = line(Float64Array.of(10, 0, 0), Float64Array.of(10, 10, 0))
  const blend = blendOf(before, after, 0.8)
  const middle = pointAt(blend, blend.length / 2).position
  expect(Math.hypot((middle[0] as number) - 10, middle[1] as number)).toBeCloseTo(
    (3 / 16) * 4 * Math.SQRT2,
    12,
  )
  const blends = new BlendMaker(3)
  blends.deviation = 0.05
  blends.findReach(before, after)
  blends.make(before, after, blend)
  expect(blends.deviation).toBeCloseTo(0.05, 12)
})

test('derivatives are the slopes of one another, and never beyond their bounds', () => {
  const bounds = new PathBounds(3)
  fc.assert(
    fc.property(corner, parts, ({ before, after }, part) => {
      for (const segment of [before, after, blendOf(before, after, part)]) {
        bounds.set(segment)
        const step = segment.length * 1e-5
        for (let m = 1; m < 20; m++) {
          const at = (segment.length * m) / 20
          const here = pointAt(segment, at)
          const back = pointAt(segment, at - step)
          const on = pointAt(segment, at + step)
          expectSlope(back.position, on.position, here.first, step)
          expectSlope(back.first, on.first, here.second, step)
          expectSlope(back.second, on.second, here.third, step)
          const rows = [
            [here.first, bounds.first],
            [here.second, bounds.second],
            [here.third, bounds.third],
          ] as const
          for (const [values, bound] of rows) {
            for (let n = 0; n < 3; n++)
              expect(Math.abs(values[n] as number)).toBeLessThanOrEqual(
                (bound[n] as number) * (1 + 1e-9) + 1e-12,
              )
            expect(Math.hypot(...values)).toBeLessThanOrEqual(
              (bound[3] as number) * (1 + 1e-9) + 1e-12,
            )
          }
        }
      }
    }),
    { numRuns: 12 },
  )
})

function expectSlope(
  back: Float64Array,
  on: Float64Array,
  slope: Float64Array,
  step: number,
): void {
  const size = 1e-5 * (1 + Math.hypot(...slope)) + (1e-13 * (1 + Math.hypot(...on))) / step
  for (let n = 0; n < 3; n++)
    expect(
      Math.abs(((on[n] as number) - (back[n] as number)) / (2 * step) - (slope[n] as number)),
    ).toBeLessThan(size)
}

const extent = new SegmentExtent()

test('a segment leaves limits just when one of its points does', () => {
  fc.assert(
    fc.property(corner, parts, fc.constantFrom(0, 1, 2), ({ before, after }, part, n) => {
      for (const segment of [before, after, blendOf(before, after, part)]) {
        let least = Infinity
        let most = -Infinity
        for (let m = 0; m <= 400; m++) {
          const value = pointAt(segment, (segment.length * m) / 400).position[n] as number
          least = Math.min(least, value)
          most = Math.max(most, value)
        }
        const free = Float64Array.of(Infinity, Infinity, Infinity)
        const upper = free.slice()
        // what lies between two samples of an arc
        const grain =
          (segment.length / 400) ** 2 /
          (segment.kind === segmentKind.arc ? segment.radius : Infinity)
        upper[n] = most - 1e-6
        expect(
          extent.leaves(
            segment,
            free.map((value) => -value),
            upper,
          ),
        ).toBe(true)
        upper[n] = most + grain + 1e-6
        if (segment.kind !== segmentKind.blend)
          expect(
            extent.leaves(
              segment,
              free.map((value) => -value),
              upper,
            ),
          ).toBe(false)
        const lower = free.map((value) => -value)
        lower[n] = least + 1e-6
        expect(extent.leaves(segment, lower, free)).toBe(true)
      }
    }),
  )
})
