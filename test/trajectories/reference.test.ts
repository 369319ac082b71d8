import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkFile } from './check-file.ts'
import { readCases } from './read-cases.ts'
import type { MotionInterface } from './trajectory-case.ts'

const folder = new URL('../reference/trajectories/', import.meta.url)
const files: readonly (readonly [string, MotionInterface, number])[] = [
  ['otg-1dof-position.csv', 'position', 2000],
  ['otg-1dof-velocity.csv', 'velocity', 1000],
  ['otg-3dof-position.csv', 'position', 1000],
]

function casesOf(file: string) {
  return readCases(readFileSync(new URL(file, folder), 'utf8'))
}

describe.each(files)('%s', (file, kind, count) => {
  test('all durations are those of the reference, end states exact, limits kept', () => {
    const failures: string[] = []
    const report = checkFile(casesOf(file), kind, (failure) => failures.push(failure), false)
    expect(failures).toEqual([])
    expect(report).toMatchObject({ cases: count, failures: 0 })
    expect(report.maxDurationError).toBeLessThan(1e-8)
    expect(report.maxStateError).toBeLessThan(1e-8)
    expect(report.maxLimitExcess).toBeLessThan(1e-8)
  })
})

test('a reference duration that is 1e-7 longer or shorter is told', () => {
  const [first] = casesOf('otg-1dof-position.csv')
  if (first === undefined) throw new Error('no first case')
  for (const factor of [1 + 1e-7, 1 - 1e-7]) {
    const other = { ...first, duration: first.duration * factor }
    const failures: string[] = []
    const report = checkFile([first, other], 'position', (failure) => failures.push(failure), false)
    expect(report.failures).toBe(1)
    expect(failures[0]).toMatch(/^case 2: all axes: duration .* expected/)
  }
})

test('a case that the planner refuses is a failure with the reason', () => {
  const [first] = casesOf('otg-1dof-position.csv')
  const axis = first?.axes[0]
  if (first === undefined || axis === undefined) throw new Error('no first case')
  const fast = { ...axis, to: { ...axis.to, velocity: 2 * axis.limits.velocityMax } }
  const failures: string[] = []
  checkFile([{ ...first, axes: [fast] }], 'position', (failure) => failures.push(failure), false)
  expect(failures).toEqual(['case 1: axis 0 alone: refused, targetVelocity'])
})

test.each([
  ['dof,duration\n7,1\n', 'line 2: dof is 7, expected 1 to 6'],
  ['dof,duration\n1,1\n', 'line 1: no column p0_0'],
  ['dof\n', 'no cases: expected a header line and one line for each'],
  [
    'dof,p0_0,v0_0,a0_0,p1_0,v1_0,a1_0,vmax_0,amax_0,jmax_0,tmin_0,duration\n1,0,0,x,1,0,0,1,1,1,1,1\n',
    "line 2: a0_0 is 'x', expected a number",
  ],
])('a file that cannot be read is refused with the place: %j', (text, message) => {
  expect(() => readCases(text)).toThrow(message)
})
