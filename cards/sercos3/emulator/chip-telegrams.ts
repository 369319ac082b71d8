/**
 * Telegrams out of Tx RAM and into Rx RAM, as the descriptors say and in 16-bit words, as the chip's RAM is built.
 *
 * A descriptor list is the processor's and may hold anything: a list ends at its end-of-telegram descriptor or at the
 * end of its RAM, and a range that leaves its RAM or the telegram is cut there. The chip looks at the Tx enable bit of
 * an index entry and ignores the one of Rx; of the Rx entries it follows those of ATs alone (SICE_RX.c).
 */
import { extract, maskOf } from '../../../uio/bit-field.ts'
import { descriptor, indexTable, registers, rxBase, txBase, windows } from '../registers.ts'
import { payloadMaxBytes, payloadMinBytes } from '../telegram.ts'
import type { RegisterFile } from './chip-registers.ts'
import type { CycleTelegrams, Mst } from './slave.ts'

const bits = descriptor.bits
const { txType, rxType } = descriptor
const firstMask = maskOf(indexTable.bits.first)
const offsetMask = maskOf(bits.bufferOffset)
const telegrams = 4

/** Telegrams that the chip itself keeps, payload bytes and the same bytes as words. */
export class TelegramSet implements CycleTelegrams {
  readonly mst: Mst
  readonly channel: 'P' | 'S'
  readonly mdt: Uint8Array[]
  readonly at: Uint8Array[]
  readonly #words: Uint16Array[]

  constructor(mst: Mst, channel: 'P' | 'S') {
    this.mst = mst
    this.channel = channel
    const buffers = Array.from({ length: 2 * telegrams }, () => new ArrayBuffer(payloadMaxBytes))
    this.#words = buffers.map((buffer) => new Uint16Array(buffer))
    this.mdt = buffers.slice(0, telegrams).map((buffer) => new Uint8Array(buffer, 0, 0))
    this.at = buffers.slice(telegrams).map((buffer) => new Uint8Array(buffer, 0, 0))
  }

  /** Words of telegram `index` (MDT0..3, AT0..3), to its greatest length. */
  words(index: number): Uint16Array {
    return this.#words[index] as Uint16Array
  }

  length(index: number): number {
    return this.#list(index)[index % telegrams]?.length ?? 0
  }

  /** A view is made only when a length changes: that is at a change of phase, not in the cycle. */
  setLength(index: number, bytes: number): void {
    if (this.length(index) === bytes) return
    const buffer = this.words(index).buffer
    this.#list(index)[index % telegrams] = new Uint8Array(buffer, 0, bytes)
  }

  /** The bytes of `other`, whose MST it shares. */
  copyFrom(other: TelegramSet): void {
    for (let index = 0; index < 2 * telegrams; index++) {
      this.setLength(index, other.length(index))
      this.words(index).set(other.words(index))
    }
  }

  #list(index: number): Uint8Array[] {
    return index < telegrams ? this.mdt : this.at
  }
}

export class TelegramRam {
  readonly #file: RegisterFile
  readonly #tx32: Int32Array
  readonly #tx16: Uint16Array
  readonly #rx32: Int32Array
  readonly #rx16: Uint16Array
  /** Rx copies every n-th word: 2 while the tornWrite fault lasts. */
  wordStep = 1

  constructor(file: RegisterFile, memory: ArrayBufferLike) {
    this.#file = file
    this.#tx32 = new Int32Array(memory, windows.tx.offset, windows.tx.size >> 2)
    this.#tx16 = new Uint16Array(memory, windows.tx.offset, windows.tx.size >> 1)
    this.#rx32 = new Int32Array(memory, windows.rx.offset, windows.rx.size >> 2)
    this.#rx16 = new Uint16Array(memory, windows.rx.offset, windows.rx.size >> 1)
  }

  /**
   * Builds telegram `index` for `port` from the given buffers of systems A and B. Its length is 0 afterwards when its
   * index entry is not enabled or its list has no end.
   */
  build(set: TelegramSet, index: number, port: 1 | 2, bufferA: number, bufferB: number): void {
    const table = extract(this.#file.get(registers.decr), registers.decr.bits.tx)
    const entry = this.#tx32[(table >> 2) + index] ?? 0
    if ((entry & 1) === 0) {
      set.setLength(index, 0)
      return
    }
    const words = set.words(index)
    words.fill(0)
    let start = 0
    let source = 0
    for (let at = (entry & firstMask) >> 2; at < this.#tx32.length; at++) {
      const word = this.#tx32[at] as number
      const type = word >>> 28
      const offset = (word >>> 16) & 0x7ff
      if (type === txType.endOfTelegram) {
        set.setLength(index, Math.min(Math.max(offset, payloadMinBytes), payloadMaxBytes))
        return
      }
      if ((type & 1) === 0) {
        start = offset
        source = word & offsetMask
        continue
      }
      const base = this.#txBaseOf(type, word, port, bufferA, bufferB)
      if (base >= 0)
        copy(this.#tx16, (base + source) >> 1, words, start >> 1, length(start, offset))
    }
    set.setLength(index, 0)
  }

  /** Puts telegram AT `number` that came in on `port` into Rx RAM, real-time data into the given buffers of systems A and B. */
  receive(set: TelegramSet, number: number, port: 1 | 2, bufferA: number, bufferB: number): void {
    const table = extract(this.#file.get(registers.decr), registers.decr.bits.rx)
    const index = indexTable.at + number
    const entry = this.#rx32[(table >> 2) + index] ?? 0
    const words = set.words(index)
    let start = 0
    let target = 0
    for (let at = (entry & firstMask) >> 2; at < this.#rx32.length; at++) {
      const word = this.#rx32[at] as number
      const type = word >>> 28
      const offset = (word >>> 16) & 0x7ff
      if (type === rxType.endOfTelegram) return
      if ((type & 1) === 0) {
        start = offset
        target = word & offsetMask
        continue
      }
      const within = Math.min(length(start, offset), (set.length(index) - start) >> 1)
      const base = this.#rxBaseOf(type, word, port, bufferA, bufferB)
      if (base >= 0) {
        copy(words, start >> 1, this.#rx16, (base + target) >> 1, within, this.wordStep)
      }
      if (type >= rxType.portEnd) {
        const toTx = this.#base(rxBase, port === 1 ? rxBase.p1ToTx : rxBase.p2ToTx)
        copy(words, start >> 1, this.#tx16, (toTx + target) >> 1, within)
      }
    }
  }

  #base(table: { readonly offset: number }, index: number): number {
    return this.#file.at(table.offset + 4 * index)
  }

  /** Base pointer of a Tx range, -1 for a type that takes nothing from RAM. */
  #txBaseOf(type: number, word: number, port: 1 | 2, bufferA: number, bufferB: number): number {
    if (type === txType.svcEnd) return this.#base(txBase, txBase.svc)
    if (type === txType.portEnd) {
      return this.#base(txBase, port === 1 ? txBase.port1 : txBase.port2)
    }
    if (type !== txType.rtEnd) return -1
    return this.#base(txBase, systemOf(word) === 0 ? txBase.a + bufferA : txBase.b + bufferB)
  }

  /** Base pointer of an Rx range in Rx RAM, -1 for a type that goes to Tx RAM alone. */
  #rxBaseOf(type: number, word: number, port: 1 | 2, bufferA: number, bufferB: number): number {
    if (type === rxType.svcEnd) {
      return this.#base(rxBase, port === 1 ? rxBase.p1Svc : rxBase.p2Svc)
    }
    // 15: as rtAndTxEnd, with the data-field-delay mark
    if (type !== rxType.rtEnd && type !== rxType.rtAndTxEnd && type !== 15) return -1
    if (systemOf(word) === 0) {
      return this.#base(rxBase, (port === 1 ? rxBase.p1A : rxBase.p2A) + bufferA)
    }
    return this.#base(rxBase, (port === 1 ? rxBase.p1B : rxBase.p2B) + bufferB)
  }
}

function systemOf(word: number): number {
  return (word >>> 14) & 3
}

/** Words of a range: an end descriptor names the last word. */
function length(start: number, end: number): number {
  return (end - start + 2) >> 1
}

/** Copies words, cut at the end of either array. */
function copy(
  from: Uint16Array,
  fromWord: number,
  to: Uint16Array,
  toWord: number,
  words: number,
  step = 1,
): void {
  const count = Math.min(words, from.length - fromWord, to.length - toWord)
  for (let word = 0; word < count; word += step) to[toWord + word] = from[fromWord + word] as number
}
