/**
 * `npm run test:kernel [PATTERN OF SCENARIO NAMES]`: the stub and this runtime on Debian's own kernel, with emulated
 * cards plugged in as PCI cards. Exit status 0: all passed; 1: something failed; 2: it cannot run here.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModule } from './build-module.ts'
import { getTools, type Tools } from './get-tools.ts'
import { makeInitramfs } from './make-initramfs.ts'
import { say, step, Tally } from './report.ts'
import { CannotRun } from './run-command.ts'
import { scenarios } from './scenarios/all.ts'
import { startWorld } from './start-world.ts'
import { unpackKernel } from './unpack-kernel.ts'

const repository = join(import.meta.dirname, '../..')
const cache = join(repository, '.cache/dualport-kernel')
/** Nothing here may hang a machine that waits for it. */
const wholeLimitMs = 15 * 60_000

setTimeout(() => {
  console.error(`not done within ${wholeLimitMs / 60_000} minutes`)
  process.exit(1)
}, wholeLimitMs).unref()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

try {
  process.exitCode = await main(process.argv[2] ?? '')
} catch (error) {
  if (!(error instanceof CannotRun)) throw error
  console.error(`The kernel test CANNOT RUN here: ${error.message}`)
  if (error.cause instanceof Error) console.error(error.cause.message)
  process.exitCode = 2
}

async function main(only: string): Promise<number> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new CannotRun(`the guest is x86-64 Linux, this is ${process.platform} on ${process.arch}`)
  goAhead()
  mkdirSync(cache, { recursive: true })
  const tools = await getTools(cache)
  // socket paths must be short, and a repository's may be long
  const work = mkdtempSync(join(tmpdir(), 'dualport-kernel-'))
  process.on('exit', () => rmSync(work, { recursive: true, force: true }))
  const tally = new Tally()
  await tally.check('the stub builds without a warning, under sparse too', 120_000, async () => {
    await buildModule(join(repository, 'kmod'), work, tools)
  })
  if (tally.failed === 0)
    await tally.check('the scenarios run to their end', wholeLimitMs, () =>
      runScenarios(tally, { tools, work, only }),
    )
  tally.close()
  return tally.failed === 0 ? 0 : 1
}

async function runScenarios(
  tally: Tally,
  setUp: { readonly tools: Tools; readonly work: string; readonly only: string },
): Promise<void> {
  const { tools, work, only } = setUp
  const kernel = join(work, 'vmlinux')
  const initramfs = join(work, 'initramfs')
  await step('making the root file system', async () => {
    await unpackKernel(tools.bzImage, kernel)
    const module = join(work, 'kmod/dualport_uio.ko')
    await makeInitramfs(initramfs, { repository, tools, module })
  })
  const world = await step('booting the guest', () =>
    startWorld({ repository, work, kernel, initramfs, qemu: tools.qemu }),
  )
  try {
    for (const { name, limitMs, needed, run } of scenarios)
      if (needed === true || new RegExp(only).test(name))
        await tally.check(name, limitMs, () => run(world))
  } finally {
    world.close()
  }
}

/** All that is started inherits it: a busy machine then disturbs the guest's timing less. */
function goAhead(): void {
  try {
    setPriority(-10)
  } catch {
    say('no right to a higher priority: on a busy machine the guest may stall')
  }
}
