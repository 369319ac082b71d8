/**
 * The `events` page: what the kernel stub (or the emulated device) saw at each interrupt. One page, read-only here.
 *
 * The stub writes it in the interrupt handler under a sequence word: odd while it writes. Beside the newest interrupt
 * the page keeps the last 64, so that a reader that missed some still learns the acknowledged bits of each: they are
 * sticky for 64 interrupts, for every reader by itself, and `sourceCounts` never forgets how often each bit was seen.
 * 32-bit little-endian words; kmod/events.c writes the same layout and names this file.
 */
import type { Region } from './region.ts'

/** Byte offsets. */
export const eventsPage = {
  bytes: 4096,
  magic: 0x000,
  version: 0x004,
  /** Sequence word: even when the page is whole. */
  sequence: 0x008,
  /** Interrupts acknowledged since the module or emulator started; wraps at 2^32. */
  count: 0x00c,
  /** CLOCK_MONOTONIC of the newest interrupt, ns, low and high word. */
  timeLow: 0x010,
  timeHigh: 0x014,
  /** Bits acknowledged in the newest interrupt. */
  bits: 0x018,
  /** Interrupts masked because the line did not fall (storm protection). */
  masked: 0x01c,
  /** How often each of the 32 status bits was acknowledged. */
  sourceCounts: 0x080,
  /** Ring of the last interrupts; the one of `count` n is at entry n % entries. */
  ring: 0x400,
  entries: 64,
  entryBytes: 16,
  entry: { count: 0, bits: 4, timeLow: 8, timeHigh: 12 },
} as const

export const eventsMagic = 0x44504556 // 'DPEV'
export const eventsVersion = 1

/** Looks at the page that a reader makes before it gives up: a writer is inside for well under a microsecond. */
const maxLooks = 1000

/** True when this region is an events page of a layout that this file knows. */
export function isEventsPage(region: Region): boolean {
  return (
    region.byteLength >= eventsPage.bytes &&
    region.read32(eventsPage.magic) === eventsMagic &&
    region.read32(eventsPage.version) === eventsVersion
  )
}

/** Reads an events page without a system call. Cyclic: allocates nothing. Every reader keeps its own `sinceCount`. */
export class EventsReader {
  /** Interrupts acknowledged since the stub started (not the device's own count); wraps as a signed 32-bit number. */
  count = 0
  /** CLOCK_MONOTONIC of the newest interrupt, ns. */
  timeNs = 0
  /** All bits acknowledged after `sinceCount`, as a signed 32-bit word. */
  bits = 0
  /** False when more interrupts passed since `sinceCount` than the ring holds: `bits` then lacks the oldest. */
  complete = true

  readonly #page: Region
  readonly #fence = new Int32Array(1)

  constructor(page: Region) {
    this.#page = page
    // a double from the start: the field's representation then never changes in the cycle
    this.timeNs = 0.5
    this.timeNs = 0
  }

  /**
   * Takes a whole picture of the page into the fields. False, and no field changed, when the writer stayed inside for
   * a thousand looks: it lost its CPU there, which only an emulated device can.
   */
  read(sinceCount: number): boolean {
    const page = this.#page
    for (let look = 0; look < maxLooks; look++) {
      const before = page.read32(eventsPage.sequence)
      if ((before & 1) !== 0) continue
      this.#orderLoads()
      const count = page.read32(eventsPage.count)
      const low = page.read32(eventsPage.timeLow)
      const high = page.read32(eventsPage.timeHigh)
      const span = (count - sinceCount) >>> 0
      let held = span > eventsPage.entries ? eventsPage.entries : span
      let complete = held === span
      let bits = 0
      for (; held > 0; held--) {
        const number = (count - held + 1) >>> 0
        const entry = eventsPage.ring + (number % eventsPage.entries) * eventsPage.entryBytes
        if (page.read32(entry + eventsPage.entry.count) !== number) complete = false
        else bits |= page.read32(entry + eventsPage.entry.bits)
      }
      this.#orderLoads()
      if (page.read32(eventsPage.sequence) !== before) continue
      // signed words stay small integers in V8: unsigned ones would be boxed from 2^31 on
      this.count = count | 0
      this.timeNs = high * 0x1_0000_0000 + low
      this.bits = bits
      this.complete = complete
      return true
    }
    return false
  }

  /** How often status bit `bit` (0..31) was acknowledged since the stub started; wraps at 2^32. */
  sourceCount(bit: number): number {
    return this.#page.read32(eventsPage.sourceCounts + bit * 4)
  }

  /** Interrupts masked because the line did not fall. */
  get masked(): number {
    return this.#page.read32(eventsPage.masked)
  }

  /** Plain loads may overtake each other on processors other than x86; an atomic read-modify-write of a private word keeps them apart. */
  #orderLoads(): void {
    Atomics.add(this.#fence, 0, 1)
  }
}

/** Makes a page of zeros an events page with no interrupts yet. */
export function startEventsPage(page: ArrayBufferLike): void {
  const words = new Int32Array(page, 0, eventsPage.bytes / 4)
  words[eventsPage.version / 4] = eventsVersion
  words[eventsPage.magic / 4] = eventsMagic
}

/** The emulated device's side: the same acts in the same order as the stub's interrupt handler. One writer at a time. */
export class EventsWriter {
  readonly #words: Int32Array
  #count: number

  /** `page` is ordinary shared memory; the count goes on from what it holds. */
  constructor(page: ArrayBufferLike) {
    this.#words = new Int32Array(page, 0, eventsPage.bytes / 4)
    this.#count = (this.#words[eventsPage.count / 4] as number) >>> 0
  }

  /**
   * Notes one interrupt: its acknowledged bits and its CLOCK_MONOTONIC time, ns. Allocates nothing; the time comes in
   * an object because a double argument would be boxed.
   */
  record(bits: number, time: { readonly ns: number }): void {
    const words = this.#words
    const timeNs = time.ns
    const timeHigh = Math.floor(timeNs / 0x1_0000_0000)
    const timeLow = timeNs - timeHigh * 0x1_0000_0000
    const count = (this.#count + 1) >>> 0
    this.#count = count
    Atomics.add(words, eventsPage.sequence / 4, 1)
    const entry = (eventsPage.ring + (count % eventsPage.entries) * eventsPage.entryBytes) >> 2
    words[entry + eventsPage.entry.count / 4] = count
    words[entry + eventsPage.entry.bits / 4] = bits
    words[entry + eventsPage.entry.timeLow / 4] = timeLow
    words[entry + eventsPage.entry.timeHigh / 4] = timeHigh
    for (let bit = 0; bit < 32; bit++) {
      if (((bits >>> bit) & 1) === 0) continue
      const at = eventsPage.sourceCounts / 4 + bit
      words[at] = (words[at] as number) + 1
    }
    words[eventsPage.timeLow / 4] = timeLow
    words[eventsPage.timeHigh / 4] = timeHigh
    words[eventsPage.bits / 4] = bits
    words[eventsPage.count / 4] = count
    Atomics.add(words, eventsPage.sequence / 4, 1)
  }
}
