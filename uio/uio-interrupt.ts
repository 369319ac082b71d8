/** The interrupt of a /dev/uioN: read gives the device's total count as 4 bytes, write is irqcontrol. */
import { DualportError } from '../errors.ts'
import { eventsPage } from './events-page.ts'
import { writeIrqControl } from './irq-control.ts'
import { taken, type InterruptSource, type Taken } from './interrupt-line.ts'
import type { Region } from './region.ts'
import { matchCounts, readEventCount } from './match-counts.ts'
import { read } from './system/file.ts'
import { lastErrno } from './system/libc.ts'
import { CallMemory } from './system/memory.ts'
import { errnoNumber, systemError } from './system/system-error.ts'

/** What a page of a device that is gone reads, signed. */
const allOnes = -1

export class UioInterrupt implements InterruptSource {
  total: number
  readonly totalKnown: boolean
  errno = 0
  readonly #fd: number
  readonly #path: string
  readonly #hasInterrupt: boolean
  readonly #word = new CallMemory(4)
  readonly #pointer = this.#word.pointer
  readonly #count = new Int32Array(this.#word.buffer)
  /** The stub's own count, which goes up with the device's; undefined for another driver. */
  readonly #page: Region | undefined
  /** What the device counted and the page did not: constant, and 0 unless the stub says otherwise. */
  readonly #ahead: number

  /** `page` is the stub's events page. */
  constructor(
    fd: number,
    path: string,
    eventCountPath: string,
    hasInterrupt: boolean,
    page: Region | undefined,
  ) {
    this.#fd = fd
    this.#path = path
    this.#hasInterrupt = hasInterrupt
    this.#page = page
    const readTotal = (): number | undefined => readEventCount(eventCountPath)
    if (page === undefined) {
      const total = readTotal()
      this.totalKnown = total !== undefined
      this.total = total ?? 0
      this.#ahead = 0
      return
    }
    const matched = matchCounts(readTotal, () => page.readSigned32(eventsPage.count))
    this.totalKnown = true
    this.total = matched.total
    this.#ahead = matched.ahead
  }

  peek(): boolean {
    if (this.#page === undefined) return false
    const noted = this.#page.readSigned32(eventsPage.count)
    // a device that went away in this moment: the read will tell. As a count it is as good as never, and as well read
    if (noted === allOnes) return false
    this.total = (noted + this.#ahead) | 0
    return true
  }

  take(): Taken {
    if (read(this.#fd, this.#pointer, 4) === 4) {
      // one source of the total, or an interrupt between the two would be told twice
      if (!this.peek()) this.total = this.#count[0] as number
      return taken.count
    }
    this.errno = lastErrno()
    if (this.errno === errnoNumber.EAGAIN) return taken.nothing
    // the kernel answers EIO both without an interrupt line and after an unbind
    return this.errno === errnoNumber.EIO && this.#hasInterrupt ? taken.gone : taken.failed
  }

  control(on: boolean): void {
    this.#count[0] = on ? 1 : 0
    const errno = writeIrqControl(this.#fd, this.#pointer, this.#hasInterrupt)
    if (errno === 0) return
    const at = `write(${this.#path})`
    if (errno === errnoNumber.ENODEV) throw new DualportError('DP_UIO_GONE', { at })
    if (errno === errnoNumber.ENOSYS) throw new DualportError('DP_UIO_NO_IRQCONTROL', { at })
    if (errno === errnoNumber.EIO) throw new DualportError('DP_UIO_NO_INTERRUPT', { at })
    throw systemError('write', this.#path, errno)
  }
}
