/** Debian's kernels as the test needs them: images to boot, headers to build with, and the kernel's own style checker. */
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrivateApt } from './private-apt.ts'
import { CannotRun, run } from './run-command.ts'

export type KernelHeaders = {
  /** '6.1.0-50-amd64'. */
  readonly release: string
  readonly headers: string
}

export type GuestKernel = KernelHeaders & {
  readonly bzImage: string
  /** The folder lib/modules/RELEASE/kernel. */
  readonly modules: string
  /** The configuration that it was built with. */
  readonly config: string
}

export type KernelFlavour = 'stock' | 'rt'

/** The packages that stand for the newest kernel of each flavour. */
const imagePackages = { stock: 'linux-image-amd64', rt: 'linux-image-rt-amd64' }

/** All but a few hundred of a kernel's 400 MB is drivers that the guest has no use for. */
const imageParts = ['./boot/vmlinuz-*', './boot/config-*', './lib/modules/*/kernel/drivers/uio/*']

/** Fills `to` for use as `root`: both kernels side by side, busybox and sparse. */
export async function getKernels(to: string, root: string): Promise<void> {
  const apt = new PrivateApt({ folder: join(to, 'apt'), suites: ['bookworm'] })
  await apt.update()
  const headers: string[] = []
  for (const [flavour, name] of Object.entries(imagePackages)) {
    const image = (await apt.dependencies(name)).find((one) => one.startsWith('linux-image-6.1'))
    if (image === undefined) throw new CannotRun(`Debian 12's ${name} is not a Linux 6.1 here`)
    await apt.unpackParts(image, imageParts, to)
    const flavoured = image.replace('image', 'headers')
    headers.push(flavoured)
    await apt.unpack([flavoured, flavoured.replace(/(-rt)?-amd64$/, '-common$1')], to)
    writeFileSync(join(to, flavour), image.replace('linux-image-', ''))
  }
  await apt.unpack(['linux-kbuild-6.1', 'libelf1', 'busybox-static', 'sparse'], to)
  apt.close()
  rmSync(join(to, 'usr/share'), { recursive: true, force: true })
  for (const name of headers) moveHeaders(to, root, name)
}

export function kernelIn(root: string, flavour: KernelFlavour): GuestKernel {
  const release = readFileSync(join(root, flavour), 'utf8')
  return {
    release,
    bzImage: join(root, `boot/vmlinuz-${release}`),
    config: join(root, `boot/config-${release}`),
    modules: join(root, `lib/modules/${release}/kernel`),
    headers: join(root, `usr/src/linux-headers-${release}`),
  }
}

/** `loader` runs programs of that kernel's Debian release, which this machine's own C library may be too old for. */
export async function getNewestHeaders(
  to: string,
  root: string,
  loader: readonly string[],
): Promise<void> {
  const apt = new PrivateApt({ folder: join(to, 'apt'), suites: ['trixie-backports'] })
  await apt.update()
  const names = await apt.names('^linux-headers-[0-9.]+[+]deb13-amd64$')
  const newest = names.toSorted(byVersion).at(-1)
  if (newest === undefined) throw new CannotRun('trixie-backports has no kernel headers here')
  const release = newest.replace('linux-headers-', '')
  const kbuild = `linux-kbuild-${release.replace('-amd64', '')}`
  await apt.unpack([newest, newest.replace(/amd64$/, 'common'), kbuild], to)
  apt.close()
  writeFileSync(join(to, 'release'), release)
  rmSync(join(to, 'usr/share'), { recursive: true, force: true })
  moveHeaders(to, root, newest)
  for (const program of ['scripts/mod/modpost.real-lsb-64', 'tools/objtool/objtool.real-x86'])
    startWith(loader, join(to, 'usr/lib', kbuild, program))
}

export function newestIn(root: string): KernelHeaders {
  const release = readFileSync(join(root, 'release'), 'utf8')
  return { release, headers: join(root, `usr/src/linux-headers-${release}`) }
}

/** No smaller package of Debian has it than the kernel's source, of which it is the 4,000th part. */
export async function getCheckpatch(to: string): Promise<void> {
  const apt = new PrivateApt({ folder: join(to, 'apt'), suites: ['bookworm'] })
  await apt.update()
  await apt.unpackParts('linux-source-6.1', ['./usr/src/*.tar.xz'], to)
  apt.close()
  const files = ['checkpatch.pl', 'spelling.txt', 'const_structs.checkpatch']
  const wanted = files.map((name) => `linux-source-6.1/scripts/${name}`)
  const archive = join(to, 'usr/src/linux-source-6.1.tar.xz')
  // the first occurrence is the only one: tar need not read on to the end
  const how = ['-C', to, '--strip-components=1', '--occurrence=1']
  await run('tar', ['-xJf', archive, ...how, ...wanted], { limitMs: 300_000 })
  rmSync(join(to, 'usr'), { recursive: true })
}

/** The headers' only absolute paths are those of their makefile. */
function moveHeaders(to: string, root: string, name: string): void {
  const makefile = join(to, 'usr/src', name, 'Makefile')
  const text = readFileSync(makefile, 'utf8')
  writeFileSync(makefile, text.replaceAll(/([ =])\/usr\/src\//g, `$1${join(root, 'usr/src')}/`))
}

/** Puts a script in a program's place that starts it with another loader. */
function startWith(loader: readonly string[], program: string): void {
  renameSync(program, `${program}.elf`)
  const quoted = loader.map((word) => `'${word}'`).join(' ')
  writeFileSync(program, `#!/bin/sh\nexec ${quoted} "$0.elf" "$@"\n`)
  chmodSync(program, 0o755)
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}
