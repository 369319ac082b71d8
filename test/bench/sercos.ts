/**
 * sercos: what the driver's work in a cycle costs by the number of drives, against a C twin that accesses the same words
 * of the card and checks the same of each device; the same with the wait that a cycle begins with, two system calls in
 * both languages; and how much of a run-up is the protocol's own waiting. The goals are judged on the work alone: beside
 * system calls, which cost both the same, it would look better than it is.
 */
import { Worker } from 'node:worker_threads'
import { type Bench, type BenchOptions, type BenchResult, skipped } from './bench.ts'
import { buildNative } from './build-native.ts'
import { fitLine, median } from './linear-fit.ts'
import { measureRunUp } from './run-up.ts'
import type { BlockResult, RowOrder, RowSetup } from './sercos-row.ts'

const goal = { ratio: 1.6, r2: 0.99 }
const driveCounts = [1, 4, 16, 64] as const
const samplesPerBlock = 1000
const runUpDrives = 16

export const sercos: Bench = {
  about: 'the driver in a cycle with 1 to 64 drives, against C; a run-up in simulated time',
  usual: false,
  run: sercosBench,
}

async function sercosBench({ samples, log }: BenchOptions): Promise<BenchResult> {
  const program = buildNative('sercos')
  if (program === undefined) return skipped('sercos', 'no gcc for the C twin')
  const blocks = Math.ceil(samples / samplesPerBlock)
  const turns = driveCounts.map((drives) => new Row({ program, drives }))
  // all rows in turns, so that what else the machine does befalls them alike
  for (let n = 0; n < blocks; n++) for (const row of turns) await row.runBlock()
  log('drives    the work: TypeScript and C           with the wait: TypeScript and C')
  const rows = turns.map(({ drives, results }) => ({
    drives,
    ...compared(results.map(({ workTs, workC }) => [workTs, workC])),
    withWait: compared(results.map(({ ts, c }) => [ts, c])),
  }))
  for (const row of rows) {
    const columns = [row, row.withWait].flatMap(({ tsNs, cNs, ratio }) => [
      `${tsNs} ns`,
      `${cNs} ns`,
      String(ratio),
    ])
    log(String(row.drives).padStart(6) + columns.map((text) => text.padStart(13)).join(''))
  }
  for (const row of turns) await row.end()
  const { r2, slope } = fitLine(rows.map(({ drives, tsNs }) => [drives, tsNs]))
  const linear = { r2: round(r2, 4), nsPerDrive: round(slope, 2) }
  log(`the work is linear in drives: r2 ${linear.r2}, ${linear.nsPerDrive} ns a drive`)
  const runUp = measureRunUp(runUpDrives)
  log(
    `run-up of ${runUpDrives} drives at 1 ms: ${runUp.totalMs} ms of the bus, of them ${runUp.protocolMs} ms the protocol's, ${runUp.driverMs} ms ours`,
  )
  const missed = rows
    .filter(({ ratio }) => !(ratio <= goal.ratio))
    .map(({ drives, ratio }) => `${drives} drives ${ratio} > ${goal.ratio}`)
  if (!(r2 >= goal.r2)) missed.push(`r2 ${linear.r2} < ${goal.r2}`)
  return {
    bench: 'sercos',
    rows,
    linear,
    runUp,
    blocks,
    node: process.versions.node,
    verdict: missed.length === 0 ? 'goals met' : `missed: ${missed.join(', ')}`,
  }
}

function compared(pairs: readonly (readonly [ts: number, c: number])[]) {
  return {
    tsNs: round(median(pairs.map(([ts]) => ts)), 1),
    cNs: round(median(pairs.map(([, c]) => c)), 1),
    ratio: round(median(pairs.map(([ts, c]) => ts / c)), 2),
  }
}

class Row {
  readonly drives: number
  readonly results: BlockResult[] = []
  readonly #worker: Worker
  readonly #failed: Promise<never>

  constructor(workerData: RowSetup) {
    this.drives = workerData.drives
    this.#worker = new Worker(new URL('sercos-row.ts', import.meta.url), { workerData })
    this.#failed = new Promise((_, reject) => this.#worker.once('error', reject))
  }

  async runBlock(): Promise<void> {
    const result = new Promise<BlockResult>((resolve) => this.#worker.once('message', resolve))
    this.#tell('block')
    this.results.push(await Promise.race([result, this.#failed]))
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#tell('end')
    await ended
  }

  #tell(order: RowOrder): void {
    this.#worker.postMessage(order)
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
