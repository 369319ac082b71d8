/**
 * Gets what the test needs and the machine has not: QEMU with a vfio-user client (10.1 or newer), Debian 12's kernel
 * with its headers, busybox, sparse. All of it is unpacked into a cache folder that later runs find again.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrivateApt } from './private-apt.ts'
import { say, step } from './report.ts'
import { CannotRun, findProgram, run } from './run-command.ts'

export type Tools = {
  /** Program and first arguments that start QEMU. */
  readonly qemu: readonly string[]
  /** '6.1.0-50-amd64'. */
  readonly kernelRelease: string
  readonly bzImage: string
  readonly kernelModules: string
  readonly kernelHeaders: string
  /** What the kernel's build programs are linked with. */
  readonly kbuildLibraries: string
  readonly busybox: string
  readonly sparse: string
}

/** Changes when what is fetched, or how it is laid out, changes. */
const cacheVersion = 'v2'

export async function getTools(cache: string): Promise<Tools> {
  await requireCompiler()
  const kernelRoot = join(cache, 'kernel')
  const qemuRoot = join(cache, 'qemu')
  await once(kernelRoot, 'fetching the kernel, its headers, busybox and sparse', getKernel)
  await once(qemuRoot, 'fetching QEMU', getQemu)
  const qemu = qemuCommand(qemuRoot)
  const kernelRelease = onlyFile(join(kernelRoot, 'boot'), 'vmlinuz-').replace('vmlinuz-', '')
  const version = await run(qemu[0] as string, [...qemu.slice(1), '--version'])
  say(`Linux ${kernelRelease}, ${version.split('\n')[0]}`)
  return {
    qemu,
    kernelRelease,
    bzImage: join(kernelRoot, `boot/vmlinuz-${kernelRelease}`),
    kernelModules: join(kernelRoot, `lib/modules/${kernelRelease}/kernel`),
    kernelHeaders: join(kernelRoot, `usr/src/linux-headers-${kernelRelease}`),
    kbuildLibraries: join(kernelRoot, 'usr/lib/x86_64-linux-gnu'),
    busybox: join(kernelRoot, 'bin/busybox'),
    sparse: join(kernelRoot, 'usr/bin/sparse'),
  }
}

/** gcc, make and xz are not worth a second copy: the machine's own, installed where that is possible. */
async function requireCompiler(): Promise<void> {
  const needed = { gcc: 'gcc', make: 'make', xz: 'xz-utils', perl: 'perl' }
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

/** Fills `root` unless an earlier run has done so; a run that was interrupted leaves no mark and is begun anew. */
async function once(
  root: string,
  name: string,
  fill: (root: string) => Promise<void>,
): Promise<void> {
  const mark = join(root, '.complete')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === cacheVersion) return
  await step(name, async () => {
    rmSync(root, { recursive: true, force: true })
    mkdirSync(root, { recursive: true })
    await fill(root)
    writeFileSync(mark, cacheVersion)
  })
}

async function getKernel(root: string): Promise<void> {
  const apt = new PrivateApt({ folder: join(root, 'apt'), suites: ['bookworm'] })
  await apt.update()
  const image = (await apt.dependencies('linux-image-amd64')).find((name) =>
    name.startsWith('linux-image-6.1'),
  )
  if (image === undefined) throw new CannotRun('Debian 12 has no linux-image-6.1 package here')
  const headers = image.replace('image', 'headers')
  await apt.unpack(
    [
      image,
      headers,
      headers.replace(/amd64$/, 'common'),
      'linux-kbuild-6.1',
      'libelf1',
      'busybox-static',
      'sparse',
    ],
    root,
  )
  rmSync(join(root, 'usr/share'), { recursive: true, force: true })
  // the headers' only absolute path
  const makefile = join(root, 'usr/src', headers, 'Makefile')
  const text = readFileSync(makefile, 'utf8')
  writeFileSync(makefile, text.replaceAll(' /usr/src/', ` ${join(root, 'usr/src')}/`))
}

async function getQemu(root: string): Promise<void> {
  const apt = new PrivateApt({ folder: join(root, 'apt'), suites: ['trixie', 'trixie-backports'] })
  await apt.update()
  await apt.unpackWithDependencies('qemu-system-x86', 'trixie-backports', root)
}

/** QEMU runs with the libraries and the loader of its own release. */
function qemuCommand(root: string): readonly string[] {
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu')
  return [
    join(libraries, 'ld-linux-x86-64.so.2'),
    '--library-path',
    libraries,
    join(root, 'usr/bin/qemu-system-x86_64'),
    '-L',
    join(root, 'usr/share/qemu'),
    '-L',
    join(root, 'usr/share/seabios'),
  ]
}

function onlyFile(folder: string, prefix: string): string {
  const found = readdirSync(folder).find((name) => name.startsWith(prefix))
  if (found === undefined) throw new Error(`${folder} holds no ${prefix}*`)
  return found
}
