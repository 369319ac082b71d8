/**
 * What happened to the machine, in words: the last 100 events are replayed to a new subscriber. Counts are only passed on:
 * a bad minute would drive the phases and the cause of it out of the replay.
 */
import { merge, ReplaySubject, Subject } from 'rxjs'
import type { Observable } from 'rxjs'
import type { DualportError } from '../errors.ts'
import type { MachineEvent } from './machine-types.ts'

const replayed = 100

/** Where an event says nothing else. */
const severities: { readonly [kind in MachineEvent['kind']]: MachineEvent['severity'] } = {
  phase: 'info',
  operational: 'info',
  topology: 'warning',
  device: 'warning',
  port: 'warning',
  axis: 'info',
  overrun: 'warning',
  missed: 'warning',
  masked: 'warning',
  refused: 'warning',
  taskError: 'error',
  safe: 'error',
  stall: 'error',
  fault: 'error',
  realtime: 'info',
  rights: 'info',
  gone: 'error',
  closed: 'info',
}

/** Kinds of what makes a machine safe. */
export type FailureKind = 'stall' | 'gone' | 'taskError' | 'overrun' | 'fault'

const failureKinds = new Map<string, FailureKind>([
  ['DP_MAIN_STALL', 'stall'],
  ['DP_CARD_GONE', 'gone'],
  ['DP_TASK_FAILED', 'taskError'],
  ['DP_TASK_OVERRUN', 'overrun'],
])

/** What kind of event tells of a failure in the worker. */
export function failureKind({ code }: DualportError): FailureKind {
  return failureKinds.get(code) ?? 'fault'
}

type EventFacts = {
  readonly timeNs?: number
  readonly severity?: MachineEvent['severity']
  readonly axis?: string
  readonly device?: string | undefined
  readonly error?: DualportError | undefined
}

export class EventLog {
  readonly #events = new ReplaySubject<MachineEvent>(replayed)
  readonly #counts = new Subject<MachineEvent>()
  readonly events$: Observable<MachineEvent> = merge(this.#events, this.#counts)

  /** `timeNs` is CLOCK_MONOTONIC; left out: now. `severity` left out: what is usual for the kind. */
  emit(kind: MachineEvent['kind'], message: string, facts: EventFacts = {}): void {
    const { timeNs = monotonicNow(), severity = severities[kind], axis, device, error } = facts
    this.#events.next({
      timeNs,
      kind,
      severity,
      message,
      ...(axis === undefined ? {} : { axis }),
      ...(device === undefined ? {} : { device }),
      ...(error === undefined ? {} : { error }),
    })
  }

  /** An event that is not replayed. */
  emitCount(kind: MachineEvent['kind'], message: string): void {
    this.#counts.next({ timeNs: monotonicNow(), kind, severity: severities[kind], message })
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
