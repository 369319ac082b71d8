/** A machine under `dualport idn`: opened without its task, held in a phase that has service channels, closed. */
import type { Device } from '../../device-types.ts'
import { DualportError } from '../../../errors.ts'
import { loadMachineFile } from '../../machine-file/load.ts'
import { openMachine } from '../../machine.ts'
import type { OpenedMachine } from '../../opened-machine.ts'
import { exitCode } from '../exit-code.ts'
import type { StopSignal } from '../stop-signal.ts'

export const idnPhases = ['CP2', 'CP3', 'CP4'] as const

export type IdnOptions = {
  readonly phase: (typeof idnPhases)[number]
  readonly json?: boolean
}

/** Of the machine file; left out: all of them. */
export type DeviceNames = readonly string[] | undefined

export type IdnSession = {
  readonly machine: OpenedMachine
  /** Those that were asked for, in that order. */
  readonly devices: readonly Device[]
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/**
 * Opens `source`, does `work` and closes. Nothing is powered: the cyclic task of the machine file is left out. Ctrl-C ends
 * the work and closes the machine in order. Throws DP_RING_DEVICE before anything is opened.
 */
export async function withDevices(
  source: string,
  names: DeviceNames,
  { phase }: IdnOptions,
  stop: StopSignal,
  work: (session: IdnSession) => Promise<number>,
): Promise<number> {
  const { task: _, ...file } = await loadMachineFile(source)
  checkNames(
    names,
    file.devices.map(({ name }) => name),
  )
  const aborting = new AbortController()
  const stopped = stop.stopped.then(() => aborting.abort(new Error('stopped')))
  if (stop.isStopped) return tellStopped()
  const machine = await openMachine(file, { upTo: phase })
  try {
    await Promise.race([machine.ring.goTo(phase), stopped])
    if (aborting.signal.aborted) return tellStopped()
    return await work({
      machine,
      devices: names?.map((name) => machine.ring.device(name)) ?? machine.ring.devices,
      signal: aborting.signal,
    })
  } catch (error) {
    if (!aborting.signal.aborted) throw error
    return tellStopped()
  } finally {
    await machine.close()
  }
}

function checkNames(names: DeviceNames, known: readonly string[]): void {
  const wrong = names?.find((name) => !known.includes(name))
  if (wrong !== undefined)
    throw new DualportError('DP_RING_DEVICE', { actual: wrong, expected: known.join(', ') })
}

function tellStopped(): number {
  console.error('stopped: not everything was done')
  return exitCode.failed
}
