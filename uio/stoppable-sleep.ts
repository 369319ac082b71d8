/** The sleep of a card's own thread: to the nanosecond, until somebody stops it from another thread. */
import { PollSet, Timer, pollIn } from './system/event.ts'
import { lastErrno } from './system/libc.ts'
import { errnoNumber, systemError } from './system/system-error.ts'

export class StoppableSleep {
  readonly #timer = new Timer()
  readonly #polled: PollSet

  /** `stopFd`: an eventfd that ends every sleep once it is signalled. Throws DP_SYSTEM_CALL. */
  constructor(stopFd: number) {
    this.#polled = new PollSet([this.#timer.fd, stopFd], pollIn)
  }

  /** Until this CLOCK_MONOTONIC time, ns; back at once when it is past. False: stopped. Allocates nothing. */
  until(monotonicNs: number): boolean {
    this.#timer.arm(monotonicNs)
    for (;;) {
      const ready = this.#polled.wait(-1)
      if (ready > 0) return this.#polled.found(1) === 0
      if (lastErrno() !== errnoNumber.EINTR) throw systemError('poll', 'timer and stop event')
    }
  }

  close(): void {
    this.#timer.close()
  }
}
