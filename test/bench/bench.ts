/** What a bench is, and what it says in the end. */
import { cpus, release } from 'node:os'
import type { Quantiles, Times } from './quantiles.ts'

export type Goal = Partial<Quantiles>

export type BenchResult = {
  readonly bench: string
  readonly verdict: string
  readonly [more: string]: unknown
}

/** Of a bench that takes times. */
export type TimedResult = BenchResult & {
  /** Quantile by quantile, TypeScript to its C twin; absent when the bench was skipped. */
  readonly ratio?: Quantiles
  /** SCHED_FIFO was granted to the card and to every task. */
  readonly rt: boolean
  /** Per task. */
  readonly samples: number
  readonly node: string
}

export type BenchOptions = {
  /** Samples of each task. */
  readonly samples: number
  readonly log: (line: string) => void
}

export type Bench = {
  readonly about: string
  /** Runs when no bench is named. */
  readonly usual: boolean
  readonly run: (options: BenchOptions) => Promise<BenchResult>
}

/** Why a bench gives no figures. */
export function skipped(bench: string, why: string): TimedResult {
  return { bench, rt: false, samples: 0, node: process.versions.node, verdict: `skipped: ${why}` }
}

/** Goals hold under SCHED_FIFO only: without it the scheduler is what is measured. */
export function verdictOf(
  ratio: Quantiles,
  goal: Goal,
  rt: boolean,
  others: string[] = [],
): string {
  if (!rt) return 'no verdict: SCHED_FIFO was not granted'
  const missed = [...others]
  for (const key of ['p50', 'p99', 'p999'] as const) {
    const most = goal[key]
    if (most !== undefined && !(ratio[key] <= most)) missed.push(`${key} ${ratio[key]} > ${most}`)
  }
  return missed.length === 0 ? 'goals met' : `missed: ${missed.join(', ')}`
}

/** A table row of absolute times, us. */
export function timesRow(name: string, { p50, p99, p999, max }: Times): string {
  return (
    name.padEnd(nameWidth) +
    [p50, p99, p999, max].map((ns) => column((ns / 1000).toFixed(2))).join('')
  )
}

const nameWidth = 28

export function timesHead(): string {
  return 'us'.padEnd(nameWidth) + ['p50', 'p99', 'p99.9', 'max'].map(column).join('')
}

function column(text: string): string {
  return text.padStart(10)
}

/** What the absolute times belong to. */
export function machineLine(): string {
  const all = cpus()
  return `${all.length} x ${all[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.versions.node}`
}
