/**
 * A histogram of durations in shared memory: the cyclic worker adds without allocating, the main thread takes windows.
 *
 * Buckets are logarithmic with 16 steps per octave, so a quantile is at most 1/16 above the value it stands for;
 * below 16 ns buckets are exact. The largest duration is kept exactly in a word of its own. Counts wrap at 2^32:
 * differences between two snapshots survive the wrap, the counts do not.
 */
import type { Quantiles } from '../machine-types.ts'

const stepBits = 4
const steps = 1 << stepBits
/** Durations are clamped to 0 .. 2^31 - 1 ns (2.1 s). */
const longest = 0x7fff_ffff
const buckets = (31 - stepBits + 1) * steps
/** Bytes of one histogram: its buckets, the maximum and a pad. */
export const histogramBytes = (buckets + 2) * 4

function bucketOf(ns: number): number {
  if (ns < steps) return ns
  const octave = 31 - Math.clz32(ns)
  return (octave - stepBits + 1) * steps + ((ns >>> (octave - stepBits)) & (steps - 1))
}

/** The largest duration that falls into a bucket. */
function upperBound(bucket: number): number {
  if (bucket < steps) return bucket
  const octave = Math.floor(bucket / steps) + stepBits - 1
  const step = bucket % steps
  return 2 ** octave + (step + 1) * 2 ** (octave - stepBits) - 1
}

export class Histogram {
  readonly #counts: Uint32Array
  readonly #max: Int32Array

  constructor(memory: SharedArrayBuffer, byteOffset = 0) {
    this.#counts = new Uint32Array(memory, byteOffset, buckets)
    this.#max = new Int32Array(memory, byteOffset + buckets * 4, 1)
  }

  /** Cyclic. `ns` below 0 counts as 0. */
  add(ns: number): void {
    const clamped = ns > 0 ? (ns < longest ? Math.trunc(ns) : longest) : 0
    const bucket = bucketOf(clamped)
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    // a plain read will do: main stores nothing but takeMax's 0, and sees the next maximum later at worst
    if (clamped > (this.#max[0] as number)) Atomics.store(this.#max, 0, clamped)
  }

  copyTo(target: Uint32Array): void {
    target.set(this.#counts)
  }

  /** The maximum since the last call. */
  takeMax(): number {
    return Atomics.exchange(this.#max, 0, 0)
  }
}

/** Quantiles of what was added between two calls of `take`. For the main thread. */
export class HistogramWindow {
  readonly #histogram: Histogram
  #before = new Uint32Array(buckets)
  #now = new Uint32Array(buckets)

  constructor(histogram: Histogram) {
    this.#histogram = histogram
  }

  /** All 0 when nothing was added. */
  take(): Quantiles {
    this.#histogram.copyTo(this.#now)
    const max = this.#histogram.takeMax()
    const before = this.#before
    const now = this.#now
    let total = 0
    for (let k = 0; k < buckets; k++) {
      before[k] = (now[k] as number) - (before[k] as number)
      total += before[k] as number
    }
    const taken: Quantiles = {
      p50: quantile(before, total, 0.5, max),
      p99: quantile(before, total, 0.99, max),
      p999: quantile(before, total, 0.999, max),
      max,
    }
    this.#before = now
    this.#now = before
    return taken
  }
}

function quantile(counts: Uint32Array, total: number, share: number, max: number): number {
  const rank = Math.ceil(total * share)
  let seen = 0
  for (let k = 0; k < buckets; k++) {
    seen += counts[k] as number
    if (seen >= rank && seen > 0) return Math.min(upperBound(k), max)
  }
  return 0
}
