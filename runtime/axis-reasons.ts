/**
 * What the worker says lies behind an axis's errors. It comes some cycles after the error itself, because the drive is asked
 * for it: who wants to tell an error in full waits for a moment.
 */
import { axisError } from '../control/axis/axis-error.ts'
import type { Reason } from './axis-failure.ts'
import type { CommandVerb } from './shared/command-ring.ts'

/** The errors of commands that fail without putting the axis into errorStop. */
const errorOf: { readonly [verb in CommandVerb]?: number } = {
  homeByDrive: axisError.homing,
  homeBySequence: axisError.homing,
  armProbe: axisError.probe,
  limitTorque: axisError.service,
}

/** A drive that does not answer is not waited for. */
const waitMs = 300

export class AxisReasons {
  readonly #known = new Map<number, Reason>()
  readonly #waiting = new Map<number, Set<() => void>>()

  #closed = false

  /** `error`: a number of control/axis/axis-error.ts. */
  get(error: number): Reason | undefined {
    return this.#known.get(error)
  }

  take(error: number, reason: Reason): void {
    this.#known.set(error, reason)
    this.#release(error)
  }

  /** The axis has no error any more: the next one has its own reason. */
  forget(): void {
    this.#known.clear()
  }

  /** A command is given again: what it failed by before is past. */
  forgetOf(verb: CommandVerb): void {
    const error = errorOf[verb]
    if (error !== undefined) this.#known.delete(error)
  }

  /** The reason, or nothing when none comes in time. */
  async wait(error: number): Promise<Reason | undefined> {
    if (!this.#known.has(error) && !this.#closed) await this.#comes(error)
    return this.#known.get(error)
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#closed = true
    for (const error of this.#waiting.keys()) this.#release(error)
  }

  #comes(error: number): Promise<void> {
    const waiting = this.#waiting.get(error) ?? new Set()
    this.#waiting.set(error, waiting)
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        waiting.delete(end)
        resolve()
      }
      const timer = setTimeout(end, waitMs)
      waiting.add(end)
    })
  }

  #release(error: number): void {
    for (const resolve of this.#waiting.get(error) ?? []) resolve()
    this.#waiting.delete(error)
  }
}
