/** `npm run soak -- rings`: random rings with random faults, as many as wanted. Each has a seed of its own. */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { anyRing } from './any-ring.ts'
import type { RandomRing } from './random-ring.ts'
import { runRing } from './run-ring.ts'

const help = `npm run soak -- rings [options]

  Builds random rings, runs them up in simulated time, plays a random script of faults on each, ends the faults and runs
  them up again. A ring is in order when it is in CP4 with telegrams in which all agree, or ended with an error that has
  a name. Ends with 1 when one was not, after it was shrunk and printed.

  --runs N        rings, default 1000
  --seed S        of the first ring, default from the clock; ring n has seed S + n, so one is run again by --runs 1
  --devices N     at most, 1 to 64, default 6
  --steps N       faults of a script at most, default 4
  --keep-going    runs on after a failure; failures of one kind are printed once
  --no-shrink     prints what failed as it is
  --help`

const progressMs = 5000
/** A shrunk case is worth this wait. */
const shrinkMs = 60_000

type Failure = { readonly seeds: number[] }
type Tally = { readonly outcomes: Map<string, number>; readonly failures: Map<string, Failure> }
type Options = {
  readonly runs: number
  readonly seed: number
  readonly devices: number
  readonly steps: number
  readonly keepGoing: boolean
  readonly shrink: boolean
}

process.exitCode = main()

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      runs: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      devices: { type: 'string', default: '6' },
      steps: { type: 'string', default: '4' },
      'keep-going': { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const [runs, seed, devices, steps] = [values.runs, values.seed, values.devices, values.steps].map(
    Number,
  ) as [number, number, number, number]
  const whole = [runs, seed, devices, steps].every((one) => Number.isInteger(one) && one >= 0)
  if (positionals.join() !== 'rings' || !whole || devices < 1 || devices > 64) {
    console.error(help)
    return 2
  }
  return soak({
    runs,
    seed,
    devices,
    steps,
    keepGoing: values['keep-going'],
    shrink: values.shrink,
  })
}

function soak(options: Options): number {
  const { runs, seed } = options
  const tally: Tally = { outcomes: new Map(), failures: new Map() }
  console.log(`${runs} rings from seed ${seed} on`)
  let told = performance.now()
  for (let n = 0; n < runs; n++) {
    const failed = !runOne(seed + n, options, tally)
    if (failed && !options.keepGoing) break
    if (performance.now() - told < progressMs) continue
    told = performance.now()
    const failures = [...tally.failures.values()].flatMap(({ seeds }) => seeds).length
    console.log(`  ${n + 1} of ${runs}, ${failures} failed`)
  }
  for (const [outcome, count] of [...tally.outcomes].toSorted((a, b) => b[1] - a[1]))
    console.log(`${String(count).padStart(7)}  ${outcome}`)
  for (const [kind, { seeds }] of tally.failures)
    console.log(`FAILED ${seeds.length} times: ${kind}\n  seeds ${seeds.slice(0, 20).join(' ')}`)
  return tally.failures.size === 0 ? 0 : 1
}

/** False when it failed. */
function runOne(seed: number, options: Options, { outcomes, failures }: Tally): boolean {
  const rings = anyRing({ minDevices: 1, maxDevices: options.devices }, options.steps)
  const property = fc.property(rings, (ring) => {
    const { first, last } = runRing(ring)
    const outcome = `${first ?? 'CP4'}, then ${last}`
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  })
  const result = fc.check(property, {
    seed,
    numRuns: 1,
    endOnFailure: !options.shrink,
    interruptAfterTimeLimit: shrinkMs,
  })
  const { counterexample, errorInstance } = result
  if (!result.failed || counterexample === null) return true
  const error = errorInstance instanceof Error ? errorInstance : new Error(String(errorInstance))
  // a message of ours holds the dump already; another one is a defect whose place its stack tells
  const text = error.name === 'Error' ? error.message : (error.stack ?? error.message)
  const kind = (text.split('\n')[0] ?? '').replaceAll(/0x[\da-f]+/g, '#').replaceAll(/\d+/g, '#')
  const known = failures.get(kind)
  if (known === undefined) {
    failures.set(kind, { seeds: [seed] })
    report(seed, counterexample[0], text)
  } else known.seeds.push(seed)
  return false
}

function report(seed: number, ring: RandomRing, text: string): void {
  console.log(`\nFAILED with seed ${seed}\n${fc.stringify(ring)}\n${text}\n`)
}
