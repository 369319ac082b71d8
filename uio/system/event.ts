/** eventfd, timerfd and poll: what a thread of ours blocks in. */
import { nsPerSecond } from '../../units.ts'
import { bind } from './libc.ts'
import { systemError } from './system-error.ts'
import { closeFile, write } from './file.ts'
import { CallMemory } from './memory.ts'

const cEventFd: (initial: number, flags: number) => number = bind(
  'int eventfd(uint32_t initial, int flags)',
)
const cTimerFd: (clock: number, flags: number) => number = bind(
  'int timerfd_create(int clock, int flags)',
)
const cTimerSet: (fd: number, flags: number, value: bigint, old: null) => number = bind(
  'int timerfd_settime(int fd, int flags, const void *value, void *old)',
)

const nonBlocking = 0o4000
const closeOnExec = 0o2000000
const clockMonotonic = 1
const timerAbsolute = 1

const cPoll: (fds: bigint, count: number, timeoutMs: number) => number = bind(
  'int poll(void *fds, unsigned long count, int timeoutMs)',
)

export const pollIn = 1
export const pollOut = 4

/** Some descriptors that one thread waits for together. */
export class PollSet {
  readonly #count: number
  readonly #memory: CallMemory
  readonly #pointer: bigint
  /** struct pollfd: an int and two shorts. */
  readonly #shorts: Int16Array

  constructor(fds: readonly number[], events: number) {
    this.#count = fds.length
    this.#memory = new CallMemory(8 * fds.length)
    this.#pointer = this.#memory.pointer
    this.#shorts = new Int16Array(this.#memory.buffer)
    const words = new Int32Array(this.#memory.buffer)
    for (const [n, fd] of fds.entries()) {
      words[2 * n] = fd
      this.#shorts[4 * n + 2] = events
    }
  }

  /** Cyclic. How many are ready; 0 at the time-out (-1: none), -1 and `lastErrno()` on failure, EINTR included. */
  wait(timeoutMs: number): number {
    return cPoll(this.#pointer, this.#count, timeoutMs)
  }

  /** Cyclic. What the last successful wait found for descriptor `index`: 0, or poll's bits (errors included). */
  found(index: number): number {
    return this.#shorts[4 * index + 3] as number
  }
}

const one = new BigUint64Array([1n])

/** An eventfd at 0. Throws DP_SYSTEM_CALL. */
export function createEvent(): number {
  const fd = cEventFd(0, nonBlocking | closeOnExec)
  if (fd < 0) throw systemError('eventfd', '0')
  return fd
}

/** Adds 1 to an eventfd. Cyclic. False when the descriptor refuses it. */
export function signalEvent(fd: number): boolean {
  return write(fd, one, 8) === 8
}

/** A timerfd on CLOCK_MONOTONIC, readable (for poll) once its time has come. */
export class Timer {
  readonly fd: number
  /** struct itimerspec: interval s and ns, value s and ns, 64 bit each. */
  readonly #spec = new CallMemory(32)
  readonly #words = new Uint32Array(this.#spec.buffer)
  readonly #pointer = this.#spec.pointer

  /** Throws DP_SYSTEM_CALL. */
  constructor() {
    this.fd = cTimerFd(clockMonotonic, nonBlocking | closeOnExec)
    if (this.fd < 0) throw systemError('timerfd_create', 'CLOCK_MONOTONIC')
  }

  /** Cyclic. Sets the absolute time, ns; one that is past makes it readable at once. Forgets an earlier expiry. */
  arm(monotonicNs: number): void {
    const seconds = Math.floor(monotonicNs / nsPerSecond)
    this.#words[4] = seconds
    // an all-zero time would disarm it; 1 ns is as far past
    this.#words[6] = Math.max(1, monotonicNs - seconds * nsPerSecond)
    cTimerSet(this.fd, timerAbsolute, this.#pointer, null)
  }

  close(): void {
    closeFile(this.fd)
  }
}
