/** Quantiles of latencies, and ratios of two tasks that took turns. */

export type Quantiles = { readonly p50: number; readonly p99: number; readonly p999: number }
/** Of absolute times, which are shown but never judged, also the longest. */
export type Times = Quantiles & { readonly max: number }
const shares = { p50: 0.5, p99: 0.99, p999: 0.999 } as const
const keys = ['p50', 'p99', 'p999'] as const

/** Nearest rank. */
export function quantiles(samples: Int32Array): Times {
  const sorted = samples.toSorted()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
  return { p50: at(shares.p50), p99: at(shares.p99), p999: at(shares.p999), max: at(1) }
}

/** Samples of the tasks that took turns: `blocks[n][task]`. */
export type Blocks = readonly (readonly Int32Array[])[]

export function pooled(blocks: Blocks, task: number): Int32Array {
  const parts = blocks.map((block) => block[task] ?? new Int32Array())
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const mostGroups = 9
/** Below it the p99 of a group is the luck of a handful of samples. */
const leastGroupSamples = 2000

/**
 * Ratio of each quantile of task `a` to that of task `b`: the median over groups of neighbouring blocks, so that a burst
 * of something else on the machine, which hits one group, does not decide.
 */
export function medianRatio(blocks: Blocks, a: number, b: number): Quantiles {
  const samples = pooled(blocks, a).length
  const groups = Math.max(1, Math.min(mostGroups, Math.floor(samples / leastGroupSamples)))
  const perGroup = Math.ceil(blocks.length / groups)
  const ratios: Quantiles[] = []
  for (let first = 0; first < blocks.length; first += perGroup) {
    const group = blocks.slice(first, first + perGroup)
    const [of, to] = [quantiles(pooled(group, a)), quantiles(pooled(group, b))]
    ratios.push({ p50: of.p50 / to.p50, p99: of.p99 / to.p99, p999: of.p999 / to.p999 })
  }
  const median = (key: keyof Quantiles) => {
    const sorted = ratios.map((ratio) => ratio[key]).toSorted((x, y) => x - y)
    const middle = sorted.length >> 1
    const high = sorted[middle] ?? Number.NaN
    return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2
  }
  return { p50: median('p50'), p99: median('p99'), p999: median('p999') }
}

/** To hundredths, for people and for the JSON line. */
export function rounded(ratio: Quantiles): Quantiles {
  const [p50, p99, p999] = keys.map((key) => Math.round(ratio[key] * 100) / 100)
  return { p50: p50 ?? Number.NaN, p99: p99 ?? Number.NaN, p999: p999 ?? Number.NaN }
}

/** What a card printed, block by block, in the order of the tasks. */
export function splitBlocks(
  all: Int32Array,
  blocks: number,
  tasks: number,
  samplesPerBlock: number,
): Blocks {
  const expected = blocks * tasks * samplesPerBlock
  if (all.length !== expected) throw new Error(`${all.length} samples, expected ${expected}`)
  return Array.from({ length: blocks }, (_, n) =>
    Array.from({ length: tasks }, (_unused, task) => {
      const at = (n * tasks + task) * samplesPerBlock
      return all.subarray(at, at + samplesPerBlock)
    }),
  )
}
