/**
 * `npm run bench -- wake cycle --json`: ratios to C twins that take turns with the TypeScript task in one run.
 * `npm run bench -- kernel --json`: instructions of C and TypeScript on three kernel drivers, in a virtual machine.
 */
import { parseArgs } from 'node:util'
import { machineLine, type Bench, type BenchResult, type TimedResult } from './bench.ts'
import { control } from './control.ts'
import { cycle } from './cycle.ts'
import { otg } from './otg.ts'
import { kernel } from './kernel.ts'
import { sercos } from './sercos.ts'
import { wake } from './wake.ts'

const benches: { readonly [name: string]: Bench } = {
  wake: { about: 'interrupt to the first write of the task, against C', usual: true, run: wake },
  cycle: {
    about: 'a whole turn of the cyclic worker with four axes, against C',
    usual: true,
    run: cycle,
  },
  sercos,
  otg,
  control,
  kernel: {
    about: 'instructions from interrupt to outputs, copying driver against direct access',
    usual: false,
    run: kernel,
  },
}

// children end with this process by its 'exit' hooks, which a signal alone does not run
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

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
  console.log(`
  Without names: ${usual().join(' and ')}.

  --json      one JSON object per bench as the last lines
  --samples   of each task, default 30000; kernel takes 200 at most

  sercos: 'rows' are the work of a cycle, the driver's handshakes and telegrams and a task that reads and writes every
  word of each drive; their 'withWait' is the same after the wait for an interrupt that is always there. The verdict is
  that of the work; 'linear' is the line through that of 1 to 64 drives. 'runUp' is simulated time: what of it the
  protocol itself waits for, and 'driverMs', what the driver adds.

  otg: 'ratio' is to the microseconds that the C++ implementation needed where the reference files were made,
  'calibratedRatio' to the rounds of a fixed work in C that it needs: that one holds on any machine. Both within 1.7.

  control: 'ratio' is the median over turns of TypeScript and C; 'sameBits' that after each turn all results agreed.

  kernel boots Debian's kernel in QEMU under instruction counting, with the tools of test:kernel, and takes some
  minutes. Its JSON: 'wake' is the floor, interrupt to the return of a bare 4-byte read; 'instructions' of a row go
  from the interrupt to the last output in the card, re-arming included, 'excess' is what of them is above the floor.
  'saving' is, for each language, the share of the copying driver's excess that direct access on our stub saves, with
  images of 1 KiB: 1 - excess(stub) / excess(copy).`)
} else process.exitCode = await runAll(positionals, Number(values.samples), values.json)

async function runAll(names: string[], samples: number, json: boolean): Promise<number> {
  const chosen = names.length === 0 ? usual() : names
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

function usual(): string[] {
  return Object.keys(benches).filter((name) => benches[name]?.usual)
}

function isTimed(result: BenchResult): result is TimedResult {
  return result['ratio'] !== undefined
}

function describe(result: BenchResult): string {
  const { verdict } = result
  if (!isTimed(result) || result.ratio === undefined) return verdict
  const { ratio, rt, samples } = result
  const { p50, p99, p999 } = ratio
  const scheduler = rt ? 'SCHED_FIFO' : 'no SCHED_FIFO'
  return `ratio p50 ${p50}, p99 ${p99}, p99.9 ${p999}; ${scheduler}, ${samples} samples each; ${verdict}`
}
