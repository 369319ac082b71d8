/**
 * Hosts an emulated card on plain memory: the loop of the emulator's own thread. It stands for the card's clock, for
 * the interrupt line and for the kernel stub, which acknowledges in the chip before it wakes the user.
 */
import type { MonotonicClock } from '../../uio/clock.ts'
import { nsPerSecond } from '../../units.ts'
import { Pacer } from './pacer.ts'

/** What a host asks of a card's model. */
export interface EmulatedCard {
  /** Time from one tick to the next, ns; may change with every tick. */
  readonly periodNs: number
  /** One period of the card. Looks first for what was written to its memory. */
  tick(): void
  /** As the stub's handler: reads status AND enable, clears those bits in the chip, returns them; 0: not this card's. */
  acknowledge(): number
  /** So many periods were left out because the host was late: what has a clock of its own went on meanwhile. */
  passOver?(periods: number): void
}

/** When a card's next cycle begins. */
export interface Pace {
  /** Sleeps until this CLOCK_MONOTONIC time, ns. False: stopped. Allocates nothing. */
  waitUntil(monotonicNs: number): boolean
}

/** What a host asks of the place that the card's memory and interrupt have in the system. */
export interface CardBackend extends Pace {
  /** The card's whole address space. */
  readonly memory: ArrayBuffer
  readonly clock: MonotonicClock
  /** An interrupt with these bits. False: whoever has the card holds interrupts off. */
  raise(bits: number): boolean
  /** The device is gone from the system. */
  vanish(): void
  /** Takes this thread off the memory. Idempotent. */
  detach(): void
}

/** Faults of the card's place in the machine, the same for every card. */
export type HostFault =
  /** The line never falls after the acknowledge (`high`: a storm of interrupts) or never rises (`low`). `free`: mended. */
  | { readonly kind: 'stuckLine'; readonly level: 'high' | 'low' | 'free' }
  /** Interrupts come late by so much; 0: mended. */
  | { readonly kind: 'slowCard'; readonly delayNs: number }
  /** The device is gone from the system, as after an unbind. Not mended. */
  | { readonly kind: 'unplugged' }

/** Interrupts a cycle that a line stuck high makes beyond the card's own. */
const stormInterrupts = 8
const longestDelayNs = 10 * nsPerSecond

export class MemoryHost {
  /** Interrupts raised. */
  raised = 0
  /** Cycles run. */
  cycles = 0
  /** Interrupts that the user's irqcontrol held off. */
  heldOff = 0
  readonly #card: EmulatedCard
  readonly #backend: CardBackend
  readonly #pace: Pace
  readonly #pacer: Pacer
  #line: 'high' | 'low' | 'free' = 'free'
  #delayNs = 0

  /** `pace`: what else the next cycle waits for, where that is not its time alone. */
  constructor(card: EmulatedCard, backend: CardBackend, pace: Pace = backend) {
    this.#card = card
    this.#backend = backend
    this.#pace = pace
    this.#pacer = new Pacer(backend.clock.now(), card.periodNs)
  }

  /** Cycles left out because this thread was late. */
  get skipped(): number {
    return this.#pacer.skipped
  }

  inject(fault: HostFault): void {
    if (fault.kind === 'stuckLine') this.#line = fault.level
    else if (fault.kind === 'slowCard') {
      this.#delayNs = Math.min(Math.max(fault.delayNs, 0), longestDelayNs)
    } else this.#backend.vanish()
  }

  /** Runs until the backend is stopped. `beforeCycle` comes before each tick, `afterCycle` after its interrupt. */
  run(beforeCycle: () => void, afterCycle: () => void): void {
    while (this.#pace.waitUntil(this.#pacer.deadlineNs)) {
      beforeCycle()
      this.#card.tick()
      this.cycles++
      if (this.#delayNs > 0 && !this.#backend.waitUntil(this.#pacer.deadlineNs + this.#delayNs))
        return
      this.#interrupt()
      afterCycle()
      const skipped = this.#pacer.skipped
      this.#pacer.advance(this.#backend.clock.now(), this.#card.periodNs)
      if (this.#pacer.skipped > skipped) this.#card.passOver?.(this.#pacer.skipped - skipped)
    }
  }

  #interrupt(): void {
    const bits = this.#card.acknowledge()
    if (this.#line === 'low') return
    if (bits !== 0) this.#raise(bits)
    if (this.#line === 'free') return
    for (let n = 0; n < stormInterrupts; n++) this.#raise(bits)
  }

  #raise(bits: number): void {
    if (this.#backend.raise(bits)) this.raised++
    else this.heldOff++
  }
}
