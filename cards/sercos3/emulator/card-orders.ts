/**
 * What a served card can be told from outside, one JSON object an order: the orders of interrupt-orders.ts, faults, and
 * what its encoders showed. 'pace' and 'burst' set off the interrupt of the cycle (TINT0) without a cycle: stop the timer.
 */
import { z } from 'zod'
import {
  parseOrder,
  plainInterruptOrders,
  stickFields,
  type InterruptOrder,
} from '../../emulation/interrupt-orders.ts'
import type { OrderedCard } from '../../emulation/ordered-card.ts'
import type { Sercon100m } from './chip.ts'
import { chipFaultSchema } from './fault-schema.ts'
import { injectIntoChip } from './faults.ts'
import type { Sercos3PciCard } from './pci-card.ts'

const count = z.int().min(0)

const order = z.discriminatedUnion('do', [
  ...plainInterruptOrders,
  /** With `bits`: interrupt status bits that nothing clears from now on; 0 mends it. */
  z.strictObject({
    ...stickFields,
    level: stickFields.level.optional(),
    bits: z.int().min(0).max(0xffffffff).optional(),
  }),
  z.strictObject({ do: z.literal('inject'), fault: chipFaultSchema }),
  /** Encoder positions of a device, one a cycle, oldest first. */
  z.strictObject({ do: z.literal('trace'), device: count }),
])

export type CardOrder = z.input<typeof order>

const traceCycles = 4096

/** The positions of every device in the last 4096 cycles. */
export class PositionTrace {
  readonly #chip: Sercon100m
  readonly #rows: Int32Array[]
  #cycles = 0

  constructor(chip: Sercon100m) {
    this.#chip = chip
    this.#rows = chip.ring.slaves.map(() => new Int32Array(traceCycles))
  }

  /** After each cycle. */
  add(): void {
    const at = this.#cycles++ % traceCycles
    for (const [n, slave] of this.#chip.ring.slaves.entries()) {
      const row = this.#rows[n]
      if (row !== undefined) row[at] = slave.observation.position
    }
  }

  of(device: number): readonly number[] {
    const row = [...(this.#rows[device] ?? [])]
    const at = this.#cycles % traceCycles
    return this.#cycles < traceCycles ? row.slice(0, at) : [...row.slice(at), ...row.slice(0, at)]
  }
}

/** Carries out one line; returns what the answer says beside the observation. Never throws for what the line holds. */
export function obeyCardOrder(
  line: string,
  on: {
    readonly chip: Sercon100m
    readonly card: Sercos3PciCard
    readonly ordered: OrderedCard
    readonly trace: PositionTrace
  },
): { readonly refused?: string; readonly trace?: readonly number[] } {
  const parsed = parseOrder(order, line)
  if ('refused' in parsed) return parsed
  const wish = parsed.order
  if (wish.do === 'trace') return { trace: on.trace.of(wish.device) }
  if (wish.do === 'stick') return stick(wish, on)
  if (wish.do === 'inject') injectIntoChip(on.chip, wish.fault)
  else on.ordered.obey(wish)
  return {}
}

function stick(
  wish: { readonly bits?: number | undefined; readonly level?: boolean | undefined } & Pick<
    Extract<InterruptOrder, { do: 'stick' }>,
    'of'
  >,
  on: { readonly card: Sercos3PciCard; readonly ordered: OrderedCard },
): { readonly refused?: string } {
  const { bits, level, of } = wish
  if ((bits === undefined) === (level === undefined))
    return { refused: 'stick: expected either bits or level' }
  if (bits !== undefined) on.card.stuckBits = bits
  if (level !== undefined) on.ordered.obey({ do: 'stick', level, of })
  return {}
}
