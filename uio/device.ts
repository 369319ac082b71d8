/**
 * A card as Linux shows it to us: maps, an interrupt, a way to close. The real /dev/uioN and the emulated device
 * implement it alike; only the place where a device is opened differs.
 *
 * A device is opened once (`OpenDevice`, usually on the main thread); any thread can attach to it through its
 * `DeviceHandle` (`AttachedDevice`). Memory is unmapped when the opener has closed and every thread has detached, by
 * whichever comes last: a live view on unmapped memory is a crash.
 */
import type { Region } from './region.ts'
import type { EventsReader } from './events-page.ts'

/** One mapN of a UIO device, as sysfs tells it. */
export type MapInfo = {
  readonly index: number
  /** Empty where the driver sets none. */
  readonly name: string
  /** Physical (or kernel) address, for display. */
  readonly address: bigint
  /** Bytes. */
  readonly size: number
  /** Bytes from the start of the mapping to the start of the window. */
  readonly offset: number
}

/** A map as it lies in this process. */
export type MappedMap = MapInfo & {
  /** Address of the window's first byte; undefined where the kernel refused to map it. */
  readonly pointer: bigint | undefined
  /** Why there is no pointer. */
  readonly refused?: string
}

/** What is given back once the last attachment is gone: mappings and descriptors are the process's, not a thread's. */
export type Holdings = {
  readonly mappings: readonly { readonly pointer: bigint; readonly bytes: number }[]
  readonly descriptors: readonly number[]
}

type CommonHandle = {
  readonly path: string
  readonly name: string
  readonly interruptFd: number
  /** eventfd that ends every wait for good. */
  readonly stopFd: number
  readonly maps: readonly MappedMap[]
  readonly holdings: Holdings
  /** One Int32: how many attachments (the opener's included) use the holdings. */
  readonly users: SharedArrayBuffer
}

/** What crosses to another thread by structured clone: descriptors, addresses and sizes. */
export type DeviceHandle =
  | (CommonHandle & {
      readonly kind: 'uio'
      /** sysfs file with the total interrupt count; read once at attach. */
      readonly eventCountPath: string
      readonly hasInterrupt: boolean
    })
  | (CommonHandle & {
      readonly kind: 'emulated'
      /** Address of the words that stand for the kernel's side of a device (emulated-control.ts). */
      readonly control: bigint
    })

/** How a wait ended. Numbers, because the cycle allocates nothing and throws nothing. */
export const waitResult = { interrupt: 0, timeout: 1, stopped: 2, gone: 3, failed: 4 } as const
export type WaitResult = (typeof waitResult)[keyof typeof waitResult]

export interface InterruptLine {
  /**
   * Blocks this thread until the interrupt, `timeoutMs` (-1: for ever) or the stop signal. Cyclic: allocates nothing.
   * After `interrupt`, `total` and `missed` are those of this wait. A handle's wake-ups go to one waiting thread:
   * let one thread wait, the others only use the memory.
   */
  wait(timeoutMs: number): WaitResult
  /** The device's total interrupt count; wraps as a signed 32-bit number, as the UIO ABI does. */
  readonly total: number
  /** Interrupts that came since the wait before (or the attach) and were not waited for: 0 in a healthy cycle. */
  readonly missed: number
  /** errno of the last wait that `failed`. */
  readonly errno: number
  /** irqcontrol: write(1) or write(0). Throws DP_UIO_NO_IRQCONTROL, DP_UIO_NO_INTERRUPT, DP_UIO_GONE. */
  control(on: boolean): void
}

export interface AttachedDevice {
  readonly name: string
  readonly maps: readonly MapInfo[]
  /** The region of a map, by name or index; one named `events` is read-only memory. Throws DP_UIO_NO_MAP, DP_UIO_MAP. */
  map(nameOrIndex: string | number): Region
  readonly interrupt: InterruptLine
  /** Reads the `events` map; `undefined` where the kernel driver offers none. */
  readonly events: EventsReader | undefined
  /** Takes every view of this thread off the memory: accesses then read 0 and write nothing. In this thread. Idempotent. */
  detach(): void
}

export interface OpenDevice extends AttachedDevice {
  readonly path: string
  readonly handle: DeviceHandle
  /** Ends every wait, in every thread, for good. Callable from an 'exit' hook. */
  stop(): void
  /** Ends every wait and detaches this thread; the last thread that detaches unmaps, unlocks and closes. Idempotent. */
  close(): void
  /** An attached thread ended without detaching (its views died with it): counts it as detached. Once per such thread. */
  threadEnded(): void
}
