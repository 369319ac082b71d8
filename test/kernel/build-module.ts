/** Builds the stub against the guest's kernel, with sparse looking on. A warning of either is a failure. */
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pci } from '../../cards/sercos3/registers.ts'
import type { Tools } from './get-tools.ts'
import { findProgram, run } from './run-command.ts'

/** Returns the module's path. */
export async function buildModule(source: string, work: string, tools: Tools): Promise<string> {
  const folder = join(work, 'kmod')
  rmSync(folder, { recursive: true, force: true })
  cpSync(source, folder, { recursive: true })
  // Debian's headers ask for the compiler that built the kernel; a stub is content with any gcc
  const compiler = (await findProgram('gcc-12')) === undefined ? ['CC=gcc'] : []
  const output = await run(
    'make',
    [`KDIR=${tools.kernelHeaders}`, 'W=1', 'C=2', `CHECK=${tools.sparse}`, ...compiler],
    {
      cwd: folder,
      limitMs: 120_000,
      env: { ...process.env, LD_LIBRARY_PATH: tools.kbuildLibraries },
    },
  )
  const complaints = output.split('\n').filter((line) => /\b(warning|error):/.test(line))
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
  if (!/^ *CHECK /m.test(output)) throw new Error(`sparse did not run:\n${output}`)
  const module = join(folder, 'dualport_uio.ko')
  requireAliases(module)
  return module
}

function hex(id: number): string {
  return id.toString(16).toUpperCase().padStart(8, '0')
}

/** The module names every card of registers.ts, so that udev loads it for them. */
function requireAliases(module: string): void {
  const content = readFileSync(module, 'latin1')
  for (const subsystem of pci.subsystemDevices) {
    const alias = `pci:v${hex(pci.vendor)}d${hex(pci.device)}sv${hex(pci.subsystemVendor)}sd${hex(subsystem)}`
    if (!content.includes(alias)) throw new Error(`the module has no alias ${alias}`)
  }
}
