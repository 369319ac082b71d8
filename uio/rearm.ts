/**
 * Letting the next interrupt through, a class for each way of kernel-drivers.ts. Cyclic: each makes one system call at
 * most, allocates nothing and throws nothing.
 */
import type { RearmFile } from './device.ts'
import { writeIrqControl } from './irq-control.ts'
import type { Region } from './region.ts'
import { pwrite } from './system/file.ts'
import { lastErrno } from './system/libc.ts'
import { CallMemory } from './system/memory.ts'

export interface Rearmer {
  /** 0, or errno; ENODEV: the device is gone. */
  rearm(): number
}

/** irqcontrol(1) of a real device. */
export class IrqControlRearm implements Rearmer {
  readonly #fd: number
  readonly #hasInterrupt: boolean
  readonly #one = new CallMemory(4)
  readonly #pointer = this.#one.pointer

  constructor(fd: number, hasInterrupt: boolean) {
    this.#fd = fd
    this.#hasInterrupt = hasInterrupt
    new Int32Array(this.#one.buffer)[0] = 1
  }

  rearm(): number {
    return writeIrqControl(this.#fd, this.#pointer, this.#hasInterrupt)
  }
}

/**
 * A mask bit in a register of the card. Reading before writing races with nobody: the handler only ever clears this bit,
 * and a source that it masks in between fires again at once.
 */
export class RegisterRearm implements Rearmer {
  readonly #region: Region
  readonly #offset: number
  readonly #set: number
  readonly #isByte: boolean

  constructor(region: Region, offset: number, width: 8 | 32, set: number) {
    this.#region = region
    this.#offset = offset
    // signed: V8 boxes a number of 2^31 and more
    this.#set = set | 0
    this.#isByte = width === 8
  }

  rearm(): number {
    const region = this.#region
    const offset = this.#offset
    if (this.#isByte) region.write8(offset, region.read8(offset) | this.#set)
    else region.write32(offset, region.readSigned32(offset) | this.#set)
    return 0
  }
}

/**
 * A register behind a file of the PCI device: the command register in `config`, or a register of the card in an I/O BAR.
 * Written whole with what it held when the device was opened, since a read of it would be a second call: who changes
 * another of its bits later (bus mastering, in the command register) loses that change here.
 */
export class FileRearm implements Rearmer {
  readonly #fd: number
  readonly #offset: number
  readonly #bytes: number
  readonly #value = new CallMemory(2)
  readonly #pointer = this.#value.pointer

  constructor({ fd, offset, bytes, value }: RearmFile) {
    this.#fd = fd
    this.#offset = offset
    this.#bytes = bytes
    // little endian, as all of PCI: the first byte is the lowest
    new DataView(this.#value.buffer).setUint16(0, value, true)
  }

  rearm(): number {
    const written = pwrite(this.#fd, this.#pointer, this.#bytes, this.#offset)
    return written === this.#bytes ? 0 : lastErrno()
  }
}

/** What the way needs was refused when the device was opened. */
export class RefusedRearm implements Rearmer {
  readonly #errno: number

  constructor(errno: number) {
    this.#errno = errno
  }

  rearm(): number {
    return this.#errno
  }
}
