/**
 * The emulated device's interrupt. The eventfd only wakes: the count is the events page's own, which every attachment
 * reads for itself, so coalesced interrupts are counted exactly and a wake-up that another took loses nothing.
 */
import { DualportError } from '../errors.ts'
import { emulatedControl } from './emulated-control.ts'
import { eventsPage } from './events-page.ts'
import { taken, type InterruptSource, type Taken } from './interrupt-line.ts'
import { signalEvent } from './system/event.ts'
import { read } from './system/file.ts'
import { CallMemory } from './system/memory.ts'

export class EmulatedInterrupt implements InterruptSource {
  total: number
  readonly totalKnown = true
  readonly errno = 0
  readonly #fd: number
  readonly #drained = new CallMemory(8)
  readonly #pointer = this.#drained.pointer
  readonly #events: Int32Array
  readonly #control: Int32Array

  constructor(fd: number, events: ArrayBuffer, control: ArrayBuffer) {
    this.#fd = fd
    this.#events = new Int32Array(events)
    this.#control = new Int32Array(control)
    this.total = Atomics.load(this.#events, eventsPage.count / 4)
  }

  take(): Taken {
    // drained before the page is looked at: what comes after the look wakes again
    read(this.#fd, this.#pointer, 8)
    if (Atomics.load(this.#control, emulatedControl.gone) !== 0) {
      // gone for good, for every attachment: each that sees it lets the next see it
      signalEvent(this.#fd)
      return taken.gone
    }
    this.total = Atomics.load(this.#events, eventsPage.count / 4)
    return taken.count
  }

  control(on: boolean): void {
    if (Atomics.load(this.#control, emulatedControl.gone) !== 0) {
      throw new DualportError('DP_UIO_GONE', { at: 'irqcontrol' })
    }
    Atomics.store(this.#control, emulatedControl.interruptOn, on ? 1 : 0)
  }
}
