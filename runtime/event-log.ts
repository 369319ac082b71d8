/** What happened to the machine, in words: the last 100 events are replayed to a new subscriber. */
import { ReplaySubject } from 'rxjs'
import type { Observable } from 'rxjs'
import type { DualportError } from '../errors.ts'
import type { MachineEvent } from './machine-types.ts'

const replayed = 100

export class EventLog {
  readonly #events = new ReplaySubject<MachineEvent>(replayed)
  readonly events$: Observable<MachineEvent> = this.#events.asObservable()

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

  complete(): void {
    this.#events.complete()
  }
}

/** CLOCK_MONOTONIC in ns: hrtime reads that clock on Linux. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint())
}
