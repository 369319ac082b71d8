/** Starts the thread in which an emulated card and its devices run, wherever the card's memory lies. */
import { MessageChannel, Worker } from 'node:worker_threads'
import type { BackendHandle } from '../../../uio/emulated-backend.ts'
import { createFaultCount, FaultSender } from '../../emulation/fault-door.ts'
import type { MemoryFileHandle } from '../../emulation/memory-file.ts'
import { BoardReader, createBoard } from '../../emulation/observation-board.ts'
import type { Topology } from './chip-ring.ts'
import type { EmulatorWorkerData } from './emulator-worker.ts'
import type { EmulatorFault } from './faults.ts'
import { decodeObservation, observationLength, type EmulatorObservation } from './observation.ts'
import { checkScript, type EmulatorScript } from './script.ts'
import type { DeviceSpec } from './slave.ts'

/** What is emulated. */
export type EmulatorModel = {
  /** In ring order, as seen from the master's port 1. */
  readonly devices: readonly DeviceSpec[]
  readonly topology: Topology
  /** Release of the emulated core, 9 to 11. Default 9. */
  readonly release?: 9 | 10 | 11
  /** URL of a module with a `createSlave` of its own, for other devices than the built-in drive and I/O. */
  readonly deviceModule?: URL
  /**
   * SCHED_FIFO priority of the card's clock, on CPU 0; goes on without it where the system refuses. Left out: an
   * ordinary thread. A card that is late looks like jitter of its user.
   */
  readonly clockPriority?: number
  /** Period of the card while its main timer is off, ns. Default 1 ms. */
  readonly idleNs?: number
  /** Faults that come by themselves. */
  readonly script?: EmulatorScript
}

/** Where the card's memory and its interrupt are. */
export type EmulatorPlace = {
  readonly backend: BackendHandle | MemoryFileHandle
  readonly kernelDriver?: 'Sercos_III_PCI' | undefined
  /** Ends the waits of the card's thread for good. */
  readonly stop: () => void
}

/** What can be seen of the card from outside, and done to it. */
export interface EmulatorHands {
  /** What a person beside the machine could see, as of the last cycle. */
  readonly observe: () => EmulatorObservation
  /** Takes effect before the next cycle. Throws DP_EMULATOR_FAULTS when too many come at once. */
  readonly inject: (fault: EmulatorFault) => void
}

export interface RunningEmulator extends EmulatorHands {
  /** Settles when the thread has ended, in whatever way. */
  readonly exited: Promise<void>
  /** Ends the thread. Rejects with what the emulator failed of, if it did. Idempotent. */
  readonly end: () => Promise<void>
}

/** Resolves when the card answers. Rejects with DP_EMULATOR_SCRIPT, DP_SYSTEM_CALL, or with what the device module throws. */
export async function startEmulator(
  model: EmulatorModel,
  { backend, kernelDriver, stop }: EmulatorPlace,
): Promise<RunningEmulator> {
  const board = createBoard(observationLength(model.devices.length))
  const faultCount = createFaultCount()
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  const workerData: EmulatorWorkerData = {
    backend,
    devices: model.devices,
    topology: model.topology,
    release: model.release ?? 9,
    idleNs: model.idleNs,
    deviceModule: (model.deviceModule ?? sibling('slaves/create-slave')).href,
    board,
    faults: port2,
    faultCount,
    script:
      model.script === undefined ? undefined : checkScript(model.script, model.devices.length),
    clockPriority: model.clockPriority,
    kernelDriver,
  }
  const worker = new Worker(sibling('emulator-worker'), {
    workerData,
    transferList: [port2],
    // the program's own (--input-type, -e) would be applied to this file
    execArgv: [],
  })
  // the thread blocks in native code, where process.exit() cannot end it
  process.once('exit', stop)
  const exited = ended(worker).finally(() => {
    process.off('exit', stop)
    port1.close()
  })
  await Promise.race([ready(worker), exited])

  const reader = new BoardReader(board)
  const faults = new FaultSender<EmulatorFault>(port1, faultCount)
  return {
    observe: () => decodeObservation(reader.read()),
    inject: (fault) => faults.send(fault),
    exited,
    end: () => {
      stop()
      return exited
    },
  }
}

/** A module beside this one, in the source tree and in the built package alike. */
function sibling(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
}

function ready(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.once('message', () => resolve()))
}

function ended(worker: Worker): Promise<void> {
  const promise = new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', () => resolve())
  })
  // whoever opened learns of it from close(); until then it is not unhandled
  promise.catch(() => undefined)
  return promise
}
