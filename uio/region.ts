/**
 * Our view of one map of a card: the only way in to card memory.
 *
 * V8 treats plain typed-array loads as ordinary memory: it narrows `if (u32[r] & 1)` to an 8-bit test, merges two
 * reads of one register and drops a read whose value is unused. A load that is stored into a private typed array
 * first keeps its width and its place; a plain store is one mov of its width. So every read goes through a scratch
 * word, every write is one store of a whole value, and nothing here reads before it writes.
 * Offsets are bytes and must be aligned to the width; out-of-range offsets read 0 and write nothing (typed arrays),
 * so offsets are checked where they are computed, once, not in the cycle.
 */
import type { Register, WritableRegister } from './register-table.ts'

export class Region {
  readonly name: string
  readonly byteLength: number
  readonly #u8: Uint8Array
  readonly #u16: Uint16Array
  readonly #u32: Uint32Array
  readonly #scratch8 = new Uint8Array(1)
  readonly #scratch16 = new Uint16Array(1)
  readonly #scratch32 = new Uint32Array(1)

  /** `memory` is the mapping itself (4-byte aligned, a multiple of 4 long), never a copy. */
  constructor(
    name: string,
    memory: ArrayBufferLike,
    byteOffset = 0,
    byteLength = memory.byteLength - byteOffset,
  ) {
    this.name = name
    this.byteLength = byteLength
    this.#u8 = new Uint8Array(memory, byteOffset, byteLength)
    this.#u16 = new Uint16Array(memory, byteOffset, byteLength >> 1)
    this.#u32 = new Uint32Array(memory, byteOffset, byteLength >> 2)
  }

  /** A window of this region, on the same memory. */
  window(name: string, byteOffset: number, byteLength: number): Region {
    return new Region(name, this.#u8.buffer, this.#u8.byteOffset + byteOffset, byteLength)
  }

  read8(offset: number): number {
    this.#scratch8[0] = this.#u8[offset] as number
    return this.#scratch8[0]
  }

  read16(offset: number): number {
    this.#scratch16[0] = this.#u16[offset >> 1] as number
    return this.#scratch16[0]
  }

  /** Unsigned. */
  read32(offset: number): number {
    this.#scratch32[0] = this.#u32[offset >> 2] as number
    return this.#scratch32[0]
  }

  write8(offset: number, value: number): void {
    this.#u8[offset] = value
  }

  write16(offset: number, value: number): void {
    this.#u16[offset >> 1] = value
  }

  write32(offset: number, value: number): void {
    this.#u32[offset >> 2] = value
  }

  /** Reads a register at the width its table row gives. */
  read(register: Register): number {
    if (register.width === 32) return this.read32(register.offset)
    return register.width === 16 ? this.read16(register.offset) : this.read8(register.offset)
  }

  /** Writes a whole register at the width its table row gives. */
  write(register: WritableRegister, value: number): void {
    if (register.width === 32) this.write32(register.offset, value)
    else if (register.width === 16) this.write16(register.offset, value)
    else this.write8(register.offset, value)
  }
}
