/** The user's cyclic task: called once a cycle, and never again after it failed unless it is set up anew. */
import { DualportError } from '../../errors.ts'
import { nsPerSecond } from '../../units.ts'
import type { CyclicTask } from '../task.ts'
import type { TaskInterface } from './task-io.ts'

export class TaskRunner {
  /** It threw, or returned something. */
  crashed = false
  /** For the next `run`. A fraction first: V8 then holds the fields as doubles. */
  readonly tick = { cycle: 0, timeS: 0.5, timeLeftS: 0.5 }
  readonly #task: CyclicTask
  readonly #io: TaskInterface
  readonly #cycleNs: number

  /** Calls the task's `setup`; what that throws comes out as DP_TASK_MODULE. */
  constructor(task: CyclicTask, io: TaskInterface, cycleNs: number) {
    this.#task = task
    this.#io = io
    this.#cycleNs = cycleNs
    this.setUp()
  }

  /** Throws DP_TASK_MODULE. */
  setUp(): void {
    try {
      this.#task.setup?.(this.#io)
      this.crashed = false
    } catch (cause) {
      throw new DualportError('DP_TASK_MODULE', { at: 'setup', cause })
    }
  }

  /** `cycle`: cycles since operational; `elapsed`: since the last call. Why the machine is to be made safe, if it is. Cyclic. */
  run(cycle: number, elapsed: number): DualportError | undefined {
    const tick = this.tick
    tick.cycle = cycle
    tick.timeS = (cycle * this.#cycleNs) / nsPerSecond
    this.#io.elapsedCycles = elapsed
    try {
      const returned: unknown = this.#task.cycle(this.#io, tick)
      return returned === undefined ? undefined : this.#refuseReturn(returned)
    } catch (cause) {
      this.crashed = true
      return new DualportError('DP_TASK_FAILED', { at: inWords(cause), cause })
    }
  }

  /** The task's own part in the safe state. Not cyclic. */
  makeSafe(): void {
    if (this.#task.safe === undefined || this.crashed) return
    try {
      this.#task.safe(this.#io)
    } catch {
      // the machine is being made safe already; a second failure of the task changes nothing
      this.crashed = true
    }
  }

  /** This thread's event loop does not run: what a promise waits for never comes, and its rejection is never seen. */
  #refuseReturn(returned: unknown): DualportError {
    this.crashed = true
    if (returned instanceof Promise) returned.catch(() => undefined)
    const what = returned instanceof Promise ? 'a promise' : typeof returned
    return new DualportError('DP_TASK_FAILED', {
      at: `cycle must be synchronous and return nothing, it returned ${what}`,
    })
  }
}

function inWords(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
}
