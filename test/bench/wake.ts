/**
 * wake: interrupt to the first write that the card sees, TypeScript worker against C. The card and both C tasks are one
 * C program; the card drives all three tasks in alternating blocks of one run.
 */
import { Worker } from 'node:worker_threads'
import { openEmulatedDevice } from '../../uio/emulated-device.ts'
import { cpuArguments, enoughCpus, runCard, taskRealtime } from './bench-card.ts'
import {
  skipped,
  timesHead,
  timesRow,
  verdictOf,
  type BenchOptions,
  type TimedResult,
} from './bench.ts'
import { buildNative } from './build-native.ts'
import { medianRatio, pooled, quantiles, rounded, splitBlocks, type Blocks } from './quantiles.ts'
import type { WakeSetup } from './wake-task.ts'

const goal = { p50: 1.25, p99: 1.3 }
const tasks = ['TypeScript poll + read', 'C poll + read', 'C read'] as const
const memoryBytes = 65_536
const samplesPerBlock = 100
const warmUp = 20_000
/** Rounds more than the task's own warm-up, so that they cover its change of scheduler. */
const settling = 2000
const timeoutMs = 100

export async function wake({ samples, log }: BenchOptions): Promise<TimedResult> {
  if (!enoughCpus) return skipped('wake', 'card and task need a CPU each')
  const program = buildNative('wake')
  if (program === undefined) return skipped('wake', 'no gcc for the C twin')
  const blockCount = Math.ceil(samples / samplesPerBlock)
  const { blocks, rt } = await measure(program, blockCount)
  log(timesHead())
  for (const [task, name] of tasks.entries()) log(timesRow(name, quantiles(pooled(blocks, task))))
  const ratio = rounded(medianRatio(blocks, 0, 1))
  return {
    bench: 'wake',
    ratio,
    plainRead: rounded(medianRatio(blocks, 0, 2)),
    rt,
    samples: blockCount * samplesPerBlock,
    node: process.versions.node,
    verdict: verdictOf(ratio, goal, rt),
  }
}

async function measure(
  program: string,
  blockCount: number,
): Promise<{ blocks: Blocks; rt: boolean }> {
  const { device, backend } = openEmulatedDevice({
    name: 'bench',
    bytes: memoryBytes,
    maps: [{ name: 'registers', offset: 0, size: memoryBytes }],
  })
  const { handle } = device
  const workerData: WakeSetup = { handle, realtime: taskRealtime, warmUp, timeoutMs }
  const worker = new Worker(new URL('wake-task.ts', import.meta.url), { workerData })
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  worker.on('error', (error) => console.error('the task of the bench failed:', error))
  let taskRt = false
  try {
    await new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    worker.on('message', (message: { rt: boolean }) => (taskRt = message.rt))
    const numbers = [blockCount, samplesPerBlock, warmUp + settling, ...cpuArguments, timeoutMs]
    const { samples, rt } = await runCard(program, numbers, backend)
    const blocks = splitBlocks(samples, blockCount, tasks.length, samplesPerBlock)
    return { blocks, rt: rt && taskRt }
  } finally {
    device.stop()
    await ended
    device.close()
  }
}
