/**
 * Waiting for a device's interrupt: a synchronous poll on [interrupt, stop], then a read. Cyclic and flat on purpose.
 *
 * poll before read because a read alone cannot be ended: a thread blocked in it would hang `worker.terminate()` and
 * `process.exit()`. All descriptors are non-blocking, so a wake-up that another reader took costs a turn, not a hang.
 * Where the count stands in memory (our stub's events page), the read has nothing to tell and only empties the
 * descriptor: it is put off to the next wait, out of the way from the interrupt to the outputs.
 */
import { DualportError } from '../errors.ts'
import { nsPerMs } from '../units.ts'
import { MonotonicClock } from './clock.ts'
import { waitResult, type FailedIn, type InterruptLine, type WaitResult } from './device.ts'
import { PollSet, pollIn } from './system/event.ts'
import type { Rearmer } from './rearm.ts'
import { lastErrno } from './system/libc.ts'
import { errnoNumber } from './system/system-error.ts'

/** What a wake-up turned out to be. */
export const taken = { count: 0, nothing: 1, gone: 2, failed: 3 } as const
export type Taken = (typeof taken)[keyof typeof taken]

const goOn = -1

/** How a device's wake-ups become a count: all in which a real and an emulated device differ. Allocates nothing. */
export interface InterruptSource {
  /** After `count`: the device's total, signed 32 bit. Before the first take: the total at the attach. */
  readonly total: number
  /** False where the total at the attach could not be known: the first take then sets it. */
  readonly totalKnown: boolean
  /** errno after `failed`. */
  readonly errno: number
  /** Takes the total without a system call, and leaves the descriptor readable. False: it cannot. */
  peek(): boolean
  /** Empties the descriptor and takes the total. */
  take(): Taken
  /** irqcontrol. */
  control(on: boolean): void
}

export class WaitingLine implements InterruptLine {
  total = 0
  missed = 0
  errno = 0
  failedIn: FailedIn = 'read'
  rearmErrno = 0
  readonly #source: InterruptSource
  readonly #rearmer: Rearmer | undefined
  readonly #polled: PollSet
  readonly #clock = new MonotonicClock()
  #known: boolean
  #ended = false
  /** The descriptor is still readable for an interrupt that was told already. */
  #undrained = false
  /** A refused re-arming that no wait has told yet. */
  #refused = false

  /** Without `rearmer` the interrupt needs no re-arming. */
  constructor(
    source: InterruptSource,
    interruptFd: number,
    stopFd: number,
    rearmer: Rearmer | undefined,
  ) {
    this.#source = source
    this.#rearmer = rearmer
    this.total = source.total
    this.#known = source.totalKnown
    this.#polled = new PollSet([interruptFd, stopFd], pollIn)
  }

  wait(timeoutMs: number): WaitResult {
    if (this.#ended) return waitResult.stopped
    if (this.#refused) return this.#tellRefusal()
    if (this.#undrained) {
      this.#undrained = false
      const verdict = this.#take()
      if (verdict !== goOn) return verdict
    }
    let left = timeoutMs
    let deadlineNs = 0
    for (;;) {
      const ready = this.#polled.wait(left)
      if (ready === 0) return waitResult.timeout
      if (ready < 0) {
        this.errno = lastErrno()
        if (this.errno !== errnoNumber.EINTR) {
          this.failedIn = 'poll'
          return waitResult.failed
        }
      } else {
        if (this.#polled.found(1) !== 0) return waitResult.stopped
        // an error beside the news is for the read to tell
        if (this.#polled.found(0) === pollIn && this.#source.peek() && this.#advance()) {
          this.#undrained = true
          return waitResult.interrupt
        }
        const verdict = this.#take()
        if (verdict !== goOn) return verdict
      }
      // a signal, or a wake-up without news: wait on for what is left. The clock is first read here, so that a
      // healthy wait costs no call more; such a wait may last up to twice its time-out.
      if (timeoutMs < 0) continue
      const nowNs = this.#clock.now()
      if (deadlineNs === 0) deadlineNs = nowNs + timeoutMs * nsPerMs
      left = deadlineNs > nowNs ? Math.ceil((deadlineNs - nowNs) / nsPerMs) : 0
    }
  }

  control(on: boolean): void {
    if (this.#ended) throw new DualportError('DP_UIO_CLOSED')
    this.#source.control(on)
  }

  rearm(): boolean {
    const rearmer = this.#rearmer
    if (rearmer === undefined) return true
    if (this.#ended) return false
    const errno = rearmer.rearm()
    if (errno === 0) return true
    this.rearmErrno = errno
    this.#refused = true
    return false
  }

  /** From now on every wait is `stopped`: the descriptors may be closed and their numbers reused. */
  end(): void {
    this.#ended = true
  }

  /** `goOn`: nothing that a wait ends for. */
  #take(): WaitResult | typeof goOn {
    const what = this.#source.take()
    if (what === taken.count) return this.#advance() ? waitResult.interrupt : goOn
    if (what === taken.nothing) return goOn
    this.failedIn = 'read'
    if (what === taken.gone) return waitResult.gone
    this.errno = this.#source.errno
    return waitResult.failed
  }

  #tellRefusal(): WaitResult {
    this.#refused = false
    this.failedIn = 'rearm'
    this.errno = this.rearmErrno
    return this.errno === errnoNumber.ENODEV ? waitResult.gone : waitResult.failed
  }

  /** False when the count is the one already known: its wake-up came before the attach or during the last take. */
  #advance(): boolean {
    const total = this.#source.total
    // the count wraps as s32: the difference survives the wrap, the value does not
    const news = (total - this.total) >>> 0
    if (this.#known && news === 0) return false
    this.missed = this.#known ? news - 1 : 0
    this.#known = true
    this.total = total
    return true
  }
}
