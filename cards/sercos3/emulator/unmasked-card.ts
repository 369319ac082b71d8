/**
 * The chip for a master that polls, or lets the host's count of interrupts pace it without ever enabling one: an
 * interrupt ends every period, whatever IER0 says. What is enabled is acknowledged as the kernel's handler does it.
 */
import type { EmulatedCard } from '../../emulation/memory-host.ts'
import type { Sercon100m } from './chip.ts'

/** TINT0, the end of a cycle, stands for an interrupt that nobody has enabled. */
const endOfPeriod = 1

export class UnmaskedCard implements EmulatedCard {
  readonly #chip: Sercon100m

  constructor(chip: Sercon100m) {
    this.#chip = chip
  }

  get periodNs(): number {
    return this.#chip.periodNs
  }

  tick(): void {
    this.#chip.tick()
  }

  acknowledge(): number {
    return this.#chip.acknowledge() || endOfPeriod
  }

  passOver(periods: number): void {
    this.#chip.passOver(periods)
  }
}
