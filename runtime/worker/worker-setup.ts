/** What crosses between the main thread and the cyclic worker besides the shared memory: rare, and never in the cycle. */
import type { CardProgress } from '../../cards/card.ts'
import type { DeviceHandle } from '../../uio/device.ts'
import type { ErrorSnapshot } from '../error-snapshot.ts'
import type { MachineFile } from '../machine-file/schema.ts'

export type SharedMemory = {
  readonly control: SharedArrayBuffer
  readonly records: SharedArrayBuffer
  readonly events: SharedArrayBuffer
  readonly commands: SharedArrayBuffer
  readonly ends: SharedArrayBuffer
}

/** `workerData` of the cyclic worker. */
export type WorkerSetup = {
  readonly device: DeviceHandle
  readonly file: MachineFile
  /** URL of the user's cyclic task; `undefined`: the built-in motion. */
  readonly taskUrl: string | undefined
  readonly shared: SharedMemory
}

/** From the worker to the main thread. Times are CLOCK_MONOTONIC, ns. */
export type WorkerMessage =
  /** One real-time setting: granted, or what was refused and why. */
  | { readonly kind: 'realtime'; readonly granted: boolean; readonly message: string }
  /** The loop starts. */
  | { readonly kind: 'running' }
  | { readonly kind: 'progress'; readonly timeNs: number; readonly progress: CardProgress }
  | { readonly kind: 'operational'; readonly timeNs: number }
  /** The machine goes to its safe state, for good. */
  | { readonly kind: 'safe'; readonly timeNs: number; readonly error: ErrorSnapshot }
  /** The set-up failed; the worker ends. */
  | { readonly kind: 'failed'; readonly error: ErrorSnapshot }
