/**
 * What every served card can be told about its interrupts, as JSON objects: see OrderedCard for what they do.
 *
 * - `{"do":"observe"}`
 * - `{"do":"pace","everyUs":500,"count":100}`: so many interrupts, each so long after the one before was acknowledged at
 *   its source: in lockstep with the host, so none can merge with another.
 * - `{"do":"burst","everyUs":50,"count":100}`: the same without waiting for the host.
 * - `{"do":"stick","level":true}`: the line stands whatever the host does; false mends it. With `"of":"source"` it is the
 *   source's status that cannot be cleared, and masking still works.
 * - `{"do":"spurious"}`: a pulse on the line that no status bit explains.
 */
import { z } from 'zod'

const count = z.int().min(0).max(1_000_000)
const everyUs = z.number().min(0).max(10_000_000)

export const stickFields = {
  do: z.literal('stick'),
  level: z.boolean(),
  of: z.enum(['line', 'source']).default('line'),
}

/** All but 'stick', which a card may extend. */
export const plainInterruptOrders = [
  z.strictObject({ do: z.literal('observe') }),
  z.strictObject({ do: z.literal('pace'), everyUs, count }),
  z.strictObject({ do: z.literal('burst'), everyUs, count }),
  z.strictObject({ do: z.literal('spurious') }),
] as const

export const interruptOrders = [...plainInterruptOrders, z.strictObject(stickFields)] as const

const interruptOrder = z.discriminatedUnion('do', interruptOrders)

/** As a card takes it, defaults filled in. */
export type InterruptOrder = z.output<typeof interruptOrder>
/** As one may write it. */
export type InterruptOrderInput = z.input<typeof interruptOrder>

/** One line of orders in the words of `schema`, or what is wrong with it. */
export function parseOrder<T>(
  schema: z.ZodType<T>,
  line: string,
): { readonly order: T } | { readonly refused: string } {
  const parsed = z.preprocess(parseJson, schema).safeParse(line)
  return parsed.success ? { order: parsed.data } : { refused: z.prettifyError(parsed.error) }
}

export function parseInterruptOrder(line: string) {
  return parseOrder(interruptOrder, line)
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
