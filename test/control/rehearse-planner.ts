/**
 * For programs that count bytes: every path of the planner is walked so often that it is compiled. What is walked once in a
 * hundred plans stays interpreted for long, and there each double is on the heap.
 */
import { readFileSync } from 'node:fs'
import { AxisTrajectory } from '../../control/trajectory/axis-trajectory.ts'
import { readCases } from '../trajectories/read-cases.ts'
import { setUp, type AxisCase } from '../trajectories/trajectory-case.ts'

const file = new URL('../reference/trajectories/otg-1dof-position.csv', import.meta.url)
const rounds = 25

export function rehearsePlanner(): void {
  const trajectory = new AxisTrajectory()
  const cases = readCases(readFileSync(file, 'utf8'))
  for (let round = 0; round < rounds; round++) {
    for (const { axes } of cases) {
      setUp(trajectory, axes[0] as AxisCase)
      // also in more time than is needed
      trajectory.minimumDuration = round % 3 === 0 ? 0 : round / 5
      trajectory.plan()
      trajectory.planVelocity()
    }
  }
}
