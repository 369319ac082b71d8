import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { JerkLimitedProfile } from './jerk-limited-profile.ts'

const limit = (max: number) => fc.double({ min: 0.01, max, noNaN: true })
const place = fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1e5)
const move = fc.record({
  start: place,
  end: place,
  velocity: limit(5e3),
  acceleration: limit(1e5),
  jerk: limit(1e7),
})
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never

function plan(m: Move): JerkLimitedProfile {
  const profile = new JerkLimitedProfile()
  profile.plan(m.start, m.end, m.velocity, m.acceleration, m.jerk)
  return profile
}

function at(profile: JerkLimitedProfile, time: number): [number, number, number] {
  profile.time = time
  profile.evaluate()
  return [profile.position, profile.velocity, profile.acceleration]
}

test('position, velocity and acceleration are each the integral of the next, within the limits', () => {
  fc.assert(
    fc.property(move, fc.integer({ min: 7, max: 300 }), (m, steps) => {
      const profile = plan(m)
      const h = profile.duration / steps
      const scale = Math.max(Math.abs(m.start), Math.abs(m.end), 1) * 1e-12
      let [p, v, a] = at(profile, 0)
      for (let k = 1; k <= steps; k++) {
        const [p1, v1, a1] = at(profile, k * h)
        expect(Math.abs(v1)).toBeLessThanOrEqual(m.velocity * (1 + 1e-9))
        expect(Math.abs(a1)).toBeLessThanOrEqual(m.acceleration * (1 + 1e-9))
        expect(Math.abs(a1 - a)).toBeLessThanOrEqual(m.jerk * h * (1 + 1e-6) + 1e-9)
        // Between samples acceleration moves by at most jerk * h: the trapezoid rule is off by no more than these.
        expect(Math.abs(v1 - v - ((a + a1) / 2) * h)).toBeLessThanOrEqual(
          m.jerk * h * h * 0.26 + m.velocity * 1e-9,
        )
        expect(Math.abs(p1 - p - ((v + v1) / 2) * h)).toBeLessThanOrEqual(
          m.acceleration * h * h * 0.26 + scale,
        )
        ;[p, v, a] = [p1, v1, a1]
      }
    }),
  )
})

test('it starts at the start and ends exactly at the end, at rest, without turning back', () => {
  fc.assert(
    fc.property(move, (m) => {
      const profile = plan(m)
      expect(at(profile, 0).map(Math.abs)).toEqual([Math.abs(m.start), 0, 0])
      let before = m.start
      for (let k = 1; k <= 50; k++) {
        const [position] = at(profile, (profile.duration * k) / 50)
        const slack = 1e-12 * Math.max(Math.abs(m.start), Math.abs(m.end))
        expect((position - before) * Math.sign(m.end - m.start)).toBeGreaterThanOrEqual(-slack)
        before = position
      }
      expect(at(profile, profile.duration)).toEqual([m.end, 0, 0])
      expect(at(profile, profile.duration + 1)).toEqual([m.end, 0, 0])
      expect(profile.finished).toBe(true)
    }),
  )
})

test('it is symmetric in time', () => {
  fc.assert(
    fc.property(move, fc.double({ min: 0, max: 1, noNaN: true }), (m, share) => {
      const profile = plan(m)
      const [p, v, a] = at(profile, share * profile.duration)
      const [q, w, b] = at(profile, profile.duration - share * profile.duration)
      const tolerance = 1e-6
      expect(Math.abs(p - m.start + (q - m.end))).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(m.end - m.start)),
      )
      expect(Math.abs(v - w)).toBeLessThanOrEqual(tolerance * m.velocity)
      expect(Math.abs(a + b)).toBeLessThanOrEqual(tolerance * (m.acceleration + m.jerk))
    }),
  )
})

/** Time from rest to `velocity`: jerk, hold, jerk. */
function rise(velocity: number, acceleration: number, jerk: number): number {
  return velocity * jerk > acceleration * acceleration
    ? velocity / acceleration + acceleration / jerk
    : 2 * Math.sqrt(velocity / jerk)
}

test('no other seven-segment profile from rest to rest within the limits is shorter', () => {
  const share = fc.double({ min: 0.05, max: 1, noNaN: true })
  const other = fc.tuple(share, share, share, share, share)
  fc.assert(
    fc.property(move, other, (m, [s0, s1, s2, s3, s4]) => {
      const distance = Math.abs(m.end - m.start)
      fc.pre(distance > 1e-6)
      const up = (v: number) => rise(v, m.acceleration * s1, m.jerk * s2)
      const down = (v: number) => rise(v, m.acceleration * s3, m.jerk * s4)
      let peak = m.velocity * s0
      for (let k = 0; k < 60 && peak * (up(peak) + down(peak)) > 2 * distance; k++) peak *= 0.8
      fc.pre(peak * (up(peak) + down(peak)) <= 2 * distance)
      const time = distance / peak + (up(peak) + down(peak)) / 2
      expect(plan(m).duration).toBeLessThanOrEqual(time * (1 + 1e-9))
    }),
  )
})

test('a long move reaches every limit: the textbook durations', () => {
  const profile = new JerkLimitedProfile()
  profile.plan(0, 100, 10, 20, 100) // 0.2 s of jerk, 0.7 s of ramp, 10 s of way at full speed
  expect(profile.duration).toBeCloseTo(10.7, 12)
  profile.plan(0, 100, 10, 200, 10) // the velocity is reached before the acceleration limit: 1 s of jerk, 2 s of ramp
  expect(profile.duration).toBeCloseTo(12, 12)
  profile.plan(5, 5 - 2 / 3, 10, 200, 1 / 3) // neither is reached: four jerk segments of cbrt(d / 2 j) = 1 s
  expect(profile.duration).toBeCloseTo(4, 12)
  profile.plan(3, 3, 1, 1, 1)
  expect(profile.duration).toBe(0)
  expect(profile.position).toBe(3)
})
