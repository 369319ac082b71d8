/**
 * kernel: what direct access to a card is worth. In a guest whose time advances by one nanosecond an instruction, the
 * instructions from the interrupt to the outputs in the card: by a driver that copies, by the kernel's own UIO driver
 * and by our stub, in C and in TypeScript.
 *
 * An access to the card counts as one instruction, as every other does: on a real bus it takes longer than hundreds of
 * them. All drivers make the same accesses to the images, so the differences hold; the shares of real time are smaller.
 */
import { CannotRun } from '../kernel/run-command.ts'
import type { BenchOptions, BenchResult } from './bench.ts'
import {
  comparisonLines,
  kernelVerdict,
  rowOf,
  savings,
  spreadOf,
  tableHead,
  tableRow,
} from './kernel/figures.ts'
import { measureKernel, type Measured } from './kernel/measure.ts'

/** A span repeats to the instruction, but for the timer's ticks: more cycles tell nothing more. */
const mostCycles = 200

export async function kernel({ samples, log }: BenchOptions): Promise<BenchResult> {
  try {
    const cycles = Math.min(samples, mostCycles)
    return report(await measureKernel(cycles, (text) => console.error(`  ${text}`)), log)
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error
    return { bench: 'kernel', verdict: `skipped: ${error.message}` }
  }
}

function report(counted: Measured, log: (line: string) => void): BenchResult {
  const { least, median: wake, p99 } = spreadOf(counted.wake)
  const rows = counted.rows.map((row) => rowOf(row, wake))
  log(
    `wake: ${wake} instructions from the interrupt to the return of a bare read (least ${least}, p99 ${p99})`,
  )
  log(tableHead())
  for (const row of counted.rows) log(tableRow(row, wake))
  for (const line of comparisonLines(rows)) log(line)
  return { bench: 'kernel', wake, rows, saving: savings(rows), verdict: kernelVerdict(rows) }
}
