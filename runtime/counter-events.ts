/** Counters that grow as events: one for all that was counted in a second, so that a bad second does not flood the stream. */
import type { CycleCounters, MachineEvent } from './machine-types.ts'

const atMostEveryNs = 1e9

type Told = { readonly kind: MachineEvent['kind']; readonly say: (count: number) => string }

const told = {
  missedInterrupts: { kind: 'missed', say: (count) => `${count} interrupts missed` },
  maskedInterrupts: {
    kind: 'masked',
    say: (count) => `interrupt masked ${count} times by the kernel stub: its source does not clear`,
  },
  overruns: {
    kind: 'overrun',
    say: (count) => `${count} cycles took longer than the cycle time`,
  },
  refusedSetpoints: {
    kind: 'refused',
    say: (count) =>
      `${count} setpoints of the cyclic task refused: outside the limits of their axis`,
  },
} as const satisfies { readonly [name in keyof CycleCounters]?: Told }

const names = Object.keys(told) as (keyof typeof told)[]

export class CounterEvents {
  readonly #emit: (kind: MachineEvent['kind'], message: string) => void
  readonly #said = { missedInterrupts: 0, maskedInterrupts: 0, overruns: 0, refusedSetpoints: 0 }
  readonly #saidNs = {
    missedInterrupts: -Infinity,
    maskedInterrupts: -Infinity,
    overruns: -Infinity,
    refusedSetpoints: -Infinity,
  }

  constructor(emit: (kind: MachineEvent['kind'], message: string) => void) {
    this.#emit = emit
  }

  /** `nowNs`: CLOCK_MONOTONIC. */
  note(counters: Pick<CycleCounters, keyof typeof told>, nowNs: number): void {
    for (const name of names) {
      const more = counters[name] - this.#said[name]
      if (more === 0 || nowNs - this.#saidNs[name] < atMostEveryNs) continue
      this.#said[name] = counters[name]
      this.#saidNs[name] = nowNs
      this.#emit(told[name].kind, told[name].say(more))
    }
  }
}
