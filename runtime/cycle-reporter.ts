/** The cycle's statistics, once per second, out of the control block. */
import { Subject } from 'rxjs'
import type { CycleCounters, CycleReport } from './machine-types.ts'
import { counterNames } from './shared/control-block.ts'
import type { ControlBlock, CounterName } from './shared/control-block.ts'
import { HistogramWindow } from './shared/histogram.ts'

const reportEveryNs = 1e9

/** Counters that live outside the worker. */
export type OutsideCounters = Pick<
  CycleCounters,
  'maskedInterrupts' | 'droppedRecords' | 'droppedEvents' | 'droppedMessages'
>

export class CycleReporter {
  readonly #control: ControlBlock
  readonly #cycleNs: number
  readonly #outside: () => OutsideCounters
  readonly #latency: HistogramWindow
  readonly #execution: HistogramWindow
  readonly #jitter: HistogramWindow
  readonly #reports = new Subject<CycleReport>()
  readonly report$ = this.#reports.asObservable()
  #lastNs = 0

  constructor(control: ControlBlock, cycleNs: number, outside: () => OutsideCounters) {
    this.#control = control
    this.#cycleNs = cycleNs
    this.#outside = outside
    this.#latency = new HistogramWindow(control.latency)
    this.#execution = new HistogramWindow(control.execution)
    this.#jitter = new HistogramWindow(control.jitter)
  }

  get counters(): CycleCounters {
    return {
      missedInterrupts: this.#counter('missedInterrupts'),
      overruns: this.#counter('overruns'),
      lateCycles: this.#counter('lateCycles'),
      lostTelegrams: this.#counter('lostTelegrams'),
      refusedSetpoints: this.#counter('refusedSetpoints'),
      ...this.#outside(),
    }
  }

  /** Reports when a second has passed. */
  tick(timeNs: number): void {
    if (timeNs - this.#lastNs < reportEveryNs) return
    const first = this.#lastNs === 0
    this.#lastNs = timeNs
    const cycles = this.#counter('cycles')
    if (first || cycles === 0) return
    this.#reports.next({
      timeNs,
      cycles,
      cycleNs: this.#cycleNs,
      latencyNs: this.#latency.take(),
      executionNs: this.#execution.take(),
      jitterNs: this.#jitter.take(),
      ringClock: {
        driftPpb: this.#control.gauge('clockDriftPpb'),
        jitterNs: this.#control.gauge('clockJitterNs'),
      },
      leastTimeLeftNs: this.#control.gauge('leastTimeLeftNs'),
      counters: this.counters,
    })
  }

  complete(): void {
    this.#reports.complete()
  }

  #counter(name: CounterName): number {
    return this.#control.counter(counterNames.indexOf(name))
  }
}
