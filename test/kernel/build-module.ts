/** Builds modules against the headers of a kernel, with sparse looking on where it can. A warning of either is a failure. */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pci } from '../../cards/sercos3/registers.ts'
import type { KernelHeaders } from './get-kernels.ts'
import type { Tools } from './get-tools.ts'
import { findProgram, run } from './run-command.ts'

/**
 * Builds the one module of the folder `source` and returns its path, in a folder below `work` that is its own for each
 * kernel and source.
 */
export async function buildModule(
  source: string,
  work: string,
  kernel: KernelHeaders,
  tools: Pick<Tools, 'kbuildLibraries' | 'sparse'>,
): Promise<string> {
  const folder = join(work, kernel.release, basename(source))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(source, { withFileTypes: true }))
    if (file.isFile()) cpSync(join(source, file.name), join(folder, file.name))
  const isSparseRunning = canSparseRead(kernel)
  const checks = isSparseRunning ? ['C=2', `CHECK=${tools.sparse}`] : []
  const output = await run(
    'make',
    [`KDIR=${kernel.headers}`, 'W=1', ...checks, ...(await compilerFor(kernel))],
    {
      cwd: folder,
      limitMs: 120_000,
      env: { ...process.env, LD_LIBRARY_PATH: tools.kbuildLibraries },
    },
  )
  const complaints = output.split('\n').filter(isComplaint)
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
  if (isSparseRunning && !/^ *CHECK /m.test(output))
    throw new Error(`sparse did not run:\n${output}`)
  const modules = readdirSync(folder).filter((name) => name.endsWith('.ko'))
  if (modules.length !== 1) throw new Error(`one module was to be built, not ${modules.join()}`)
  return join(folder, modules[0] as string)
}

/** sparse 0.6.4, the newest that Debian has, does not know the keyword __typeof_unqual__ of newer headers. */
export function canSparseRead({ headers }: KernelHeaders): boolean {
  const text = readFileSync(join(headers, '.config'), 'utf8')
  return /^CONFIG_GCC_VERSION=12/m.test(text)
}

/** Debian's headers ask for the compiler that built the kernel; a module is content with any gcc. */
async function compilerFor({ headers }: KernelHeaders): Promise<readonly string[]> {
  const text = readFileSync(join(headers, '.config'), 'utf8')
  const wanted = /^CONFIG_GCC_VERSION=(\d+)\d{4}$/m.exec(text)?.[1] ?? ''
  if ((await findProgram(`gcc-${wanted}`)) !== undefined) return []
  return ['CC=gcc', ...optionsOfLaterCompilers]
}

/** What gcc 12 lacks, and the type information that pahole would add. An empty value takes an option out. */
const optionsOfLaterCompilers = [
  'CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=',
  'CONFIG_CC_OPT_INLINE_MEMSET=',
  'CONFIG_DEBUG_INFO_BTF_MODULES=',
]

/** That compiler or pahole are not those that built the kernel is known. */
function isComplaint(line: string): boolean {
  return (
    /\b(warning|error):/i.test(line) &&
    !/^warning: (the compiler|pahole version) differs/.test(line)
  )
}

/** Throws unless the module names every card of registers.ts, so that udev loads it for them. */
export function requireAliases(module: string): void {
  const content = readFileSync(module, 'latin1')
  for (const subsystem of pci.subsystemDevices) {
    const alias = `pci:v${hex(pci.vendor)}d${hex(pci.device)}sv${hex(pci.subsystemVendor)}sd${hex(subsystem)}`
    if (!content.includes(alias)) throw new Error(`the module has no alias ${alias}`)
  }
}

function hex(id: number): string {
  return id.toString(16).toUpperCase().padStart(8, '0')
}
