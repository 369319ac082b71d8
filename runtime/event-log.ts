/**
 * What happened to the machine, in words: the last 100 events are replayed to a new subscriber. Counts are only passed on:
 * a bad minute would drive the phases and the cause of it out of the replay.
 */
import { merge, ReplaySubject, Subject } from 'rxjs'
import type { Observable } from 'rxjs'
import type { DualportError } from '../errors.ts'
import type { MachineEvent } from './machine-types.ts'

const replayed = 100

export class EventLog {
  readonly #events = new ReplaySubject<MachineEvent>(replayed)
  readonly #counts = new Subject<MachineEvent>()
  readonly events$: Observable<MachineEvent> = merge(this.#events, this.#counts)

  /** `timeNs` is CLOCK_MONOTONIC; left out: now. */
  emit(
    kind: MachineEvent['kind'],
    message: string,
    facts: { timeNs?: number; axis?: string; error?: DualportError | undefined } = {},
  ): void {
    const { timeNs = monotonicNow(), axis, error } = facts
    this.#events.next({
      timeNs,
      kind,
      message,
      ...(axis === undefined ? {} : { axis }),
      ...(error === undefined ? {} : { error }),
    })
  }

  /** An event that is not replayed. */
  emitCount(kind: MachineEvent['kind'], message: string): void {
    this.#counts.next({ timeNs: monotonicNow(), kind, message })
  }

  complete(): void {
    this.#events.complete()
    this.#counts.complete()
  }
}

/** CLOCK_MONOTONIC in ns: hrtime reads that clock on Linux. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint())
}
