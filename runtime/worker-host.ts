/**
 * The main thread's side of the cyclic worker: starts it, hears it, finds it stalled, and ends it in every case.
 *
 * A worker that blocks in the wait cannot be terminated until the device's stop event wakes it, and one in an endless
 * loop hears nothing at all; so the end goes from asking (close word) over forcing (halt word, silent card, stop event)
 * to terminating. Each step is bounded.
 */
import { Worker } from 'node:worker_threads'
import { silenceCard } from '../cards/sercos3/driver/chip/silence.ts'
import { DualportError } from '../errors.ts'
import type { OpenCard } from './open-card.ts'
import { workerStates } from './shared/control-block.ts'
import type { ControlBlock } from './shared/control-block.ts'
import type { WorkerMessage, WorkerSetup } from './worker/worker-setup.ts'

/** Longest time that the worker gets to run the machine down in order, and to leave after it was forced. */
const closeWithinMs = 3000
const leaveWithinMs = 500
/** Longest time that the exit hook blocks: the process is to end within a second. */
const exitWithinMs = 600
/** Most that one look at the worker may count as standing still: the main thread itself may have stood still. */
const longestLookMs = 20

export type WorkerListener = {
  message(message: WorkerMessage): void
  /** The worker stands still; the card was silenced. */
  stalled(): void
  /** The worker ended, with the error that ended it if it was one. */
  ended(error: Error | undefined): void
}

export class WorkerHost {
  readonly #card: OpenCard
  readonly #control: ControlBlock
  readonly #stallMs: number
  readonly #listener: WorkerListener
  readonly #worker: Worker
  readonly #exited: Promise<void>
  #hasExited = false
  #error: Error | undefined
  #lastBeat = 0
  #lastLook = performance.now()
  #stillMs = 0
  #stalled = false

  constructor(setup: WorkerSetup, card: OpenCard, control: ControlBlock, listener: WorkerListener) {
    this.#card = card
    this.#control = control
    this.#stallMs = setup.file.realtime.stallMs
    this.#listener = listener
    this.#worker = new Worker(cyclicWorkerUrl(), { workerData: setup, name: 'dualport-cycle' })
    this.#worker.on('message', (message: WorkerMessage) => listener.message(message))
    this.#worker.on('error', (error: Error) => {
      this.#error = error
    })
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#leave()
        resolve()
      })
    })
    // in front of the emulator's own hook, which would take the ring away from under the run-down
    process.prependListener('exit', this.#onExit)
  }

  /** Every few milliseconds: silences the card when the worker's loop does not turn for stallMs. */
  supervise(): void {
    const now = performance.now()
    const looked = Math.min(now - this.#lastLook, longestLookMs)
    this.#lastLook = now
    const { beat, state } = this.#control
    this.#stillMs =
      beat === this.#lastBeat && state === workerStates.running ? this.#stillMs + looked : 0
    this.#lastBeat = beat
    if (this.#stillMs < this.#stallMs) return
    if (!this.#stalled) {
      this.#stalled = true
      this.#stillMs = 0
      this.#silence()
      this.#listener.stalled()
    } else if (!this.#hasExited) void this.#worker.terminate()
  }

  /** Ends the worker, whatever it is doing; resolves when it is gone, or when nothing more can be done. */
  async end(): Promise<void> {
    this.#control.requestClose()
    if (this.#control.state === workerStates.running && !this.#stalled)
      await this.#waitForExit(closeWithinMs)
    if (!this.#hasExited) {
      this.#silence()
      this.#card.device.stop()
      // before its loop it waits for nothing that could be ended
      await this.#waitForExit(this.#control.state < workerStates.running ? 0 : leaveWithinMs)
    }
    if (!this.#hasExited) {
      void this.#worker.terminate()
      await this.#waitForExit(leaveWithinMs)
    }
    process.off('exit', this.#onExit)
  }

  /** process.exit() in an embedding program: blocks while the worker runs the machine down, then wakes it for good. */
  readonly #onExit = (): void => {
    if (this.#hasExited) return
    this.#control.requestClose()
    if (this.#control.state === workerStates.running) this.#control.waitUntilEnded(exitWithinMs)
    this.#silence()
    this.#card.device.stop()
  }

  /** From here on the worker hands nothing over, and the card sends nothing. */
  #silence(): void {
    this.#control.halt()
    silenceCard(this.#card.device.map('registers'))
  }

  #leave(): void {
    this.#hasExited = true
    // a worker that ended in order has silenced the card and detached by itself
    const { state } = this.#control
    if (state !== workerStates.ended) this.#silence()
    if (state === workerStates.attached || state === workerStates.running)
      this.#card.device.threadEnded()
    this.#listener.ended(this.#error)
  }

  async #waitForExit(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
    })
    await Promise.race([this.#exited, late])
    clearTimeout(timer)
  }
}

/** The worker's module, beside this one in the source tree and in the built package alike. */
function cyclicWorkerUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./worker/cyclic-worker.${extension}`, import.meta.url)
}

/** Why a worker ended that nobody had asked to. */
export function workerFailure(error: Error | undefined): DualportError {
  if (error instanceof DualportError) return error
  return new DualportError(
    'DP_WORKER_FAILED',
    error === undefined ? {} : { cause: error, at: error.message },
  )
}
