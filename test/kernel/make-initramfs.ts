/** The guest's root: busybox, the kernel modules, the pinned Node with its libraries, our source and the packages it needs. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CpioWriter } from './cpio.ts'
import { run } from './run-command.ts'

/**
 * What Node compiled on the host, so that it need not be compiled again under the emulated processor, which is most of what
 * the start of a program costs there. It is found again only in a folder as deep below the sources as it was made in.
 */
const compiled = '.cache/dualport-kernel/compiled'
/** What programs of the guest must have in their environment to find it. */
export const compileCache = [
  `NODE_COMPILE_CACHE=${join('/dualport', compiled)}`,
  'NODE_COMPILE_CACHE_PORTABLE=1',
]

const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /tmp /run
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t sysfs none /sys
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox --install -s /bin
export PATH=/bin HOME=/tmp ${compileCache.join(' ')}
ip link set lo up
stty -F /dev/ttyS1 raw -echo
cd /dualport
node test/kernel/guest/agent.ts < /dev/ttyS1 > /dev/ttyS1
poweroff -f
`

const sources = ['errors.ts', 'units.ts', 'package.json']
const sourceFolders = ['uio', 'cards', 'control', 'runtime', 'test/kernel/guest']

/** Debian's own modules that the guest finds under /modules. */
const debianModules = ['uio', 'uio_sercos3', 'uio_cif', 'uio_netx', 'uio_mf624', 'uio_pci_generic']

export type RootParts = {
  readonly repository: string
  readonly busybox: string
  /** `modules`: its folder /lib/modules/RELEASE/kernel. */
  readonly kernel: { readonly modules: string }
  /** Module files that were built for this kernel: /modules holds them too. */
  readonly modules: readonly string[]
}

export async function makeInitramfs(to: string, parts: RootParts): Promise<void> {
  const { repository, kernel, busybox, modules } = parts
  const archive = new CpioWriter(to)
  archive.folder('dev')
  archive.characterDevice('dev/console', 5, 1)
  archive.file('init', init)
  archive.copy(busybox, 'bin/busybox')
  for (const name of debianModules)
    archive.copy(join(kernel.modules, `drivers/uio/${name}.ko`), `modules/${name}.ko`)
  for (const file of modules) archive.copy(file, join('modules', basename(file)))
  const packages = join(repository, 'node_modules')
  await addProgram(archive, join(packages, 'node/bin/node'), 'bin/node')
  for (const file of sources) archive.copy(join(repository, file), join('dualport', file))
  for (const folder of sourceFolders)
    archive.tree(
      join(repository, folder),
      join('dualport', folder),
      (name) => !name.endsWith('.test.ts'),
    )
  for (const name of packagesNeeded(repository))
    archive.tree(join(packages, name), join('dualport/node_modules', name), isRunTime)
  await addCompiled(archive, repository)
  archive.close()
}

async function addCompiled(archive: CpioWriter, repository: string): Promise<void> {
  const cache = join(repository, dirname(compiled))
  mkdirSync(cache, { recursive: true })
  // its name may differ: runs that go on at once do not meet
  const folder = mkdtempSync(join(cache, 'compiled-'))
  try {
    await run(process.execPath, ['test/kernel/guest/warm-up.ts'], {
      cwd: repository,
      env: { ...process.env, NODE_COMPILE_CACHE: folder, NODE_COMPILE_CACHE_PORTABLE: '1' },
    })
    archive.tree(folder, join('dualport', compiled), () => true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A program and the shared libraries that it asks for, where it looks for them. */
async function addProgram(archive: CpioWriter, from: string, path: string): Promise<void> {
  archive.copy(from, path)
  const libraries = await run('ldd', [from])
  for (const [, library] of libraries.matchAll(/(\/\S+)/g))
    if (library !== undefined && existsSync(library)) archive.copy(library, library)
}

/** The packages of `dependencies`, and what those need in turn, as installed. */
function packagesNeeded(repository: string): readonly string[] {
  const found = new Set<string>()
  const visit = (folder: string) => {
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string> | undefined>
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const installed = join(repository, 'node_modules', name)
      if (found.has(name) || !existsSync(installed)) continue
      found.add(name)
      visit(installed)
    }
  }
  visit(repository)
  return [...found]
}

/** Leaves out what only people and compilers read. */
function isRunTime(name: string, path: string): boolean {
  return (
    !/\.(map|md|ts|mts|cts|flow)$/.test(name) &&
    !/\/(musl_\w+|rxjs\/src|rxjs\/dist\/esm5?|koffi\/doc)$/.test(path)
  )
}
