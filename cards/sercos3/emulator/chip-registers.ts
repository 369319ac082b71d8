/**
 * The register window as the processor sees it, for two kinds of host.
 *
 * A trapping host (vfio-user) hands over each access: `busRead` and `busWrite`. Plain memory (memfd) traps nothing: a
 * write is found when a word differs from what the chip put there, and `settle` looks. So a word that is written twice
 * between two looks was written once, and a write of the standing value was none. Both ways end in one `#accept`.
 *
 * On plain memory the processor may write at any moment: the chip replaces a word by compare-exchange only, and a word
 * that changed under its hands is first taken as the write that it is. A look takes every changed word before the chip
 * acts on any of them, since a processor writes the parameters of an act before the word that triggers it.
 */
import { maskOf, place } from '../../../uio/bit-field.ts'
import type { BitField, Register, RegisterAccess } from '../../../uio/register-table.ts'
import { identification, registers, rxBase, txBase, windows } from '../registers.ts'

/** What the chip does on a write: `value` in the written byte lanes (`lanes` is their mask), zero elsewhere. */
export type OnWrite = (value: number, lanes: number) => void

const words = windows.registers.size >> 2
const allLanes = -1
/** A look is repeated while it finds something, so that no trigger is taken without what was written before it. */
const mostScans = 4

/** What IDR reads: a master core of version 4. */
export function identificationOf(release: number): number {
  const { ident, type, version, release: releaseField } = registers.idr.bits
  return (
    place(identification.ident, ident) |
    place(identification.typeMaster, type) |
    place(identification.version, version) |
    place(release, releaseField)
  )
}

export class RegisterFile {
  /** The words that the processor sees. */
  readonly #memory: Int32Array
  /** What of them the chip has taken note of. */
  readonly #noted = new Int32Array(words)
  /** What each register reads. */
  readonly #state = new Int32Array(words)
  readonly #writable = new Int32Array(words)
  readonly #clearable = new Int32Array(words)
  readonly #onWrite: (OnWrite | undefined)[] = Array.from({ length: words }, () => undefined)
  readonly #onTrappedWrite: (OnWrite | undefined)[] = Array.from({ length: words }, () => undefined)
  readonly #dataView: DataView
  /** Writes found and not acted on yet, in the order found. A word in here is shown after its act. */
  readonly #foundWords: number[] = []
  readonly #foundValues: number[] = []
  readonly #found = new Uint8Array(words)
  #acting = false
  /** True within a trapped access: the processor is waiting for it, and reads the answer next. */
  trapped = false

  /** `memory` begins with the register window. What stands there counts as written by nobody. */
  constructor(memory: ArrayBufferLike) {
    this.#memory = new Int32Array(memory, windows.registers.offset, words)
    this.#dataView = new DataView(memory, windows.registers.offset, windows.registers.size)
    for (const register of Object.values<Register>(registers)) {
      this.#writable[register.offset >> 2] = maskOfAccess(register, 'rw')
      this.#clearable[register.offset >> 2] = maskOfAccess(register, 'w1c')
    }
    this.#writable.fill(-1, rxBase.offset >> 2, (rxBase.offset >> 2) + 16)
    this.#writable.fill(-1, txBase.offset >> 2, (txBase.offset >> 2) + 16)
    this.clear()
  }

  /** Every register to 0, whatever the processor wrote last. */
  clear(): void {
    this.#state.fill(0)
    this.#noted.fill(0)
    this.#memory.fill(0)
  }

  /** `act` follows every write to `register`, after its plain and write-1-to-clear bits took it. */
  onWrite(register: Register, act: OnWrite): void {
    this.#onWrite[register.offset >> 2] = act
  }

  /** As onWrite, for what only a host that sees each access can know: indexed registers. */
  onTrappedWrite(register: Register, act: OnWrite): void {
    this.#onTrappedWrite[register.offset >> 2] = act
  }

  /** What the register reads, unsigned. */
  get(register: Register): number {
    return (this.#state[register.offset >> 2] as number) >>> 0
  }

  /** As get, by byte offset: for the base pointers, which stand in no table row each. */
  at(offset: number): number {
    return (this.#state[offset >> 2] as number) >>> 0
  }

  /** The chip changes what a register reads: `clear` bits fall, then `set` bits rise. */
  change(register: Register, clear: number, set: number): void {
    const word = register.offset >> 2
    if (Atomics.load(this.#memory, word) !== this.#noted[word]) this.settle()
    this.#state[word] = ((this.#state[word] as number) & ~clear) | set
    this.#show(word)
  }

  /**
   * As change, for a value that hangs on what the processor writes to this register. False: such a write was found and
   * taken instead; the value has to be worked out anew.
   */
  offer(register: Register, clear: number, set: number): boolean {
    const word = register.offset >> 2
    const noted = this.#noted[word] as number
    if (Atomics.load(this.#memory, word) !== noted) {
      this.settle()
      return false
    }
    const before = this.#state[word] as number
    const state = (before & ~clear) | set
    this.#state[word] = state
    if (this.#found[word] !== 0) return true
    if (Atomics.compareExchange(this.#memory, word, noted, state) === noted) {
      this.#noted[word] = state
      return true
    }
    this.#state[word] = before
    this.settle()
    return false
  }

  /** Plain memory: whether there is a write that no look has taken yet. */
  isWritten(register: Register): boolean {
    const word = register.offset >> 2
    return Atomics.load(this.#memory, word) !== this.#noted[word]
  }

  /** Plain memory: takes every write since the last look. */
  settle(): void {
    for (let scan = 0; scan < mostScans && this.#find(); scan++);
    // within an act: the loop below is running, and goes on to what was found
    if (this.#acting) return
    this.#acting = true
    for (let n = 0; n < this.#foundWords.length; n++) {
      const word = this.#foundWords[n] as number
      this.#found[word] = (this.#found[word] as number) - 1
      this.#onWrite[word]?.(this.#foundValues[n] as number, allLanes)
      this.#show(word)
    }
    this.#foundWords.length = 0
    this.#foundValues.length = 0
    this.#acting = false
  }

  /** Trapping host: an aligned access of 8, 16 or 32 bits. */
  busRead(offset: number, width: 8 | 16 | 32): number {
    if (width === 32) return this.#dataView.getUint32(offset, true)
    return width === 16 ? this.#dataView.getUint16(offset, true) : this.#dataView.getUint8(offset)
  }

  /** Trapping host: an aligned access of 8, 16 or 32 bits. The register has answered when this returns. */
  busWrite(offset: number, width: 8 | 16 | 32, value: number): void {
    const word = offset >> 2
    const shift = (offset & 3) * 8
    const lanes = width === 32 ? allLanes : ((1 << width) - 1) << shift
    this.trapped = true
    this.#accept(word, (value << shift) & lanes, lanes)
    this.#onWrite[word]?.((value << shift) & lanes, lanes)
    this.#onTrappedWrite[word]?.((value << shift) & lanes, lanes)
    this.trapped = false
    this.#show(word)
  }

  /** One pass over the words. False: none has changed. */
  #find(): boolean {
    const before = this.#foundWords.length
    for (let word = 0; word < words; word++) {
      const seen = Atomics.load(this.#memory, word)
      if (seen === this.#noted[word]) continue
      this.#noted[word] = seen
      this.#accept(word, seen, allLanes)
      this.#foundWords.push(word)
      this.#foundValues.push(seen)
      this.#found[word] = (this.#found[word] as number) + 1
    }
    return this.#foundWords.length > before
  }

  #accept(word: number, value: number, lanes: number): void {
    const writable = (this.#writable[word] as number) & lanes
    const kept = (this.#state[word] as number) & ~writable
    this.#state[word] = (kept | (value & writable)) & ~(value & (this.#clearable[word] as number))
  }

  #show(word: number): void {
    while (this.#found[word] === 0) {
      const noted = this.#noted[word] as number
      const state = this.#state[word] as number
      if (Atomics.compareExchange(this.#memory, word, noted, state) === noted) {
        this.#noted[word] = state
        return
      }
      this.settle()
    }
  }
}

/** Bits of the register that a write reaches in the given way. Bits that the table does not name are reserved and read 0. */
function maskOfAccess(register: Register, access: RegisterAccess): number {
  if (register.bits === undefined) return register.access === access ? -1 : 0
  const fields = Object.values<BitField>(register.bits)
  const reached = fields.filter(
    (field) => ('access' in field ? field.access : register.access) === access,
  )
  return reached.reduce((mask, field) => mask | maskOf(field), 0)
}
