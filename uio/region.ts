/**
 * Our view of one map of a card: the only way in to card memory.
 *
 * V8 treats plain typed-array loads as ordinary memory: it narrows `if (u32[r] & 1)` to an 8-bit test, merges two
 * reads of one register and drops a read whose value is unused. A load that is stored into a private typed array
 * first keeps its width and its place; a plain store is one mov of its width. So every read goes through a scratch
 * word, every write is one store of a whole value, and nothing here reads before it writes.
 * The copies are loops, because `set`, `slice` and `copyWithin` call memmove, which takes what widths it likes.
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
  readonly #scratchSigned32 = new Int32Array(1)

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

  /**
   * A 32-bit read as a signed number. For the cycle: V8 boxes a number of 2^31 or more (16 bytes) wherever it did not
   * inline the call, a signed one never.
   */
  readSigned32(offset: number): number {
    this.#scratchSigned32[0] = this.#u32[offset >> 2] as number
    return this.#scratchSigned32[0]
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

  /** Copies `words` words of 32 bits from here to the start of `target`, one load and one store each. Cyclic. */
  copyIn32(offset: number, target: Uint32Array, words: number): void {
    const source = this.#u32
    let from = offset >> 2
    let to = 0
    for (; to + 8 <= words; to += 8, from += 8) {
      target[to] = source[from] as number
      target[to + 1] = source[from + 1] as number
      target[to + 2] = source[from + 2] as number
      target[to + 3] = source[from + 3] as number
      target[to + 4] = source[from + 4] as number
      target[to + 5] = source[from + 5] as number
      target[to + 6] = source[from + 6] as number
      target[to + 7] = source[from + 7] as number
    }
    for (; to < words; to++, from++) target[to] = source[from] as number
  }

  /** Copies `words` words of 32 bits from the start of `source` to here, one load and one store each. Cyclic. */
  copyOut32(offset: number, source: Uint32Array, words: number): void {
    const target = this.#u32
    let to = offset >> 2
    let from = 0
    for (; from + 8 <= words; from += 8, to += 8) {
      target[to] = source[from] as number
      target[to + 1] = source[from + 1] as number
      target[to + 2] = source[from + 2] as number
      target[to + 3] = source[from + 3] as number
      target[to + 4] = source[from + 4] as number
      target[to + 5] = source[from + 5] as number
      target[to + 6] = source[from + 6] as number
      target[to + 7] = source[from + 7] as number
    }
    for (; from < words; from++, to++) target[to] = source[from] as number
  }

  /** Copies `words` words of 16 bits from here to the start of `target`, one load and one store each. Cyclic. */
  copyIn16(offset: number, target: Uint16Array, words: number): void {
    const source = this.#u16
    let from = offset >> 1
    let to = 0
    for (; to + 8 <= words; to += 8, from += 8) {
      target[to] = source[from] as number
      target[to + 1] = source[from + 1] as number
      target[to + 2] = source[from + 2] as number
      target[to + 3] = source[from + 3] as number
      target[to + 4] = source[from + 4] as number
      target[to + 5] = source[from + 5] as number
      target[to + 6] = source[from + 6] as number
      target[to + 7] = source[from + 7] as number
    }
    for (; to < words; to++, from++) target[to] = source[from] as number
  }

  /** Copies `words` words of 16 bits from the start of `source` to here, one load and one store each. Cyclic. */
  copyOut16(offset: number, source: Uint16Array, words: number): void {
    const target = this.#u16
    let to = offset >> 1
    let from = 0
    for (; from + 8 <= words; from += 8, to += 8) {
      target[to] = source[from] as number
      target[to + 1] = source[from + 1] as number
      target[to + 2] = source[from + 2] as number
      target[to + 3] = source[from + 3] as number
      target[to + 4] = source[from + 4] as number
      target[to + 5] = source[from + 5] as number
      target[to + 6] = source[from + 6] as number
      target[to + 7] = source[from + 7] as number
    }
    for (; from < words; from++, to++) target[to] = source[from] as number
  }
}
