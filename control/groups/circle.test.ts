import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CircleMaker, circleMode, circleResult } from './circle.ts'
import { PathPoint, PathSegment } from './path-segment.ts'

const maker = new CircleMaker()

function make(mode: 0 | 1 | 2, start: number[], end: number[], aid: number[]) {
  const segment = new PathSegment(start.length)
  const result = maker.make(
    mode,
    Float64Array.from(start),
    Float64Array.from(end),
    Float64Array.from(aid),
    segment,
  )
  return { result, segment, at: (way: number) => at(segment, way) }
}

function at(segment: PathSegment, way: number): number[] {
  const point = new PathPoint(segment.origin.length)
  segment.at = way
  segment.evaluate(point)
  return [...point.position]
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, n) => value - (b[n] as number)))
}

test('through a border point: the quarter circle that goes by it', () => {
  const {
    result,
    segment,
    at: point,
  } = make(circleMode.border, [1, 0], [0, 1], [Math.SQRT1_2, Math.SQRT1_2])
  expect(result).toBe(circleResult.ok)
  expect(segment.length).toBeCloseTo(Math.PI / 2, 12)
  expect(distance(point(segment.length / 2), [Math.SQRT1_2, Math.SQRT1_2])).toBeLessThan(1e-12)
})

test('a border point on the far side makes the way round the other three quarters', () => {
  const { segment } = make(circleMode.border, [1, 0], [0, 1], [-1, 0])
  expect(segment.length).toBeCloseTo((3 * Math.PI) / 2, 12)
})

const coordinate = fc.double({ min: -100, max: 100, noNaN: true })
const place = fc.tuple(coordinate, coordinate, coordinate)

test('in space the arc begins at the start, passes the border point and ends at the end', () => {
  fc.assert(
    fc.property(place, place, place, (start, end, border) => {
      const { result, segment, at: point } = make(circleMode.border, start, end, border)
      fc.pre(result === circleResult.ok && segment.radius < 1e4)
      expect(distance(point(0), start)).toBeLessThan(1e-6)
      expect(distance(point(segment.length), end)).toBeLessThan(1e-6)
      let nearest = Infinity
      for (let n = 0; n <= 2000; n++)
        nearest = Math.min(nearest, distance(point((segment.length * n) / 2000), border))
      expect(nearest).toBeLessThan(segment.length / 2000)
    }),
    { numRuns: 30 },
  )
})

test('around a centre, counterclockwise as seen from above unless clockwise is asked for', () => {
  maker.clockwise = false
  const left = make(circleMode.centre, [1, 0, 5], [0, 1, 5], [0, 0, 5])
  expect(left.segment.length).toBeCloseTo(Math.PI / 2, 12)
  maker.clockwise = true
  const right = make(circleMode.centre, [1, 0, 5], [0, 1, 5], [0, 0, 5])
  expect(right.segment.length).toBeCloseTo((3 * Math.PI) / 2, 12)
  maker.clockwise = false
})

test('a start that is the end makes a full circle around the centre', () => {
  const { segment, at: point } = make(circleMode.centre, [3, 0], [3, 0], [1, 0])
  expect(segment.length).toBeCloseTo(4 * Math.PI, 12)
  expect(distance(point(segment.length / 4), [1, 2])).toBeLessThan(1e-12)
})

test('by a radius: the shorter arc turns around the vector as a right-handed screw, the longer one on request', () => {
  const short = make(circleMode.radius, [1, 0, 0], [0, 1, 0], [0, 0, 1])
  expect(
    distance(short.at(short.segment.length / 2), [Math.SQRT1_2, Math.SQRT1_2, 0]),
  ).toBeLessThan(1e-12)
  maker.longWay = true
  const long = make(circleMode.radius, [1, 0, 0], [0, 1, 0], [0, 0, 1])
  maker.longWay = false
  expect(long.segment.length).toBeCloseTo((3 * Math.PI) / 2, 12)
  // its centre is the other one
  expect(
    distance(long.at(long.segment.length / 2), [1 + Math.SQRT1_2, 1 + Math.SQRT1_2, 0]),
  ).toBeLessThan(1e-12)
})

test('further coordinates go evenly: a helix', () => {
  const { segment, at: point } = make(circleMode.centre, [1, 0, 0, 10], [1, 0, 0, 30], [0, 0, 0, 0])
  expect(point(segment.length / 2)[3]).toBeCloseTo(20, 12)
})

test('points that make no circle are refused with the reason', () => {
  expect(make(circleMode.border, [0, 0], [2, 0], [1, 0]).result).toBe(circleResult.points)
  expect(make(circleMode.border, [0, 0], [0, 0], [1, 0]).result).toBe(circleResult.points)
  expect(make(circleMode.centre, [1, 0], [0, 2], [0, 0]).result).toBe(circleResult.centre)
  expect(make(circleMode.radius, [0, 0, 0], [4, 0, 0], [0, 0, 1]).result).toBe(circleResult.radius)
  expect(make(circleMode.radius, [0, 0, 0], [1, 0, 1], [0, 0, 1]).result).toBe(circleResult.radius)
  expect(make(circleMode.radius, [0, 0, 0], [1, 0, 0], [0, 0, 0]).result).toBe(circleResult.points)
})
