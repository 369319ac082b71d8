/**
 * Commands on their way to the cyclic worker and back: each is a Promise that settles when the worker says how it
 * ended, or when the machine stops taking commands.
 */
import { axisError } from '../control/axis/axis-error.ts'
import { DualportError } from '../errors.ts'
import type { CommandEnd } from './machine-types.ts'
import { BoundedRingReader, BoundedRingWriter } from './shared/bounded-ring.ts'
import {
  commandEnds,
  commandField,
  commandSlots,
  commandVerb,
  endField,
  maxCommandsUnderWay,
} from './shared/command-ring.ts'
import type { CommandValue, CommandVerb } from './shared/command-ring.ts'

/** Left-out values are the axis's limits, or nothing. */
export type CommandValues = { readonly [name in CommandValue]?: number | undefined }

const { id: _, verb: __, target: ___, fields: ____, ...valueFields } = commandField
const valueNames = Object.keys(valueFields) as readonly CommandValue[]

type Pending = {
  /** Words for an axisError number. */
  explain(error: number): DualportError
  resolve(end: CommandEnd, value: number): void
  reject(error: DualportError): void
}

export class CommandDesk {
  readonly #commands: BoundedRingWriter
  readonly #ends: BoundedRingReader
  readonly #underWay = new Map<number, Pending>()
  #nextId = 1
  #refusal: DualportError | undefined

  constructor(commands: SharedArrayBuffer, ends: SharedArrayBuffer) {
    this.#commands = new BoundedRingWriter(commands, commandField.fields)
    this.#ends = new BoundedRingReader(ends, endField.fields)
  }

  /**
   * `explain` words the axisError number with which the worker may answer. Rejects with DP_COMMAND_QUEUE_FULL, or with
   * why no command is taken.
   */
  issue(
    verb: CommandVerb,
    target: number,
    values: CommandValues,
    explain: (error: number) => DualportError,
  ): Promise<CommandEnd> {
    return this.#issue(verb, target, values, explain, (end) => end)
  }

  /** As `issue`, for a command that brings a value back. */
  issueForValue(
    verb: CommandVerb,
    target: number,
    values: CommandValues,
    explain: (error: number) => DualportError,
  ): Promise<CommandEnd & { readonly value: number }> {
    return this.#issue(verb, target, values, explain, ({ end }, value) => ({ end, value }))
  }

  #issue<Result>(
    verb: CommandVerb,
    target: number,
    values: CommandValues,
    explain: (error: number) => DualportError,
    result: (end: CommandEnd, value: number) => Result,
  ): Promise<Result> {
    const ring = this.#commands
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    if (this.#underWay.size >= maxCommandsUnderWay)
      return Promise.reject(full(verb, `fewer than ${maxCommandsUnderWay} that have not ended`))
    if (!ring.begin())
      return Promise.reject(full(verb, `fewer than ${commandSlots} within one cycle`))
    const id = this.#nextId++
    ring.set(commandField.id, id)
    ring.set(commandField.verb, commandVerb[verb])
    ring.set(commandField.target, target)
    for (const name of valueNames) ring.set(commandField[name], values[name] ?? Number.NaN)
    ring.push()
    return new Promise((resolve, reject) => {
      this.#underWay.set(id, {
        explain,
        resolve: (end, value) => resolve(result(end, value)),
        reject,
      })
    })
  }

  /** Settles what the worker has answered. */
  settle(): void {
    const ends = this.#ends
    while (ends.take()) {
      const id = ends.get(endField.id)
      const end = commandEnds[ends.get(endField.end)]
      const pending = this.#underWay.get(id)
      this.#underWay.delete(id)
      if (pending !== undefined && end !== undefined) {
        if (end === 'failed') pending.reject(this.#failure(pending, ends.get(endField.error)))
        else pending.resolve({ end }, ends.get(endField.value))
      }
      ends.release()
    }
  }

  /** A command that came too late for a machine that is closed or safe says that, not what it did to the axis. */
  #failure(pending: Pending, error: number): DualportError {
    return error === axisError.safeState && this.#refusal !== undefined
      ? this.#refusal
      : pending.explain(error)
  }

  /** From now on every command is refused with `error`. */
  refuse(error: DualportError): void {
    this.#refusal = error
  }

  /** Takes commands again, or for the first time. */
  accept(): void {
    this.#refusal = undefined
  }

  /** Nothing will be answered any more: what is under way rejects with `error`. */
  abandon(error: DualportError): void {
    this.#refusal = error
    for (const pending of this.#underWay.values()) pending.reject(error)
    this.#underWay.clear()
  }
}

function full(verb: CommandVerb, expected: string): DualportError {
  return new DualportError('DP_COMMAND_QUEUE_FULL', { at: verb, expected })
}
