/** What crosses between the main thread and the cyclic worker besides the shared memory: rare, and never in the cycle. */
import type { CardNews, CardProgress } from '../../cards/card.ts'
import type { DeviceHandle } from '../../uio/device.ts'
import type { ErrorSnapshot } from '../error-snapshot.ts'
import type { MachineFile } from '../machine-file/schema.ts'

export type SharedMemory = {
  readonly control: SharedArrayBuffer
  readonly records: SharedArrayBuffer
  readonly events: SharedArrayBuffer
  readonly commands: SharedArrayBuffer
  readonly ends: SharedArrayBuffer
  /** Cams and profiles that commands name. */
  readonly tables: SharedArrayBuffer
  readonly ring: SharedArrayBuffer
  /** Transfers through the devices' service channels. */
  readonly services: SharedArrayBuffer
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
  /** The application took the ring out of operation. */
  | { readonly kind: 'lowered'; readonly timeNs: number }
  | { readonly kind: 'news'; readonly timeNs: number; readonly news: CardNews }
  /** How a request to the ring ended; `refused`: it changed nothing. */
  | {
      readonly kind: 'ringAnswer'
      readonly number: number
      readonly refused: boolean
      readonly error: ErrorSnapshot | undefined
    }
  /** What lies behind an axis's error, by its number of control/axis/axis-error.ts: what the drive says, or what failed. 0: a warning. */
  | {
      readonly kind: 'axisWords'
      readonly axis: number
      readonly error: number
      readonly words?: string
      readonly cause?: ErrorSnapshot
    }
  /** The machine goes to its safe state. */
  | { readonly kind: 'safe'; readonly timeNs: number; readonly error: ErrorSnapshot }
  /** The set-up failed; the worker ends. */
  | { readonly kind: 'failed'; readonly error: ErrorSnapshot }
