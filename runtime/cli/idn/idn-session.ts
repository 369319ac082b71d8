/** A machine under `dualport idn`: opened without its task, held in a phase that has service channels, closed. */
import type { Device } from '../../device-types.ts'
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

export type IdnSession = {
  readonly machine: OpenedMachine
  /** Of the machine file; throws DP_RING_DEVICE. Left out: all. */
  readonly devices: (name?: string) => readonly Device[]
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/**
 * Opens `source`, does `work` and closes. Nothing is powered: the cyclic task of the machine file is left out. Ctrl-C ends
 * the work and closes the machine in order.
 */
export async function withDevices(
  source: string,
  { phase }: IdnOptions,
  stop: StopSignal,
  work: (session: IdnSession) => Promise<number>,
): Promise<number> {
  const { task: _, ...file } = await loadMachineFile(source)
  const aborting = new AbortController()
  const stopped = stop.stopped.then(() => aborting.abort(new Error('stopped')))
  if (stop.isStopped) return tellStopped()
  const machine = await openMachine(file, { upTo: phase })
  try {
    await Promise.race([machine.ring.goTo(phase), stopped])
    if (aborting.signal.aborted) return tellStopped()
    return await work({
      machine,
      devices: (name) => (name === undefined ? machine.ring.devices : [machine.ring.device(name)]),
      signal: aborting.signal,
    })
  } catch (error) {
    if (!aborting.signal.aborted) throw error
    return tellStopped()
  } finally {
    await machine.close()
  }
}

function tellStopped(): number {
  console.error('stopped: not everything was done')
  return exitCode.failed
}
