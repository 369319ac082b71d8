/**
 * A card of somebody else's on a shared interrupt line: no registers that anybody here knows, interrupts at random times.
 *
 * It drops its level when its owner writes its one register, or by itself after a while. Yet it needs an owner in the guest
 * (uio_pci_generic will do) that accesses BAR0 after each interrupt: QEMU keeps the line up until it sees such an access.
 * Without one it would stand for ever and the kernel would give the line up, so it is silent until it is told to begin.
 *
 * uio_pci_generic counts more than there are events where other cards share the line: its handler looks
 * at the interrupt status in configuration space alone, which stands while INTx is disabled and the owner on its way.
 *
 * | offset in BAR0 | register, 32 bit |
 * |---|---|
 * | 0x0 | status: bit 0 while it asks for service; writing 1 clears |
 * | 0x4 | how often it asked |
 */
import { nsPerUs } from '../../units.ts'
import type { InterruptingCard } from './ordered-card.ts'
import { lanes, partOf } from './vfio-user/access-memory.ts'
import type { AccessWidth, PciBar } from './vfio-user/pci-card.ts'

export const foreignRegisters = { bar: 0, status: 0x0, events: 0x4 } as const

export type RandomInterrupts = {
  readonly seed: number
  /** Mean time from one event to the next; the times are exponentially distributed. */
  readonly meanUs: number
  /** It drops the level by itself after this time. */
  readonly holdUs: number
  /** Events until it is silent again. */
  readonly count: number
}

type Run = { readonly plan: RandomInterrupts; readonly random: () => number; left: number }

export class ForeignCard implements InterruptingCard {
  readonly ids = {
    vendor: 0x1234,
    device: 0x5679,
    subsystemVendor: 0x1234,
    subsystemDevice: 0x0001,
    classCode: 0x118000,
    revision: 0,
  }
  readonly bars: readonly PciBar[] = [{ index: foreignRegisters.bar, bytes: 0x1000 }]
  /** Events of its own, those that came while the level stood included. */
  events = 0
  /** Events whose level its owner cleared. */
  cleared = 0
  pending = false
  #run: Run | undefined
  #nextNs = Infinity
  #dropNs = Infinity

  get interrupt(): boolean {
    return this.pending
  }

  /** Random events still to come. */
  get left(): number {
    return this.#run?.left ?? 0
  }

  /** From the next tick on. */
  begin(plan: RandomInterrupts): void {
    this.#run = { plan, random: seededRandom(plan.seed), left: plan.count }
    this.#nextNs = -Infinity
  }

  raise(): void {
    this.events++
    this.pending = true
  }

  read(_bar: number, offset: number, width: AccessWidth): number {
    const word = offset & ~3
    if (word === foreignRegisters.status) return partOf(this.pending ? 1 : 0, offset, width)
    return word === foreignRegisters.events ? partOf(this.events, offset, width) : 0
  }

  write(_bar: number, offset: number, width: AccessWidth, value: number): void {
    const written = lanes(offset, width, value).value
    if ((offset & ~3) !== foreignRegisters.status || (written & 1) === 0 || !this.pending) return
    this.cleared++
    this.#drop()
  }

  tick(nowNs: number): number {
    if (nowNs >= this.#dropNs) this.#drop()
    const run = this.#run
    if (run === undefined || run.left === 0) return this.#dropNs
    if (this.#nextNs === -Infinity) this.#nextNs = nowNs + pauseNs(run)
    else if (nowNs >= this.#nextNs) {
      this.raise()
      this.#dropNs = nowNs + run.plan.holdUs * nsPerUs
      this.#nextNs = nowNs + pauseNs(run)
      run.left--
    }
    return Math.min(this.#nextNs, this.#dropNs)
  }

  reset(): void {
    this.#run = undefined
    this.#drop()
  }

  #drop(): void {
    this.pending = false
    this.#dropNs = Infinity
  }
}

function pauseNs({ plan, random }: Run): number {
  return -Math.log(1 - random()) * plan.meanUs * nsPerUs
}

/** Numbers from 0 up to 1, the same for the same seed: a 32-bit xorshift generator (Marsaglia 2003). */
function seededRandom(seed: number): () => number {
  // it stands still at 0, which no other seed reaches
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
