/** `dualport idn dump` and `restore`. */
import { access, constants, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { DualportError } from '../../../errors.ts'
import type { Device, DeviceDump, RestoreOutcome } from '../../device-types.ts'
import { checkDump } from '../../restore-device.ts'
import { exitCode } from '../exit-code.ts'
import type { StopSignal } from '../stop-signal.ts'
import { withDevices } from './idn-session.ts'
import type { IdnOptions } from './idn-session.ts'
import { ProgressLine } from './progress-line.ts'

/** A file that `dump` writes. */
export type RingDump = {
  readonly format: 'dualport-ring-dump'
  readonly version: 1
  /** Name in the machine file. */
  readonly machine: string
  readonly devices: readonly DeviceDump[]
}

const fileSchema = z.object({
  format: z.literal('dualport-ring-dump'),
  version: z.literal(1),
  machine: z.string(),
  devices: z.array(z.looseObject({ device: z.object({ name: z.string() }) })),
})

export type DumpFileOptions = IdnOptions & { readonly output?: string }

export async function dumpIdns(
  source: string,
  name: string | undefined,
  options: DumpFileOptions,
  stop: StopSignal,
): Promise<number> {
  const { output } = options
  // before a machine is opened and read for nothing
  if (output !== undefined)
    await access(dirname(output), constants.W_OK).catch((cause: unknown) =>
      unwritable(output, cause),
    )
  const names = name === undefined ? undefined : [name]
  return withDevices(source, names, options, stop, async ({ machine, devices, signal }) => {
    const progress = new ProgressLine()
    const dumps = await Promise.all(
      devices.map((device) =>
        device.dump({ signal, onProgress: (done, all) => progress.show(device.name, done, all) }),
      ),
    ).finally(() => progress.clear())
    const dump: RingDump = {
      format: 'dualport-ring-dump',
      version: 1,
      machine: machine.name,
      devices: dumps,
    }
    const text = `${JSON.stringify(dump, null, 2)}\n`
    if (output === undefined) process.stdout.write(text)
    else {
      await writeFile(output, text).catch((cause: unknown) => unwritable(output, cause))
      const parameters = dumps.reduce((sum, one) => sum + one.parameters.length, 0)
      console.error(`${output}: ${parameters} parameters of ${dumps.length} devices`)
    }
    return exitCode.done
  })
}

function unwritable(at: string, cause: unknown): never {
  throw new DualportError('DP_OUTPUT_FILE', { at, cause })
}

export type RestoreOptions = IdnOptions & { readonly device?: string }

/** Exit code 1 when a parameter failed. */
export async function restoreIdns(
  source: string,
  file: string,
  options: RestoreOptions,
  stop: StopSignal,
): Promise<number> {
  const dumps = (await readDump(file)).devices.filter(
    ({ device }) => options.device === undefined || device.name === options.device,
  )
  if (dumps.length === 0)
    throw new DualportError('DP_SERCOS3_DUMP', { at: file, actual: `nothing of ${options.device}` })
  const names = dumps.map(({ device }) => device.name)
  return withDevices(source, names, options, stop, async ({ devices, signal }) => {
    const progress = new ProgressLine()
    const ends = await Promise.all(
      dumps.map((dump, n) => restoreOne(devices[n], dump, signal, progress)),
    ).finally(() => progress.clear())
    dumps.forEach(({ device }, n) => tell(device.name, ends[n] ?? [], options.json === true))
    const failed = ends.flat().some(({ outcome }) => outcome === 'failed')
    return failed ? exitCode.failed : exitCode.done
  })
}

async function restoreOne(
  device: Device | undefined,
  dump: DeviceDump,
  signal: AbortSignal,
  progress: ProgressLine,
): Promise<RestoreOutcome[]> {
  if (device === undefined) return []
  const onProgress = (done: number, all: number) => progress.show(device.name, done, all)
  return device.restore(dump, { signal, onProgress })
}

function tell(device: string, outcomes: readonly RestoreOutcome[], json: boolean): void {
  if (json) {
    for (const { idn, name, outcome, error } of outcomes)
      console.log(JSON.stringify({ device, idn, name, outcome, error: error?.message }))
    return
  }
  const count = (what: RestoreOutcome['outcome']) =>
    outcomes.filter(({ outcome }) => outcome === what).length
  const skipped = outcomes.length - count('written') - count('unchanged') - count('failed')
  console.log(
    `${device}: ${count('written')} written, ${count('unchanged')} as they were, ${skipped} skipped (read only, protected in this phase or set by the master), ${count('failed')} failed`,
  )
  for (const { error } of outcomes) if (error !== undefined) console.error(error.message)
}

/** Throws DP_INPUT_FILE, DP_SERCOS3_DUMP. */
async function readDump(file: string): Promise<RingDump> {
  let parsed: unknown
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new DualportError('DP_INPUT_FILE', { at: file, cause })
  })
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new DualportError('DP_SERCOS3_DUMP', { at: file, cause })
  }
  const checked = fileSchema.safeParse(parsed)
  if (!checked.success) {
    const [issue] = checked.error.issues
    const at = `${file}: ${issue?.path.join('.') ?? ''}`
    throw new DualportError('DP_SERCOS3_DUMP', { at, actual: issue?.message })
  }
  const dump = parsed as RingDump
  for (const one of dump.devices) checkDump(one)
  return dump
}
