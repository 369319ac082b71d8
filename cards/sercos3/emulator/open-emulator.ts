/** Opens a SERCOS III card with a ring of devices that exist in this process alone. */
import { MessageChannel, Worker } from 'node:worker_threads'
import type { OpenDevice } from '../../../uio/device.ts'
import { openEmulatedDevice, type EmulatedLayout } from '../../../uio/emulated-device.ts'
import { createFaultCount, FaultSender } from '../../emulation/fault-door.ts'
import { BoardReader, createBoard } from '../../emulation/observation-board.ts'
import { coreSize, windows } from '../registers.ts'
import type { Topology } from './chip-ring.ts'
import type { EmulatorWorkerData } from './emulator-worker.ts'
import type { EmulatorFault } from './faults.ts'
import { decodeObservation, observationLength, type EmulatorObservation } from './observation.ts'
import type { DeviceSpec } from './slave.ts'

export type EmulatorOptions = {
  /** In ring order, as seen from the master's port 1. */
  readonly devices: readonly DeviceSpec[]
  readonly topology: Topology
  /** Name of the emulated device. Default `sercos3`. */
  readonly name?: string
  /** Release of the emulated core, 9 to 11. Default 9. */
  readonly release?: 9 | 10 | 11
  /** URL of a module with a `createSlave` of its own, for other devices than the built-in drive and I/O. */
  readonly deviceModule?: URL
  /**
   * SCHED_FIFO priority of the card's clock, on CPU 0; goes on without it where the system refuses. Left out: an
   * ordinary thread. A card that is late looks like jitter of its user.
   */
  readonly clockPriority?: number
  /** UIO name of the kernel driver that the card seems to hang on: Linux's own uio_sercos3, instead of our stub. */
  readonly kernelDriver?: 'Sercos_III_PCI'
}

/** A map for each BAR but the second, all nameless; map3 is the core. Nothing is known of the others but BAR0's size. */
const stockMaps = [0x80, 0x1000, 0x1000, coreSize, 0x1000]

export interface EmulatedSercos3 {
  /** The card as a user finds it: maps `registers`, `svc`, `tx`, `rx`, `events`. */
  readonly device: OpenDevice
  /** What a person beside the machine could see, as of the last cycle. */
  observe(): EmulatorObservation
  /** Takes effect before the next cycle. Throws DP_EMULATOR_FAULTS when too many come at once. */
  inject(fault: EmulatorFault): void
  /**
   * Ends the emulator's thread and closes `device`; every other thread should have detached. Rejects with what the
   * emulator failed of, if it did. Idempotent.
   */
  close(): Promise<void>
}

/** Resolves when the card answers. Rejects with DP_SYSTEM_CALL, or with what the device module throws. */
export async function openEmulatedSercos3(options: EmulatorOptions): Promise<EmulatedSercos3> {
  const emulated = openEmulatedDevice({
    name: options.name ?? 'sercos3',
    ...(options.kernelDriver === undefined ? ownLayout() : stockLayout(options.kernelDriver)),
  })
  const { device, backend } = emulated
  const stopBackend = (): void => emulated.stopBackend()
  const board = createBoard(observationLength(options.devices.length))
  const faultCount = createFaultCount()
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  const workerData: EmulatorWorkerData = {
    backend,
    devices: options.devices,
    topology: options.topology,
    release: options.release ?? 9,
    deviceModule: (options.deviceModule ?? sibling('slaves/create-slave')).href,
    board,
    faults: port2,
    faultCount,
    clockPriority: options.clockPriority,
    kernelDriver: options.kernelDriver,
  }
  const worker = new Worker(sibling('emulator-worker'), {
    workerData,
    transferList: [port2],
    // the program's own (--input-type, -e) would be applied to this file
    execArgv: [],
  })
  // the thread blocks in native code, where process.exit() cannot end it
  process.once('exit', stopBackend)
  const exited = ended(worker).finally(() => {
    process.off('exit', stopBackend)
    port1.close()
  })
  try {
    await Promise.race([ready(worker), exited])
  } catch (error) {
    device.close()
    throw error
  }

  const reader = new BoardReader(board)
  const faults = new FaultSender<EmulatorFault>(port1, faultCount)
  return {
    device,
    observe: () => decodeObservation(reader.read()),
    inject: (fault) => faults.send(fault),
    close: async () => {
      stopBackend()
      try {
        await exited
      } finally {
        device.close()
      }
    },
  }
}

type Layout = Omit<EmulatedLayout, 'name'>

function ownLayout(): Layout {
  const maps = Object.entries(windows).map(([name, { offset, size }]) => ({ name, offset, size }))
  return { bytes: coreSize, maps }
}

function stockLayout(kernelDriver: string): Layout {
  let behind = coreSize
  const maps = stockMaps.map((size) => {
    if (size === coreSize) return { name: '', offset: 0, size }
    const offset = behind
    behind += 0x1000
    return { name: '', offset, size }
  })
  return { kernelDriver, bytes: behind, maps }
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
