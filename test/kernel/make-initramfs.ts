/** The guest's root: busybox, the kernel modules, the pinned Node with its libraries, our source and the packages it needs. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CpioWriter } from './cpio.ts'
import type { Tools } from './get-tools.ts'
import { run } from './run-command.ts'

const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /tmp /run
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t sysfs none /sys
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox --install -s /bin
export PATH=/bin HOME=/tmp
ip link set lo up
stty -F /dev/ttyS1 raw -echo
cd /dualport
node test/kernel/guest/agent.ts < /dev/ttyS1 > /dev/ttyS1
poweroff -f
`

const sources = ['errors.ts', 'units.ts', 'package.json']
const sourceFolders = ['uio', 'cards', 'control', 'runtime', 'test/kernel/guest']

export async function makeInitramfs(
  to: string,
  parts: { readonly repository: string; readonly tools: Tools; readonly module: string },
): Promise<void> {
  const { repository, tools, module } = parts
  const archive = new CpioWriter(to)
  archive.folder('dev')
  archive.characterDevice('dev/console', 5, 1)
  archive.file('init', init)
  archive.copy(tools.busybox, 'bin/busybox')
  archive.copy(join(tools.kernelModules, 'drivers/uio/uio.ko'), 'modules/uio.ko')
  archive.copy(module, 'modules/dualport_uio.ko')
  const modules = join(repository, 'node_modules')
  await addProgram(archive, join(modules, 'node/bin/node'), 'bin/node')
  for (const file of sources) archive.copy(join(repository, file), join('dualport', file))
  for (const folder of sourceFolders)
    archive.tree(
      join(repository, folder),
      join('dualport', folder),
      (name) => !name.endsWith('.test.ts'),
    )
  for (const name of packagesNeeded(repository))
    archive.tree(join(modules, name), join('dualport/node_modules', name), isRunTime)
  archive.close()
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
