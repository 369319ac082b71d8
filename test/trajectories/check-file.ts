/** All cases of a file: what check:trajectories prints. */
import { CaseChecker } from './check-case.ts'
import type { ReferenceCase } from './read-cases.ts'
import type { MotionInterface } from './trajectory-case.ts'

export type FileReport = {
  readonly cases: number
  readonly failures: number
  /** Of the reference duration, each axis alone and all together. */
  readonly maxDurationError: number
  /** At the end against the target, and in between against the integral of jerk. Unit; of its size above 1. */
  readonly maxStateError: number
  /** Of the limit. */
  readonly maxLimitExcess: number
  /** Of one calculation of all axes of a case. */
  readonly meanMicroseconds: number
}

/** As long as the compiler needs to be done, and a clock to be exact. */
const warmUpMs = 300
const measureMs = 300

/** `tell` hears of each failure. `measure`: false leaves the time out (NaN). */
export function checkFile(
  cases: readonly ReferenceCase[],
  kind: MotionInterface,
  tell: (failure: string) => void,
  measure = true,
): FileReport {
  const checkers = new Map<number, CaseChecker>()
  const checkerOf = ({ axes: { length } }: ReferenceCase) => {
    const known = checkers.get(length) ?? new CaseChecker(length, kind)
    checkers.set(length, known)
    return known
  }
  let failures = 0
  let [maxDurationError, maxStateError, maxLimitExcess] = [0, 0, 0]
  for (const [n, one] of cases.entries()) {
    const report = checkerOf(one).check(one)
    maxDurationError = worse(maxDurationError, report.durationError)
    maxStateError = worse(maxStateError, report.stateError)
    maxLimitExcess = worse(maxLimitExcess, report.limitExcess)
    if (report.failure === undefined) continue
    failures++
    tell(`case ${n + 1}: ${report.failure}`)
  }
  const planAll = () => {
    for (const one of cases) checkerOf(one).plan(one)
  }
  const meanMicroseconds = measure ? meanTime(planAll) / cases.length : Number.NaN
  return {
    cases: cases.length,
    failures,
    maxDurationError,
    maxStateError,
    maxLimitExcess,
    meanMicroseconds,
  }
}

/** NaN is the worst. */
function worse(one: number, other: number): number {
  return other <= one ? one : other
}

/** Of one run, us; runs until enough time has passed, after a warm-up. */
function meanTime(run: () => void): number {
  runFor(run, warmUpMs)
  const { runs, ms } = runFor(run, measureMs)
  return (ms * 1000) / runs
}

function runFor(run: () => void, least: number): { runs: number; ms: number } {
  const begin = performance.now()
  let runs = 0
  let ms = 0
  while (ms < least) {
    run()
    runs++
    ms = performance.now() - begin
  }
  return { runs, ms }
}
