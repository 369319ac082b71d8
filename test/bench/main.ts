/** `npm run bench -- wake cycle --json`. Ratios to C twins that take turns with the TypeScript task in one run. */
import { parseArgs } from 'node:util'
import { machineLine, type Bench, type BenchResult } from './bench.ts'
import { cycle } from './cycle.ts'
import { wake } from './wake.ts'

const benches: { readonly [name: string]: Bench } = {
  wake: { about: 'interrupt to the first write of the task, against C', run: wake },
  cycle: { about: 'a whole turn of the cyclic worker with four axes, against C', run: cycle },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    samples: { type: 'string', default: '30000' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log('npm run bench -- [names] [--json] [--samples n]\n')
  for (const [name, { about }] of Object.entries(benches))
    console.log(`  ${name.padEnd(8)}${about}`)
  console.log('\n  --json      one JSON object per bench as the last lines')
  console.log('  --samples   of each task, default 30000')
} else process.exitCode = await runAll(positionals, Number(values.samples), values.json)

async function runAll(names: string[], samples: number, json: boolean): Promise<number> {
  const chosen = names.length === 0 ? Object.keys(benches) : names
  const unknown = chosen.filter((name) => benches[name] === undefined)
  if (unknown.length > 0 || !(samples >= 1)) {
    console.error(
      unknown.length > 0
        ? `no bench ${unknown.join(', ')}: there are ${Object.keys(benches).join(', ')}`
        : '--samples takes a positive number',
    )
    return 2
  }
  console.log(machineLine())
  const results: BenchResult[] = []
  for (const name of chosen) {
    const bench = benches[name] as Bench
    console.log(`${name}: ${bench.about}`)
    const result = await bench.run({ samples, log: (line) => console.log(`  ${line}`) })
    console.log(`  ${describe(result)}\n`)
    results.push(result)
  }
  if (json) for (const result of results) console.log(JSON.stringify(result))
  return 0
}

function describe({ ratio, rt, samples, verdict }: BenchResult): string {
  if (ratio === undefined) return verdict
  const { p50, p99, p999 } = ratio
  const scheduler = rt ? 'SCHED_FIFO' : 'no SCHED_FIFO'
  return `ratio p50 ${p50}, p99 ${p99}, p99.9 ${p999}; ${scheduler}, ${samples} samples each; ${verdict}`
}
