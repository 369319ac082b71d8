/** `npm run soak -- trajectories`: random tasks for the planner of trajectories, each with a seed of its own. */
import { parseArgs } from 'node:util'
import { checkRandom } from './check-random.ts'
import type { Tally } from './check-axis.ts'
import { randomCase } from './random-case.ts'
import { Random } from './random.ts'

const help = `npm run soak -- trajectories [options]

  Plans random tasks: 1 to 6 axes, position and velocity interface, synchronised in time, in phase or not, least and whole
  durations, limits that are even, uneven or decades apart, states on, inside and outside the limits, targets made by a
  motion whose duration is known. Each motion is integrated and compared with its samples, its extremes with the limits,
  its shape with the conditions that no shorter one exists, and a share of the shorter durations is proven impossible by a
  linear programme that knows nothing of shapes. Ends with 1 when a case fails.

  --cases N       default 100000
  --seed S        of the first case, default from the clock; case n has seed S + n, so one is run again by --cases 1
  --proofs P      share of the cases with a proof by linear programme, default 0.1
  --keep-going    runs on after a failure
  --help`

const progressMs = 5000
const mostTold = 20

process.exitCode = main()

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      proofs: { type: 'string', default: '0.1' },
      'keep-going': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [cases, seed, proofs] = [Number(values.cases), Number(values.seed), Number(values.proofs)]
  if (values.help) {
    console.log(help)
    return 0
  }
  const whole = [cases, seed].every((one) => Number.isInteger(one) && one >= 0)
  if (positionals.join() !== 'trajectories' || !whole || !(proofs >= 0 && proofs <= 1)) {
    console.error(help)
    return 2
  }
  return soak(cases, seed, proofs, values['keep-going'])
}

function soak(cases: number, seed: number, proofs: number, keepGoing: boolean): number {
  const outcomes = new Map<string, number>()
  const tally: Tally = { state: 0, limit: 0, proofs: 0 }
  let [failures, done] = [0, 0]
  console.log(`${cases} cases from seed ${seed} on`)
  let told = performance.now()
  for (; done < cases; done++) {
    const failed = !runOne(seed + done, proofs, outcomes, tally, failures < mostTold)
    if (failed) failures++
    if (failed && !keepGoing) break
    if (performance.now() - told < progressMs) continue
    told = performance.now()
    console.log(`  ${done + 1} of ${cases}, ${failures} failed`)
  }
  for (const [outcome, count] of [...outcomes].toSorted((a, b) => b[1] - a[1]))
    console.log(`${String(count).padStart(8)}  ${outcome}`)
  console.log(`${failures} failed; ${tally.proofs} shorter durations proven impossible`)
  console.log(`states off by ${tally.state} at most, limits passed by ${tally.limit} of themselves`)
  return failures === 0 ? 0 : 1
}

/** False when it failed. */
function runOne(
  seed: number,
  proofs: number,
  outcomes: Map<string, number>,
  tally: Tally,
  tell: boolean,
): boolean {
  const random = new Random(~seed)
  const share = random.chance(proofs)
    ? random.pick([0.99, 0.95, random.between(0.05, 0.95)])
    : undefined
  const given = randomCase(seed)
  const { outcome, failure } = checkRandom(given, share, tally)
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  if (failure === undefined) return true
  if (tell) console.log(`FAILED with seed ${seed}: ${failure}\n${JSON.stringify(given)}\n`)
  return false
}
