import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { setUp, tasks } from '../../test/control/trajectory-arbitraries.ts'
import { AxisTrajectory } from './axis-trajectory.ts'
import { planResult } from './plan-result.ts'

const exponent = fc.double({ min: -2, max: 3, noNaN: true })
const beyond = fc.double({ min: 0.1, max: 100, noNaN: true })

// once the acceleration is back inside there is neither time nor velocity to spare: what is left of both is rounding
test.each([1, -1])(
  'to the velocity at which its acceleration fades out an axis goes by one ramp, from beyond its limits too (%i)',
  (sign) => {
    fc.assert(
      fc.property(
        exponent,
        exponent,
        exponent,
        beyond,
        (logVelocity, logAcceleration, logJerk, factor) => {
          const trajectory = new AxisTrajectory()
          const { from, to, limits } = trajectory
          const jerk = 10 ** logJerk
          limits.set(1, 10 ** logAcceleration, jerk)
          limits.jerkMax *= 1.7
          const a = sign * factor * 10 ** logAcceleration
          const j = sign > 0 ? jerk : 1.7 * jerk
          const fades = Math.abs(a) / j
          from.set(0.3, sign * 10 ** logVelocity, a)
          to.set(0, from.velocity + (a * fades) / 2, 0)
          expect(trajectory.planVelocity()).toBe(planResult.ok)
          expect(trajectory.duration / fades).toBeCloseTo(1, 6)
          trajectory.time = fades
          trajectory.sample()
          const way = from.velocity * fades + (a * fades * fades) / 3
          expect((trajectory.position - 0.3 - way) / (Math.abs(way) + 1)).toBeCloseTo(0, 6)
        },
      ),
      { numRuns: 2000 },
    )
  },
)

// beginning and ending with acceleration of one sign, in hardly more time than is needed, is where a quotient of roundings lurks
test('whatever duration is asked for, a change of velocity takes it or the next possible one, and ends at its target', () => {
  const part = fc.double({ min: 0, max: 3, noNaN: true })
  const fine = fc.double({ min: 0, max: 1e-9, noNaN: true })
  fc.assert(
    fc.property(tasks(fc.constantFrom(1, 3)), fc.oneof(part, fine), (task, longer) => {
      const trajectory = new AxisTrajectory()
      setUp(trajectory, task)
      expect(trajectory.planVelocity()).toBe(planResult.ok)
      trajectory.minimumDuration = trajectory.duration * (1 + longer)
      expect(trajectory.planVelocity()).toBe(planResult.ok)
      const { profile, to, from, limits, duration } = trajectory
      expect(duration).toBeGreaterThanOrEqual(trajectory.minimumDuration)
      expect(profile.duration / duration || 1).toBeCloseTo(1, 9)
      const end = profile.count
      const most = Math.abs(from.velocity) + Math.abs(to.velocity) + limits.velocityMax
      expect(((profile.velocities[end] as number) - to.velocity) / most).toBeCloseTo(0, 8)
      const strongest = Math.abs(from.acceleration) + limits.accelerationMax
      expect(((profile.accelerations[end] as number) - to.acceleration) / strongest).toBeCloseTo(
        0,
        7,
      )
    }),
    { numRuns: 3000 },
  )
})
