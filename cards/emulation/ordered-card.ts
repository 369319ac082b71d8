/** Any card with one source of interrupts that orders from outside set off, and with faults of its interrupt line. */
import { nsPerMs, nsPerUs } from '../../units.ts'
import type { InterruptOrder } from './interrupt-orders.ts'
import type { AccessWidth, PciBar, PciCard } from './vfio-user/pci-card.ts'

export interface InterruptingCard extends PciCard {
  /** An event at the source: its status stands from now on until the host clears it by the card's own rules. */
  raise(): void
  /** The status stands: the host has not cleared it yet. Whether the line is high is a matter of enables as well. */
  readonly pending: boolean
}

/** A spurious pulse ends with the first access of the host, which came to look, and after this time at the latest. */
const pulseNs = nsPerMs

type Series = {
  readonly lockstep: boolean
  readonly everyNs: number
  left: number
  /** When the next event is due; Infinity while the host has not acknowledged the one before. */
  nextNs: number
}

export class OrderedCard implements PciCard {
  readonly ids: PciCard['ids']
  readonly bars: readonly PciBar[]
  /** Events that made the source's status stand: in lockstep, interrupts that the host must see. */
  raised = 0
  /** Events while the status stood already: one interrupt with the one before. */
  merged = 0
  /** Pulses on the line without a status. */
  spurious = 0
  readonly #card: InterruptingCard
  #series: Series | undefined
  #sourceSticks = false
  #lineSticks = false
  /** -Infinity: wanted, and begins with the next tick. */
  #pulseEndNs: number | undefined

  constructor(card: InterruptingCard) {
    this.#card = card
    this.ids = card.ids
    this.bars = card.bars
  }

  get msiVectors(): 0 | 1 | undefined {
    return this.#card.msiVectors
  }

  get mappable(): PciCard['mappable'] {
    return this.#card.mappable
  }

  attachBus(bus: Parameters<NonNullable<PciCard['attachBus']>>[0]): void {
    this.#card.attachBus?.(bus)
  }

  get interrupt(): boolean {
    return this.#card.interrupt || this.#lineSticks || this.#pulseEndNs !== undefined
  }

  /** What an answer to an order tells. `left`: events still to come of the last series. */
  get observation() {
    const { raised, merged, spurious } = this
    const { pending, interrupt } = this.#card
    return { raised, merged, spurious, left: this.#series?.left ?? 0, pending, interrupt }
  }

  obey(order: InterruptOrder): void {
    switch (order.do) {
      case 'observe':
        return
      case 'pace':
      case 'burst':
        this.#series = {
          lockstep: order.do === 'pace',
          everyNs: order.everyUs * nsPerUs,
          left: order.count,
          nextNs: 0,
        }
        return
      case 'spurious':
        this.spurious++
        this.#pulseEndNs = -Infinity
        return
      case 'stick':
        if (order.of === 'line') this.#lineSticks = order.level
        else this.#sourceSticks = order.level
    }
  }

  read(bar: number, offset: number, width: AccessWidth): number {
    this.#pulseEndNs = undefined
    const value = this.#card.read(bar, offset, width)
    this.#holdSource()
    return value
  }

  write(bar: number, offset: number, width: AccessWidth, value: number): void {
    this.#pulseEndNs = undefined
    this.#card.write(bar, offset, width, value)
    this.#holdSource()
  }

  tick(nowNs: number): number {
    const cardNs = this.#card.tick(nowNs)
    this.#holdSource()
    if (this.#pulseEndNs === -Infinity) this.#pulseEndNs = nowNs + pulseNs
    else if (this.#pulseEndNs !== undefined && nowNs >= this.#pulseEndNs)
      this.#pulseEndNs = undefined
    const seriesNs = this.#series === undefined ? Infinity : this.#go(this.#series, nowNs)
    return Math.min(cardNs, this.#pulseEndNs ?? Infinity, seriesNs)
  }

  reset(): void {
    this.#card.reset()
  }

  /** Returns when the series goes on. */
  #go(series: Series, nowNs: number): number {
    if (series.nextNs === 0) series.nextNs = nowNs
    if (series.lockstep && series.nextNs === Infinity && !this.#card.pending)
      series.nextNs = nowNs + series.everyNs
    while (series.left > 0 && nowNs >= series.nextNs) {
      if (series.lockstep && this.#card.pending) series.nextNs = Infinity
      else this.#raise(series)
    }
    return series.left > 0 ? series.nextNs : Infinity
  }

  #raise(series: Series): void {
    if (this.#card.pending) this.merged++
    else this.raised++
    this.#card.raise()
    series.left--
    series.nextNs = series.lockstep ? Infinity : series.nextNs + series.everyNs
  }

  #holdSource(): void {
    if (this.#sourceSticks && !this.#card.pending) this.#card.raise()
  }
}
