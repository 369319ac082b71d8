/** What a served card can be told from outside: faults, and what its encoders showed. One JSON object an order. */
import { z } from 'zod'
import type { Sercon100m } from './chip.ts'
import { injectIntoChip } from './faults.ts'
import type { Sercos3PciCard } from './pci-card.ts'

const count = z.int().min(0)

const chipFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ringBreak'), after: count }),
  z.strictObject({ kind: z.literal('ringClosed') }),
  z.strictObject({ kind: z.literal('driveFault'), device: count }),
  z.strictObject({ kind: z.literal('lostTelegram'), what: z.enum(['mst', 'at']), cycles: count }),
  z.strictObject({ kind: z.literal('tornWrite'), cycles: count }),
  z.strictObject({ kind: z.literal('deadCard') }),
])

const order = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('observe') }),
  /** Interrupt status bits that nothing clears from now on; 0 mends it. */
  z.strictObject({ do: z.literal('stick'), bits: z.int().min(0).max(0xffffffff) }),
  z.strictObject({ do: z.literal('inject'), fault: chipFault }),
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
    readonly trace: PositionTrace
  },
): { readonly refused?: string; readonly trace?: readonly number[] } {
  const parsed = z.preprocess(parseJson, order).safeParse(line)
  if (!parsed.success) return { refused: z.prettifyError(parsed.error) }
  const wish = parsed.data
  if (wish.do === 'trace') return { trace: on.trace.of(wish.device) }
  if (wish.do === 'stick') on.card.stuckBits = wish.bits
  else if (wish.do === 'inject') injectIntoChip(on.chip, wish.fault)
  return {}
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
