/**
 * The card's side of an emulated device, for the emulator's own thread. It maps the memory for itself, so it may outlive
 * the user's side and the user's side it.
 */
import { MonotonicClock } from './clock.ts'
import type { Holdings } from './device.ts'
import { emulatedControl, eventsFileBytes } from './emulated-control.ts'
import { EventsWriter } from './events-page.ts'
import { addUser, dropUser } from './holdings.ts'
import { StoppableSleep } from './stoppable-sleep.ts'
import { signalEvent } from './system/event.ts'
import { viewMemory } from './system/libc.ts'
import { mapOrThrow, pageSize, pagesOf, unmap } from './system/memory.ts'

/** What crosses to the emulator's thread by structured clone. */
export type BackendHandle = {
  readonly name: string
  readonly memoryFd: number
  readonly bytes: number
  readonly eventsFd: number
  readonly interruptFd: number
  readonly stopFd: number
  readonly holdings: Holdings
  readonly users: SharedArrayBuffer
}

/** Attaches this thread as the card. One backend at a time. Throws DP_UIO_CLOSED, DP_SYSTEM_CALL. */
export function attachBackend(handle: BackendHandle): EmulatedBackend {
  addUser(handle)
  try {
    return new EmulatedBackend(handle)
  } catch (error) {
    dropUser(handle)
    throw error
  }
}

export class EmulatedBackend {
  /** The card's whole address space. */
  readonly memory: ArrayBuffer
  readonly clock = new MonotonicClock()
  readonly #handle: BackendHandle
  readonly #mappings: { readonly pointer: bigint; readonly bytes: number }[]
  readonly #eventsFile: ArrayBuffer
  readonly #events: EventsWriter
  readonly #control: Int32Array
  readonly #sleep: StoppableSleep
  #detached = false

  constructor(handle: BackendHandle) {
    this.#handle = handle
    const bytes = pagesOf(handle.bytes)
    const memory = mapOrThrow(handle.memoryFd, bytes, 0, 'readWrite')
    const events = mapOrThrow(handle.eventsFd, eventsFileBytes, 0, 'readWrite')
    this.#mappings = [
      { pointer: memory, bytes },
      { pointer: events, bytes: eventsFileBytes },
    ]
    this.memory = viewMemory(memory, handle.bytes)
    this.#eventsFile = viewMemory(events, eventsFileBytes)
    this.#events = new EventsWriter(this.#eventsFile)
    this.#control = new Int32Array(this.#eventsFile, pageSize)
    this.#sleep = new StoppableSleep(handle.stopFd)
  }

  /**
   * Raises the interrupt: the events page first, then the wake-up, as a kernel stub does. False while the user holds
   * interrupts off: nothing is counted then, and the caller raises again as long as its line is asserted.
   */
  raise(bits: number): boolean {
    if (Atomics.load(this.#control, emulatedControl.interruptOn) === 0) return false
    this.clock.sample()
    this.#events.record(bits, this.clock)
    signalEvent(this.#handle.interruptFd)
    return true
  }

  /**
   * What irqcontrol was last told since the last look; undefined: nothing. For a card whose kernel driver masks its
   * interrupt; orders in between make no difference to one.
   */
  takeOrder(): 'on' | 'off' | undefined {
    const order = Atomics.exchange(this.#control, emulatedControl.order, 0)
    if (order === 0) return undefined
    return order === 2 ? 'on' : 'off'
  }

  /** The card is pulled out: its memory reads all ones and every wait of the user ends with `gone`. */
  vanish(): void {
    new Uint8Array(this.memory).fill(0xff)
    Atomics.store(this.#control, emulatedControl.gone, 1)
    signalEvent(this.#handle.interruptFd)
  }

  /** Sleeps until this CLOCK_MONOTONIC time, ns; at once when it is past. False: stopped. Allocates nothing. */
  waitUntil(monotonicNs: number): boolean {
    return !this.#detached && this.#sleep.until(monotonicNs)
  }

  /** Takes this thread off the memory. Idempotent. */
  detach(): void {
    if (this.#detached) return
    this.#detached = true
    this.memory.transfer(0)
    this.#eventsFile.transfer(0)
    for (const { pointer, bytes } of this.#mappings) unmap(pointer, bytes)
    this.#sleep.close()
    dropUser(this.#handle)
  }
}
