import { tryParseIdn } from '../cards/sercos3/idn.ts'
import { DualportError } from '../errors.ts'

/** The 32-bit form of an IDN that somebody wrote. Throws DP_SERCOS3_IDN. */
export function idnNumber(text: string): number {
  const id = tryParseIdn(text)
  if (id === undefined) throw new DualportError('DP_SERCOS3_IDN', { actual: text })
  return id
}
