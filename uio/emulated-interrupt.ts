/**
 * The emulated device's interrupt. The eventfd only wakes: the count is the events page's own, which every attachment
 * reads for itself, so coalesced interrupts are counted exactly and a wake-up that another took loses nothing.
 */
import { DualportError } from '../errors.ts'
import { emulatedControl } from './emulated-control.ts'
import { eventsPage } from './events-page.ts'
import { taken, type InterruptSource, type Taken } from './interrupt-line.ts'
import type { Rearmer } from './rearm.ts'
import { signalEvent } from './system/event.ts'
import { read } from './system/file.ts'
import { CallMemory } from './system/memory.ts'
import { errnoNumber } from './system/system-error.ts'

export class EmulatedInterrupt implements InterruptSource {
  total: number
  readonly totalKnown = true
  readonly errno = 0
  readonly #fd: number
  readonly #drained = new CallMemory(8)
  readonly #pointer = this.#drained.pointer
  readonly #events: Int32Array
  readonly #control: Int32Array

  constructor(fd: number, events: ArrayBuffer, control: Int32Array) {
    this.#fd = fd
    this.#events = new Int32Array(events)
    this.#control = control
    this.total = Atomics.load(this.#events, eventsPage.count / 4)
  }

  peek(): boolean {
    if (Atomics.load(this.#control, emulatedControl.gone) !== 0) return false
    this.total = Atomics.load(this.#events, eventsPage.count / 4)
    return true
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
    order(this.#control, on)
  }
}

/** irqcontrol(1) of an emulated device. */
export class EmulatedRearm implements Rearmer {
  readonly #control: Int32Array

  constructor(control: Int32Array) {
    this.#control = control
  }

  rearm(): number {
    if (Atomics.load(this.#control, emulatedControl.gone) !== 0) return errnoNumber.ENODEV
    order(this.#control, true)
    return 0
  }
}

function order(control: Int32Array, on: boolean): void {
  Atomics.store(control, emulatedControl.interruptOn, on ? 1 : 0)
  Atomics.store(control, emulatedControl.order, on ? 2 : 1)
}
