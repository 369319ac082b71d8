/** A worker for tests: applies a real-time wish to itself, makes the collector work, and tells what came of it. */
import { parentPort, workerData } from 'node:worker_threads'
import { DualportError } from '../../errors.ts'
import { applyRealtime, type RealtimeReport, type RealtimeWish } from '../../uio/realtime.ts'

export type RealtimeOutcome = {
  readonly report: RealtimeReport | undefined
  readonly code: string | undefined
  readonly actual: unknown
}

function outcome(): RealtimeOutcome {
  try {
    const report = applyRealtime(workerData as RealtimeWish, {
      buffers: [new SharedArrayBuffer(8192)],
    })
    return { report, code: undefined, actual: undefined }
  } catch (error) {
    if (!(error instanceof DualportError)) throw error
    return { report: undefined, code: error.code, actual: error.actual }
  }
}

const told = outcome()
let kept: unknown[] = []
for (let n = 0; n < 500_000; n++) {
  if (n % 100_000 === 0) kept = []
  kept.push({ n })
}
parentPort?.postMessage(told, [])
