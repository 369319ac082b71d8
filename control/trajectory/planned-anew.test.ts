import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readCases } from '../../test/trajectories/read-cases.ts'
import { setUp, type AxisCase } from '../../test/trajectories/trajectory-case.ts'
import { AxisTrajectory } from './axis-trajectory.ts'
import { planResult } from './plan-result.ts'

const file = new URL('../../test/reference/trajectories/otg-1dof-position.csv', import.meta.url)
const cases = readCases(readFileSync(file, 'utf8')).slice(0, 600)

/** Follows the motion in steps of a ninety-seventh of it and plans each from where the last one led; returns when it arrives. */
function arrivalPlannedAnew(trajectory: AxisTrajectory, stepS: number): number {
  let elapsed = 0
  while (trajectory.duration > stepS) {
    trajectory.time = stepS
    trajectory.sample()
    trajectory.from.set(trajectory.position, trajectory.velocity, trajectory.acceleration)
    elapsed += stepS
    expect(trajectory.plan()).toBe(planResult.ok)
    if (elapsed > 1000 * stepS) return Infinity
  }
  return elapsed + trajectory.duration
}

// rounding of a state far from 0 must not put the target just out of reach: the way round may be long
test.each([0, 1000, 1e6])(
  'a motion that is planned anew in every cycle arrives on time, at %f',
  (offset) => {
    const trajectory = new AxisTrajectory()
    let latest = 0
    for (const { axes } of cases) {
      setUp(trajectory, axes[0] as AxisCase)
      trajectory.from.position += offset
      trajectory.to.position += offset
      expect(trajectory.plan()).toBe(planResult.ok)
      const { duration } = trajectory
      const late = arrivalPlannedAnew(trajectory, duration / 97.3) / duration - 1
      latest = Math.max(latest, Math.abs(late))
    }
    expect(latest).toBeLessThan(1e-6)
  },
)
