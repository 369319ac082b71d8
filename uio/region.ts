/**
 * Our view of one map of a card: the only way in to card memory.
 *
 * V8 treats plain typed-array loads as ordinary memory: it narrows `if (u32[r] & 1)` to an 8-bit test, merges two
 * reads of one register and drops a read whose value is unused. A load that is also stored into a private typed array
 * keeps its width and its place; a plain store is one mov of its width. So every read leaves its value in a scratch
 * word, every write is one store of a whole value, and nothing here reads before it writes. `| 0` and `>>> 0` make 0 of
 * what lies outside, and cost nothing inside.
 * The copies are loops, because `set`, `slice` and `copyWithin` call memmove, which takes what widths it likes.
 * Offsets are bytes and must be aligned to the width; out-of-range offsets read 0 and write nothing (typed arrays),
 * so offsets are checked where they are computed, once, not in the cycle.
 */
import type { Register, WritableRegister } from './register-table.ts'

/**
 * Where a region lies. Apart from Region so that its arrays are made where they are declared: a field that a constructor
 * fills was `undefined` before, and V8 takes only a field that is written once for a constant. For a region in a constant
 * it then knows address and length of the memory, which halves what an access costs.
 */
class Extent {
  readonly name: string
  readonly byteLength: number
  protected readonly memory: ArrayBufferLike
  protected readonly byteOffset: number

  /** `memory` is the mapping itself (4-byte aligned, a multiple of 4 long), never a copy. */
  constructor(
    name: string,
    memory: ArrayBufferLike,
    byteOffset = 0,
    byteLength = memory.byteLength - byteOffset,
  ) {
    this.name = name
    this.byteLength = byteLength
    this.memory = memory
    this.byteOffset = byteOffset
  }
}

export class Region extends Extent {
  readonly #u8 = new Uint8Array(this.memory, this.byteOffset, this.byteLength)
  readonly #u16 = new Uint16Array(this.memory, this.byteOffset, this.byteLength >> 1)
  readonly #u32 = new Uint32Array(this.memory, this.byteOffset, this.byteLength >> 2)
  readonly #signed32 = new Int32Array(this.memory, this.byteOffset, this.byteLength >> 2)
  readonly #scratch8 = new Uint8Array(1)
  readonly #scratch16 = new Uint16Array(1)
  readonly #scratch32 = new Uint32Array(1)

  /** A window of this region, on the same memory. */
  window(name: string, byteOffset: number, byteLength: number): Region {
    return new Region(name, this.memory, this.byteOffset + byteOffset, byteLength)
  }

  read8(offset: number): number {
    const value = (this.#u8[offset] as number) | 0
    this.#scratch8[0] = value
    return value
  }

  read16(offset: number): number {
    const value = (this.#u16[offset >> 1] as number) | 0
    this.#scratch16[0] = value
    return value
  }

  /** Unsigned. */
  read32(offset: number): number {
    const value = (this.#u32[offset >> 2] as number) >>> 0
    this.#scratch32[0] = value
    return value
  }

  /**
   * A 32-bit read as a signed number. For the cycle: V8 boxes a number of 2^31 or more (16 bytes) wherever it did not
   * inline the call, a signed one never.
   */
  readSigned32(offset: number): number {
    const value = (this.#signed32[offset >> 2] as number) | 0
    this.#scratch32[0] = value
    return value
  }

  /**
   * A signed 32-bit read that also puts the value into `target`: memory of the caller's own, of which the load takes its
   * certainty instead of from the scratch word, so that a loop which keeps what it reads stores it once. Cyclic.
   */
  take32(offset: number, target: Int32Array, index: number): number {
    const value = (this.#signed32[offset >> 2] as number) | 0
    target[index] = value
    return value
  }

  /** As three times take32, of neighbours; answers the last. One call costs half of what three do. Cyclic. */
  takeThree32(offset: number, target: Int32Array, index: number): number {
    const source = this.#signed32
    const from = offset >> 2
    target[index] = source[from] as number
    target[index + 1] = source[from + 1] as number
    const value = (source[from + 2] as number) | 0
    target[index + 2] = value
    return value
  }

  write8(offset: number, value: number): void {
    this.#u8[offset] = value
  }

  write16(offset: number, value: number): void {
    this.#u16[offset >> 1] = value
  }

  write32(offset: number, value: number): void {
    // the same array as readSigned32's: every other one costs a function its checks anew
    this.#signed32[offset >> 2] = value
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
