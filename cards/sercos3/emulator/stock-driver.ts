/**
 * The chip behind Linux's own uio_sercos3 in place of our stub: the interrupt is masked in IER0 and left standing in IRR0,
 * until irqcontrol(1) sets the bits again that were taken away. drivers/uio/uio_sercos3.c.
 *
 * On plain memory irqcontrol takes effect at the next tick, as every write of the user does.
 */
import type { EmulatedBackend } from '../../../uio/emulated-backend.ts'
import type { EmulatedCard } from '../../emulation/memory-host.ts'
import type { Sercon100m } from './chip.ts'

export class StockDriver implements EmulatedCard {
  readonly #chip: Sercon100m
  readonly #orders: Pick<EmulatedBackend, 'takeOrder'>
  /** Sources taken away, to be set again: several maskings add up. */
  #kept = 0

  constructor(chip: Sercon100m, orders: Pick<EmulatedBackend, 'takeOrder'>) {
    this.#chip = chip
    this.#orders = orders
  }

  get periodNs(): number {
    return this.#chip.periodNs
  }

  tick(): void {
    const order = this.#orders.takeOrder()
    // what the user wrote before it gave the order comes first
    this.#chip.settle()
    if (order === 'off') this.#mask()
    else if (order === 'on') {
      this.#chip.enabledInterrupts |= this.#kept
      this.#kept = 0
    }
    this.#chip.tick()
  }

  /** The handler. */
  acknowledge(): number {
    const bits = this.#chip.pendingInterrupts
    if (bits !== 0) this.#mask()
    return bits
  }

  passOver(periods: number): void {
    this.#chip.passOver(periods)
  }

  #mask(): void {
    this.#kept |= this.#chip.enabledInterrupts
    this.#chip.enabledInterrupts = 0
  }
}
