/**
 * A card as Linux shows it to us: maps, an interrupt, a way to close. The real /dev/uioN and the emulated device
 * implement it alike; only the place where a device is opened differs.
 *
 * A device is opened once (`OpenDevice`, usually on the main thread); any thread can attach to it through its
 * `DeviceHandle` (`AttachedDevice`). Memory is unmapped when the opener has closed and every thread has detached, by
 * whichever comes last: a live view on unmapped memory is a crash.
 *
 * A device that goes away while it is open (unbind, card pulled) leaves its mappings in this process. What they show:
 * - With our stub, all ones, in every map, memory included, until somebody who had the card open writes there: it
 *   withdraws its pages and gives one of ones instead. No access crashes, and none reaches the card or whoever has its
 *   addresses next. Its pages enter a mapping at the first touch, all at once: openUioDevice touches every map.
 * - With other drivers a BAR's mapping reaches the bus as long as it stands: a card that is out reads all ones and
 *   swallows writes, but an unbound one is still there, and later another may be. So whoever learns `gone` detaches,
 *   and accesses nothing before that.
 * - With other drivers kernel memory behind a map would be a SIGBUS, which no JavaScript survives, on a page that is
 *   first touched after the unbind: uio.c's fault handler refuses then. Such a map is populated when it is
 *   mapped (mapDevice), so no page of it is faulted in later; one that is there stays, as the mapping holds a reference
 *   on it.
 */
import type { Region } from './region.ts'
import type { EventsReader } from './events-page.ts'
import type { KernelDriver } from './kernel-drivers.ts'

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
  /** The PCI BAR that this map is the whole of; `barN` is another name of it then. */
  readonly bar?: number
  /** Size of that BAR. */
  readonly barBytes?: number
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

/** A register behind a file of the PCI device, written to re-arm the interrupt. */
export type RearmFile = {
  readonly fd: number
  readonly offset: number
  readonly bytes: 1 | 2
  /** The whole register, armed. */
  readonly value: number
}

type CommonHandle = {
  readonly path: string
  readonly name: string
  /** Rules of its kernel driver; undefined where none are known. */
  readonly driver: KernelDriver | undefined
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
      /** Where re-arming takes a file; errno where it was refused. */
      readonly rearmFile: RearmFile | { readonly errno: number } | undefined
      readonly dmaAddress: bigint | undefined
    })
  | (CommonHandle & {
      readonly kind: 'emulated'
      /** Address of the events page, whether or not it is a map. */
      readonly events: bigint
      /** Address of the words that stand for the kernel's side of a device (emulated-control.ts). */
      readonly control: bigint
    })

/** How a wait ended. Numbers, because the cycle allocates nothing and throws nothing. */
export const waitResult = { interrupt: 0, timeout: 1, stopped: 2, gone: 3, failed: 4 } as const
export type WaitResult = (typeof waitResult)[keyof typeof waitResult]

/** The wait's own poll or read, or a re-arming that was refused before it. */
export type FailedIn = 'poll' | 'read' | 'rearm'

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
  /** Where the last wait that `failed`, or found the device `gone`, learned it. */
  readonly failedIn: FailedIn
  /** errno of the last `rearm` that was refused; 0: none was. */
  readonly rearmErrno: number
  /** irqcontrol: write(1) or write(0). Throws DP_UIO_NO_IRQCONTROL, DP_UIO_NO_INTERRUPT, DP_UIO_GONE. */
  control(on: boolean): void
  /**
   * Lets the next interrupt through in whatever way the kernel driver leaves to user space (kernel-drivers.ts); nothing
   * where it leaves nothing, or is not known. Once in a cycle, after the card's status was cleared. Cyclic: one system
   * call at most, allocates nothing. False: refused, see `rearmErrno`; the next wait then does not block, and ends
   * `gone` or `failed`.
   */
  rearm(): boolean
}

export interface AttachedDevice {
  readonly name: string
  /** Rules of its kernel driver; undefined where none are known. */
  readonly driver: KernelDriver | undefined
  readonly maps: readonly MapInfo[]
  /** Bus address of the map `dma`, for the card's own accesses; undefined where the kernel driver offers none. */
  readonly dmaAddress: bigint | undefined
  /**
   * The region of a map, by its name or index, by a name that kernel-drivers.ts gives to it or to a part of it, or as
   * `barN`; one named `events` is read-only memory. Throws DP_UIO_NO_MAP, DP_UIO_MAP.
   */
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
