/** The emulator's own thread: the chip, its ring and its clock. It blocks in the pacing and never sees its event loop. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import {
  attachBackend,
  type BackendHandle,
  type EmulatedBackend,
} from '../../../uio/emulated-backend.ts'
import { applyRealtime } from '../../../uio/realtime.ts'
import { FaultReceiver } from '../../emulation/fault-door.ts'
import { MemoryFileBackend } from '../../emulation/memory-file-backend.ts'
import type { MemoryFileHandle } from '../../emulation/memory-file.ts'
import { MemoryHost } from '../../emulation/memory-host.ts'
import { BoardWriter } from '../../emulation/observation-board.ts'
import { Sercon100m } from './chip.ts'
import type { Topology } from './chip-ring.ts'
import { injectIntoChip, type EmulatorFault } from './faults.ts'
import { MasterPace } from './master-pace.ts'
import { encodeObservation } from './observation.ts'
import { ScriptPlayer } from './script-player.ts'
import type { CheckedScript } from './script.ts'
import type { CreateSlave, DeviceSpec } from './slave.ts'
import { StockDriver } from './stock-driver.ts'
import { UnmaskedCard } from './unmasked-card.ts'

export type EmulatorWorkerData = {
  readonly backend: BackendHandle | MemoryFileHandle
  readonly devices: readonly DeviceSpec[]
  readonly topology: Topology
  readonly release: number
  readonly idleNs: number | undefined
  /** URL of the module that exports `createSlave`. */
  readonly deviceModule: string
  readonly board: SharedArrayBuffer
  readonly faults: MessagePort
  readonly faultCount: SharedArrayBuffer
  readonly script: CheckedScript | undefined
  readonly clockPriority: number | undefined
  readonly kernelDriver: 'Sercos_III_PCI' | undefined
}

const data = workerData as EmulatorWorkerData
const { createSlave } = (await import(data.deviceModule)) as { createSlave: CreateSlave }
const backend = attach(data.backend)
try {
  const slaves = data.devices.map((device) => createSlave(device))
  const { topology, release, idleNs } = data
  const foreign = backend instanceof MemoryFileBackend
  const chip = new Sercon100m(backend.memory, { slaves, topology, release, idleNs, foreign })
  const host = hostOf(chip, backend)
  const board = new BoardWriter(data.board)
  const faults = new FaultReceiver<EmulatorFault>(data.faults, data.faultCount)

  const publish = (): void => {
    board.begin()
    encodeObservation(board.values, chip, host)
    board.end()
  }
  const script = data.script === undefined ? undefined : new ScriptPlayer(data.script)
  const inject = (fault: EmulatorFault): void => {
    if (!injectIntoChip(chip, fault)) host.inject(fault)
  }
  const takeFaults = (): void => {
    for (let fault = faults.take(); fault !== undefined; fault = faults.take()) inject(fault)
    script?.beforeCycle(chip.sentPhase, inject)
  }

  publish()
  if (data.clockPriority !== undefined) keepTime(data.clockPriority)
  parentPort?.postMessage('ready', [])
  host.run(takeFaults, publish)
} catch (error) {
  // a card whose model failed is gone for its user, not silently stopped
  backend.vanish()
  throw error
} finally {
  data.faults.close()
  backend.detach()
}

function attach(handle: EmulatorWorkerData['backend']): EmulatedBackend | MemoryFileBackend {
  return 'kind' in handle ? new MemoryFileBackend(handle) : attachBackend(handle)
}

function hostOf(chip: Sercon100m, place: EmulatedBackend | MemoryFileBackend): MemoryHost {
  if (place instanceof MemoryFileBackend) {
    return new MemoryHost(new UnmaskedCard(chip), place, new MasterPace(place, chip))
  }
  const card = data.kernelDriver === undefined ? chip : new StockDriver(chip, place)
  return new MemoryHost(card, place)
}

/** What is refused is no matter for a desk: the card is then as punctual as an ordinary thread. */
function keepTime(priority: number): void {
  const wish = {
    policy: 'fifo',
    cpu: 0,
    lockMemory: false,
    timerSlackNs: 1,
    required: false,
  } as const
  applyRealtime({ ...wish, priority })
}
