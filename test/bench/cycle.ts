/**
 * cycle: a whole turn of the cyclic worker, from the interrupt to its end as the card sees it: the real driver on a ring
 * that was run up, four axes in motion, the record. Against a C twin with the same accesses, control law and record.
 */
import { Worker } from 'node:worker_threads'
import { coreSize, windows } from '../../cards/sercos3/registers.ts'
import { loadMachineFile } from '../../runtime/machine-file/load.ts'
import { unpackAxisStatus } from '../../runtime/shared/axis-status-word.ts'
import { allocateMachineTables } from '../../runtime/axis-handles.ts'
import { allocateCommandRing, allocateEndRing } from '../../runtime/shared/command-ring.ts'
import { ControlBlock } from '../../runtime/shared/control-block.ts'
import { allocateEventRing } from '../../runtime/shared/event-ring.ts'
import { RingBlock } from '../../runtime/shared/ring-block.ts'
import { recordLayout } from '../../runtime/shared/record-layout.ts'
import { allocateRecordRing } from '../../runtime/shared/record-ring.ts'
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
import { cycleMachine } from './cycle-machine.ts'
import type { CycleSetup } from './cycle-task.ts'
import { medianRatio, pooled, quantiles, rounded, splitBlocks } from './quantiles.ts'

const goal = { p50: 1.4, p99: 1.5 }
const heapGoalBytes = 1
const tasks = ['TypeScript turn', 'C turn'] as const
const samplesPerBlock = 100
/** Uncounted rounds of a block: `SETTLING` in native/cycle.c. */
const settling = 5
const roundsPerBlock = settling + samplesPerBlock
const first = 30_000
const heapCycles = 20_000
const warmUp = 3000
const recordSlots = 1024
/** As `DONE` in native/sercon.h. */
const done = { name: 'done', offset: 0x6000, size: 64 } as const

type Told =
  | { readonly kind: 'ready'; readonly plan: readonly number[]; readonly rt: boolean }
  | { readonly kind: 'heap'; readonly heapBytesPerCycle: number }
  | { readonly kind: 'safe'; readonly error: unknown }
  | { readonly kind: 'operational' }

export async function cycle({ samples, log }: BenchOptions): Promise<TimedResult> {
  if (!enoughCpus) return skipped('cycle', 'card and task need a CPU each')
  const program = buildNative('cycle')
  if (program === undefined) return skipped('cycle', 'no gcc for the C twin')
  const blockCount = Math.ceil(samples / samplesPerBlock)
  const run = await measure(program, blockCount)
  const turns = blockCount * tasks.length * samplesPerBlock
  const blocks = splitBlocks(
    run.samples.subarray(0, turns),
    blockCount,
    tasks.length,
    samplesPerBlock,
  )
  const inC = run.samples.subarray(turns)
  const executions = blocks.map((_, n) => {
    const at = n * roundsPerBlock
    return [run.executions, inC].map((all) => all.subarray(at + settling, at + roundsPerBlock))
  })
  log(timesHead())
  for (const [task, name] of tasks.entries()) {
    log(timesRow(name, quantiles(pooled(blocks, task))))
    log(timesRow('  of it execution', quantiles(pooled(executions, task))))
  }
  log(`heap: ${run.heapBytesPerCycle} bytes per cycle over ${heapCycles} cycles`)
  const ratio = rounded(medianRatio(blocks, 0, 1))
  const grows = `heap ${run.heapBytesPerCycle} bytes per cycle >= ${heapGoalBytes}`
  return {
    bench: 'cycle',
    ratio,
    execution: rounded(medianRatio(executions, 0, 1)),
    heapBytesPerCycle: run.heapBytesPerCycle,
    rt: run.rt,
    samples: blockCount * samplesPerBlock,
    node: process.versions.node,
    verdict: verdictOf(ratio, goal, run.rt, run.heapBytesPerCycle < heapGoalBytes ? [] : [grows]),
  }
}

type Run = {
  readonly samples: Int32Array
  readonly executions: Int32Array
  readonly heapBytesPerCycle: number
  readonly rt: boolean
}

async function measure(program: string, blockCount: number): Promise<Run> {
  const file = await loadMachineFile(cycleMachine)
  const layout = recordLayout(file.axes.length, file.devices.length - file.axes.length)
  const { device, backend } = openEmulatedDevice({
    name: 'bench',
    bytes: coreSize,
    maps: [
      ...(['registers', 'tx', 'rx'] as const).map((name) => ({ name, ...windows[name] })),
      done,
    ],
  })
  const shared = {
    control: ControlBlock.allocate(file.axes.length + file.groups.length),
    records: allocateRecordRing(layout.fields, recordSlots),
    events: allocateEventRing(),
    commands: allocateCommandRing(),
    ends: allocateEndRing(),
    tables: allocateMachineTables(file),
    ring: RingBlock.allocate(file.devices.length),
  }
  const executions = new SharedArrayBuffer(4 * (warmUp + blockCount * roundsPerBlock))
  const { handle } = device
  const workerData: CycleSetup = {
    handle,
    backend,
    file,
    shared,
    realtime: taskRealtime,
    first,
    heapCycles,
    executions,
  }
  const worker = new Worker(new URL('cycle-task.ts', import.meta.url), { workerData })
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  worker.on('error', (error) => console.error('the task of the bench failed:', error))
  const control = new ControlBlock(shared.control)
  const heart = setInterval(() => control.countHeartbeat(), 1000)
  let heapBytesPerCycle = Number.NaN
  try {
    const ready = await new Promise<Extract<Told, { kind: 'ready' }>>((resolve, reject) => {
      worker.on('message', (told: Told) => {
        if (told.kind === 'ready') resolve(told)
        else if (told.kind === 'heap') heapBytesPerCycle = told.heapBytesPerCycle
        else if (told.kind === 'safe')
          console.error('the machine of the bench went safe:', told.error)
      })
      worker.once('error', reject)
    })
    const numbers = [blockCount, samplesPerBlock, warmUp, first + heapCycles, ...cpuArguments]
    const { samples, rt } = await runCard(program, numbers, backend, ready.plan.join(' '))
    const noted = new Int32Array(executions).slice(warmUp)
    checkMotion(control, file.axes.length)
    return { samples, executions: noted, heapBytesPerCycle, rt: rt && ready.rt }
  } finally {
    clearInterval(heart)
    device.stop()
    await ended
    device.close()
  }
}

/** Figures of a machine that did not move, or went safe, would be worth nothing. */
function checkMotion(control: ControlBlock, axes: number): void {
  for (let axis = 0; axis < axes; axis++) {
    const { state, error } = unpackAxisStatus(control.axisStatus(axis))
    if (error !== 0 || !state.endsWith('Motion'))
      throw new Error(`axis ${axis} of the bench ended in ${state}, error ${error}`)
  }
}
