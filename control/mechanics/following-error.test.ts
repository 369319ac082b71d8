import { describe, expect, test } from 'vitest'
import { FollowingErrorSupervision } from './following-error.ts'

const cycleS = 0.001

/** Whether it trips, and in which cycle, when `error` and `velocity` stand. */
function cyclesToTrip(
  supervision: FollowingErrorSupervision,
  error: number,
  velocity = 0,
  cycles = 1000,
): number {
  supervision.reset()
  supervision.error = error
  supervision.velocity = velocity
  for (let cycle = 1; cycle <= cycles; cycle++) if (supervision.update()) return cycle
  return Infinity
}

describe('following-error supervision', () => {
  test('without a filter the first cycle outside the window trips, either way', () => {
    const supervision = new FollowingErrorSupervision(cycleS, { window: 0.5 })
    expect(cyclesToTrip(supervision, 0.5)).toBe(Infinity)
    expect(cyclesToTrip(supervision, 0.5001)).toBe(1)
    expect(cyclesToTrip(supervision, -0.5001)).toBe(1)
  })

  test('the window grows with the commanded velocity, both ways', () => {
    const supervision = new FollowingErrorSupervision(cycleS, {
      window: 0.5,
      windowPerVelocityS: 0.01,
    })
    expect(cyclesToTrip(supervision, 1.4, 100)).toBe(Infinity)
    expect(supervision.window).toBeCloseTo(1.5, 12)
    expect(cyclesToTrip(supervision, 1.6, -100)).toBe(1)
  })

  test('the lag v / Kv of a loop without feed-forward is no fault', () => {
    const kv = 50
    const supervision = new FollowingErrorSupervision(cycleS, { window: 0.1, lagS: 1 / kv })
    // a first-order loop behind a ramp, from rest: e(t) = v / Kv (1 - exp(-Kv t)); the ramp's own
    // transient stays outside, the steady state does not
    const velocity = 20
    expect(cyclesToTrip(supervision, velocity / kv, velocity)).toBe(Infinity)
    expect(cyclesToTrip(supervision, velocity / kv + 0.11, velocity)).toBe(1)
    expect(cyclesToTrip(supervision, velocity / kv, -velocity)).toBe(1)
  })

  test('a peak shorter than the filter time does not trip, one longer does, and it starts anew between', () => {
    const supervision = new FollowingErrorSupervision(cycleS, { window: 0.5, filterS: 0.02 })
    expect(cyclesToTrip(supervision, 1, 0, 20)).toBe(Infinity)
    supervision.error = 0
    supervision.update()
    supervision.error = 1
    for (let cycle = 0; cycle < 20; cycle++) expect(supervision.update()).toBe(false)
    expect(supervision.update()).toBe(true)
    expect(supervision.worst).toBe(1)
  })

  test('it stays tripped until it is reset; a feedback that is no number trips', () => {
    const supervision = new FollowingErrorSupervision(cycleS, { window: 0.5 })
    expect(cyclesToTrip(supervision, Number.NaN)).toBe(1)
    supervision.error = 0
    expect(supervision.update()).toBe(true)
    supervision.reset()
    expect(supervision.update()).toBe(false)
  })
})
