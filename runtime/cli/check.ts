import { loadMachineFile } from '../machine-file/load.ts'
import { MachineFileError } from '../machine-file/machine-file-error.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import { exitCode } from './exit-code.ts'

/** Checks a machine file without opening anything: prints what it holds, or every error. */
export async function check(source: string, options: { readonly json?: boolean }): Promise<number> {
  try {
    const file = await loadMachineFile(source)
    console.log(options.json === true ? JSON.stringify({ findings: [] }) : summary(source, file))
    return exitCode.done
  } catch (error) {
    if (!(error instanceof MachineFileError)) throw error
    if (options.json === true) console.log(JSON.stringify({ findings: error.findings }, null, 2))
    else for (const line of error.lines) console.error(line)
    return exitCode.usage
  }
}

function summary(source: string, file: MachineFile): string {
  const card = file.card.open.by === 'emulator' ? 'emulated card' : 'real card'
  const parts = [
    card,
    `cycle ${file.cycleUs} us`,
    `${file.devices.length} devices`,
    `${file.axes.length} axes`,
    `${file.io.length} I/O points`,
  ]
  return `${source}: machine ${file.name} is sound (${parts.join(', ')})`
}
