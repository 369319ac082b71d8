/**
 * `npm run test:kernel [-- PATTERN]`: the stub, Debian's own UIO drivers and this runtime on Debian's own kernels, with
 * emulated cards plugged in as PCI cards. Exit status 0: all passed; 1: something failed; 2: it cannot run here.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildModule, canSparseRead, requireAliases } from './build-module.ts'
import { checkStyle } from './check-style.ts'
import type { KernelFlavour, KernelHeaders } from './get-kernels.ts'
import { getTools, type Tools } from './get-tools.ts'
import { getSystemd, Preparer } from './prepare-guests.ts'
import { say, Tally } from './report.ts'
import { CannotRun } from './run-command.ts'
import { runGroups, select } from './run-groups.ts'
import { groups } from './scenarios/all.ts'

const repository = join(import.meta.dirname, '../..')
const cache = join(repository, '.cache/dualport-kernel')
type Source = { readonly name: string; readonly folder: string; readonly isAutoloaded: boolean }
const stub: Source = { name: 'the stub', folder: join(repository, 'kmod'), isAutoloaded: true }
/** What the stub is compared with; see kmod/compare. */
const copyingDriver: Source = {
  name: 'the copying driver',
  folder: join(repository, 'kmod/compare'),
  isAutoloaded: false,
}

/** Nothing here may hang a machine that waits for it. */
const wholeLimitMs = 15 * 60_000

const usage = `npm run test:kernel [-- PATTERN]

Boots Debian's kernels in QEMU and runs the scenarios whose 'GROUP: NAME' matches PATTERN, a regular expression;
without it all of them. --list shows them. What it needs is fetched into .cache/ once.`

setTimeout(() => {
  console.error(`not done within ${wholeLimitMs / 60_000} minutes`)
  process.exit(1)
}, wholeLimitMs).unref()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' }, list: { type: 'boolean' } },
})
const wanted = select(groups, new RegExp(positionals[0] ?? ''))

if (flags.help === true) console.log(usage)
else if (flags.list === true)
  for (const { name: group, scenarios } of wanted)
    for (const { name } of scenarios) console.log(`${group}: ${name}`)
else await run()

async function run(): Promise<void> {
  try {
    process.exitCode = (await runWanted()) ? 0 : 1
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error
    console.error(`The kernel test CANNOT RUN here: ${error.message}`)
    if (error.cause instanceof Error) console.error(error.cause.message)
    process.exitCode = 2
  }
}

/** True: all passed. */
async function runWanted(): Promise<boolean> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new CannotRun(`the guest is x86-64 Linux, this is ${process.platform} on ${process.arch}`)
  if (wanted.length === 0) throw new CannotRun(`no scenario is called ${positionals[0]}`)
  goAhead()
  mkdirSync(cache, { recursive: true })
  const tools = await getTools(cache)
  const isSystemdWanted = wanted.some(({ root }) => root === 'systemd')
  const systemd = isSystemdWanted ? await getSystemd(cache) : undefined
  // socket paths must be short, and a repository's may be long
  const work = mkdtempSync(join(tmpdir(), 'dualport-kernel-'))
  process.on('exit', () => rmSync(work, { recursive: true, force: true }))
  const tally = new Tally()
  const modules = await buildModules(tally, tools, work)
  process.on('unhandledRejection', (reason) => {
    tally.failed++
    say(`FAIL  something that nobody waited for: ${String(reason)}`)
  })
  const guests = new Preparer({ repository, systemd, tools, work, modules })
  await runGroups(wanted, { repository, work, tally, guests })
  tally.close()
  return tally.failed === 0
}

/** The modules for each kernel that boots; in a whole run they are also built for the newest. */
async function buildModules(
  tally: Tally,
  tools: Tools,
  work: string,
): Promise<ReadonlyMap<KernelFlavour, readonly string[]>> {
  const build = async (source: Source, kernel: KernelHeaders) => {
    const built: string[] = []
    const checker = canSparseRead(kernel) ? ', under sparse too' : ''
    const name = `${source.name} builds for ${kernel.release} without a warning${checker}`
    await tally.check(name, 120_000, async () => {
      const module = await buildModule(source.folder, work, kernel, tools)
      if (source.isAutoloaded) requireAliases(module)
      built.push(module)
    })
    return built
  }
  const modules = new Map<KernelFlavour, readonly string[]>()
  for (const flavour of new Set(wanted.map(({ kernel }) => kernel))) {
    const kernel = tools.kernels[flavour]
    modules.set(flavour, [...(await build(stub, kernel)), ...(await build(copyingDriver, kernel))])
  }
  if (positionals.length > 0) return modules
  for (const source of [stub, copyingDriver]) {
    await build(source, tools.newest)
    await tally.check(`checkpatch finds nothing in the sources of ${source.name}`, 60_000, () =>
      checkStyle(source.folder, tools),
    )
  }
  return modules
}

/** All that is started inherits it: a busy machine then disturbs the guest's timing less. */
function goAhead(): void {
  try {
    setPriority(-10)
  } catch {
    say('no right to a higher priority: on a busy machine the guest may stall')
  }
}
