import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isInside, segmentsOf } from '../check-motion.ts'
import { readCases } from '../read-cases.ts'
import type { AxisCase } from '../trajectory-case.ts'
import { refuteOptimal } from './certificate.ts'
import { planAlone, type Tally } from './check-axis.ts'
import { checkRandom } from './check-random.ts'
import { isProvenImpossible } from './impossible.ts'
import { randomCase } from './random-case.ts'

const cases = 700
const parts = 80

/** Whose starts keep the limits: from outside, the way back comes before all else. */
const reference = readCases(
  readFileSync(
    new URL('../../reference/trajectories/otg-1dof-position.csv', import.meta.url),
    'utf8',
  ),
)
  .slice(0, 250)
  .map(({ axes, duration }) => ({ axis: axes[0] as AxisCase, duration }))
  .filter(({ axis }) => isInside(axis.from, axis.limits, 'position'))

test(`${cases} random tasks of all kinds are planned as what is known without the planner asks for`, () => {
  const tally: Tally = { state: 0, limit: 0, proofs: 0 }
  const failures: string[] = []
  for (let seed = 1; seed <= cases; seed++) {
    const share = seed % 10 === 0 ? 0.95 : undefined
    const { failure } = checkRandom(randomCase(seed), share, tally)
    if (failure !== undefined) failures.push(`seed ${seed}: ${failure}`)
  }
  expect(failures).toEqual([])
  expect(tally.proofs).toBeGreaterThan(30)
})

test('the shortest motion is told from one that takes a ten-thousandth longer', () => {
  for (const { axis } of reference) {
    const { trajectory } = planAlone(axis, 'position')
    expect(refuteOptimal(axis, segmentsOf(trajectory), 'position')).toBeUndefined()
    const longer = planAlone(axis, 'position', trajectory.duration * 1.0001)
    expect(refuteOptimal(axis, segmentsOf(longer.trajectory), 'position')).toEqual(
      expect.any(String),
    )
  }
})

test('what a twentieth less time does not suffice for is proven, what the time suffices for never', () => {
  for (const { axis, duration } of reference) {
    expect(isProvenImpossible(axis, 0.95 * duration, parts)).toBe(true)
    expect(isProvenImpossible(axis, 1.0001 * duration, parts)).toBe(false)
  }
})
