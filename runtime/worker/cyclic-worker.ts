/**
 * The cyclic worker: a thread that attaches to the card, rehearses, takes its real-time settings and then turns the
 * cycle until the machine is closed. Its event loop never runs in between: messages go out, nothing comes in but by
 * shared memory.
 */
import { types } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { Sercos3Master } from '../../cards/sercos3/driver/master.ts'
import { DualportError } from '../../errors.ts'
import { attachDevice } from '../../uio/attach-device.ts'
import type { WaitResult } from '../../uio/device.ts'
import { applyRealtime } from '../../uio/realtime.ts'
import { waitError } from '../../uio/wait-error.ts'
import { takeSnapshot } from '../error-snapshot.ts'
import { sercos3Config } from '../sercos3-config.ts'
import { ControlBlock, workerStates } from '../shared/control-block.ts'
import type { CyclicTask } from '../task.ts'
import { buildCycle } from './build-cycle.ts'
import { rehearse } from './rehearsal.ts'
import type { WorkerMessage, WorkerSetup } from './worker-setup.ts'

const setup = workerData as WorkerSetup

try {
  await work()
} catch (error) {
  tell({ kind: 'failed', error: takeSnapshot(error, 'DP_WORKER_FAILED') })
}

async function work(): Promise<void> {
  const { file, shared, taskUrl } = setup
  const control = new ControlBlock(shared.control)
  const device = attachDevice(setup.device)
  control.enter(workerStates.attached)
  try {
    const task = taskUrl === undefined ? undefined : await loadTask(taskUrl)
    if (file.realtime.rehearse) rehearseCycle()
    const card = new Sercos3Master(device, sercos3Config(file), shared.services)
    const { interrupt, events } = device
    const explain = (waited: WaitResult) => waitError(waited, device, setup.device.path)
    const cycle = buildCycle({ interrupt, events, card, file, shared, task, tell, explain })
    takeRealtimeSettings()
    tell({ kind: 'running' })
    control.enter(workerStates.running)
    try {
      cycle.run()
    } finally {
      // what sits at the addresses of a card that has gone is not ours: without views nothing reaches it
      if (cycle.cardGone) device.detach()
      card.silence()
    }
  } finally {
    device.detach()
    control.enter(workerStates.ended)
  }
}

/** A rehearsal that fails costs time in the first cycles, no more. */
function rehearseCycle(): void {
  try {
    rehearse(setup.file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    tell({
      kind: 'realtime',
      granted: false,
      message: `rehearsal: the first cycles will be slow, because the ring in memory failed: ${why}`,
    })
  }
}

function takeRealtimeSettings(): void {
  const { device, file, shared } = setup
  const report = applyRealtime(file.realtime, { device, buffers: Object.values(shared) })
  for (const [what, { wanted, got, refused }] of Object.entries(report))
    tell({
      kind: 'realtime',
      granted: refused === undefined,
      message:
        refused === undefined
          ? `${what}: ${got}`
          : `${what}: wanted ${wanted}, got ${got} (${refused})`,
    })
}

async function loadTask(url: string): Promise<CyclicTask> {
  const module = await importTask(url)
  const task = module.default as Partial<CyclicTask> | undefined
  if (typeof task?.cycle !== 'function')
    throw new DualportError('DP_TASK_MODULE', {
      at: url,
      actual: task === undefined ? 'no default export' : 'a default export without cycle',
    })
  // this thread's event loop does not run in the cycle: nothing would ever be awaited
  for (const name of ['setup', 'cycle', 'safe'] as const)
    if (types.isAsyncFunction(task[name]))
      throw new DualportError('DP_TASK_MODULE', {
        at: url,
        actual: `an async ${name}`,
        expected: `${name} to be synchronous`,
      })
  return task as CyclicTask
}

async function importTask(url: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(url)) as { readonly default?: unknown }
  } catch (cause) {
    throw new DualportError('DP_TASK_MODULE', {
      at: url,
      actual: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  }
}

function tell(message: WorkerMessage): void {
  // no transfer list: its rule takes a worker's port for a window
  parentPort?.postMessage(message, [])
}
