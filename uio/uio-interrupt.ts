/** The interrupt of a /dev/uioN: read gives the device's total count as 4 bytes, write is irqcontrol. */
import { readFileSync } from 'node:fs'
import { DualportError } from '../errors.ts'
import { eventsPage } from './events-page.ts'
import { taken, type InterruptSource, type Taken } from './interrupt-line.ts'
import type { Region } from './region.ts'
import { read, write } from './system/file.ts'
import { lastErrno } from './system/libc.ts'
import { CallMemory } from './system/memory.ts'
import { errnoNumber, systemError } from './system/system-error.ts'

/** What a page of a device that is gone reads, signed. */
const allOnes = -1
/** Looks at a count that goes on while the other is read from sysfs: a storm of interrupts. */
const maxLooks = 10

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
    const { total, noted } = readBoth(eventCountPath, page)
    // differences are all that matters, where the device's total cannot be known
    this.totalKnown = total !== undefined || page !== undefined
    this.total = total ?? noted
    this.#ahead = (this.total - noted) | 0
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
    if (write(this.#fd, this.#pointer, 4) === 4) return
    const errno = lastErrno()
    const at = `write(${this.#path})`
    if (errno === errnoNumber.ENOSYS) throw new DualportError('DP_UIO_NO_IRQCONTROL', { at })
    if (errno === errnoNumber.EIO) {
      throw new DualportError(this.#hasInterrupt ? 'DP_UIO_GONE' : 'DP_UIO_NO_INTERRUPT', { at })
    }
    if (errno === errnoNumber.EINVAL) throw new DualportError('DP_UIO_GONE', { at })
    throw systemError('write', this.#path, errno)
  }
}

/** The device's count and the page's, of one moment: an interrupt in between would be told twice, or never. */
function readBoth(
  path: string,
  page: Region | undefined,
): { readonly total: number | undefined; readonly noted: number } {
  if (page === undefined) return { total: readTotal(path), noted: 0 }
  let noted = page.readSigned32(eventsPage.count)
  let total = readTotal(path)
  for (let look = 0; look < maxLooks; look++) {
    const now = page.readSigned32(eventsPage.count)
    if (now === noted) break
    noted = now
    total = readTotal(path)
  }
  return { total, noted }
}

/** The sysfs count is printed as a signed decimal. Undefined where it cannot be read. */
function readTotal(path: string): number | undefined {
  try {
    const total = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(total) ? total | 0 : undefined
  } catch {
    return undefined
  }
}
