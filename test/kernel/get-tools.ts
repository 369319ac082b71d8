/**
 * Gets what the test needs and the machine has not: QEMU with a vfio-user client (10.1 or newer), Debian 12's two
 * kernels with their headers, the newest backported headers, busybox, sparse, checkpatch. All of it is unpacked into a
 * cache folder that later runs find again.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  getCheckpatch,
  getKernels,
  getNewestHeaders,
  kernelIn,
  newestIn,
  type GuestKernel,
  type KernelHeaders,
} from './get-kernels.ts'
import { PrivateApt } from './private-apt.ts'
import { say, step } from './report.ts'
import { CannotRun, findProgram, run } from './run-command.ts'

export type Tools = {
  /** Program and first arguments that start QEMU. */
  readonly qemu: readonly string[]
  /** Debian 12's own kernels: the plain one and the one with PREEMPT_RT. */
  readonly kernels: { readonly stock: GuestKernel; readonly rt: GuestKernel }
  /** The newest kernel that Debian's backports have. Modules are built for it, nothing boots it. */
  readonly newest: KernelHeaders
  /** What the kernels' build programs are linked with. */
  readonly kbuildLibraries: string
  readonly busybox: string
  readonly sparse: string
  readonly checkpatch: string
}

/** Changes when what is fetched, or how it is laid out, changes. */
const cacheVersion = 'v3'

export async function getTools(cache: string): Promise<Tools> {
  await requireCompiler()
  const kernels = join(cache, 'kernels')
  const newest = join(cache, 'newest')
  const style = join(cache, 'checkpatch')
  const qemuRoot = join(cache, 'qemu')
  const libraries = join(qemuRoot, 'usr/lib/x86_64-linux-gnu')
  const loader = join(libraries, 'ld-linux-x86-64.so.2')
  await once(kernels, 'fetching the kernels, their headers, busybox and sparse', getKernels)
  await once(qemuRoot, 'fetching QEMU', getQemu)
  await once(newest, 'fetching the newest kernel headers', (to, root) =>
    getNewestHeaders(to, root, [loader, '--library-path', libraries]),
  )
  await once(style, 'fetching checkpatch', getCheckpatch)
  const qemu = [loader, '--library-path', libraries, ...qemuCommand(qemuRoot)]
  const tools = {
    qemu,
    kernels: { stock: kernelIn(kernels, 'stock'), rt: kernelIn(kernels, 'rt') },
    newest: newestIn(newest),
    kbuildLibraries: join(kernels, 'usr/lib/x86_64-linux-gnu'),
    busybox: join(kernels, 'bin/busybox'),
    sparse: join(kernels, 'usr/bin/sparse'),
    checkpatch: join(style, 'scripts/checkpatch.pl'),
  }
  const version = await run(loader, [...qemu.slice(1), '--version'])
  const { stock, rt } = tools.kernels
  say(`Linux ${stock.release}, ${rt.release}, headers of ${tools.newest.release}`)
  say(version.split('\n')[0] as string)
  return tools
}

/** gcc, make and xz are not worth a second copy: the machine's own, installed where that is possible. */
async function requireCompiler(): Promise<void> {
  const needed = { gcc: 'gcc', make: 'make', xz: 'xz-utils', perl: 'perl', python3: 'python3' }
  const missing: string[] = []
  for (const [program, name] of Object.entries(needed))
    if ((await findProgram(program)) === undefined) missing.push(name)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || (await findProgram('apt-get')) === undefined)
    throw new CannotRun(`missing: ${missing.join(', ')}. Install them, or run as root with apt`)
  await step(`installing ${missing.join(', ')}`, async () => {
    await run('apt-get', ['-qq', 'update'], { limitMs: 300_000 })
    await run('apt-get', ['-qq', '-y', 'install', ...missing], { limitMs: 300_000 })
  })
}

/**
 * Has `fill` make the folder `root` unless an earlier run has done so. It is filled under another name, so what is cut
 * short leaves nothing behind that is taken for whole, and a run that goes on meanwhile keeps what it uses.
 */
export async function once(
  root: string,
  name: string,
  fill: (to: string, root: string) => Promise<void>,
): Promise<void> {
  const isThere = () => {
    const mark = join(root, '.complete')
    return existsSync(mark) && readFileSync(mark, 'utf8') === cacheVersion
  }
  if (isThere()) return
  await step(name, async () => {
    const part = `${root}.${process.pid}`
    rmSync(part, { recursive: true, force: true })
    mkdirSync(part, { recursive: true })
    await fill(part, root)
    writeFileSync(join(part, '.complete'), cacheVersion)
    if (!isThere()) {
      rmSync(root, { recursive: true, force: true })
      renameSync(part, root)
    }
    rmSync(part, { recursive: true, force: true })
  })
}

async function getQemu(to: string): Promise<void> {
  const apt = new PrivateApt({ folder: join(to, 'apt'), suites: ['trixie', 'trixie-backports'] })
  await apt.update()
  await apt.unpackWithDependencies('qemu-system-x86', 'trixie-backports', to)
  apt.close()
}

/** QEMU runs with the libraries and the loader of its own release. */
function qemuCommand(root: string): readonly string[] {
  const shared = join(root, 'usr/share')
  return [
    join(root, 'usr/bin/qemu-system-x86_64'),
    '-L',
    join(shared, 'qemu'),
    '-L',
    join(shared, 'seabios'),
  ]
}
