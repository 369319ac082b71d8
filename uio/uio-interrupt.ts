/** The interrupt of a /dev/uioN: read gives the device's total count as 4 bytes, write is irqcontrol. */
import { readFileSync } from 'node:fs'
import { DualportError } from '../errors.ts'
import { taken, type InterruptSource, type Taken } from './interrupt-line.ts'
import { read, write } from './system/file.ts'
import { lastErrno } from './system/libc.ts'
import { CallMemory } from './system/memory.ts'
import { errnoNumber, systemError } from './system/system-error.ts'

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

  constructor(fd: number, path: string, eventCountPath: string, hasInterrupt: boolean) {
    this.#fd = fd
    this.#path = path
    this.#hasInterrupt = hasInterrupt
    const total = readTotal(eventCountPath)
    this.totalKnown = total !== undefined
    this.total = total ?? 0
  }

  take(): Taken {
    if (read(this.#fd, this.#pointer, 4) === 4) {
      this.total = this.#count[0] as number
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

/** The sysfs count is printed as a signed decimal. Undefined where it cannot be read. */
function readTotal(path: string): number | undefined {
  try {
    const total = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(total) ? total | 0 : undefined
  } catch {
    return undefined
  }
}
