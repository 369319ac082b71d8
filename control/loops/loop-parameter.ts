import { DualportError } from '../../errors.ts'

/** Throws DP_LOOP_PARAMETER unless `value` is above zero and finite. */
export function requirePositive(at: string, value: number): void {
  if (value > 0 && value < Infinity) return
  refuse(at, value, 'a positive number')
}

/** Throws DP_LOOP_PARAMETER unless `value` is zero or more and finite. */
export function requireNotNegative(at: string, value: number): void {
  if (value >= 0 && value < Infinity) return
  refuse(at, value, 'zero or a positive number')
}

/** Throws DP_LOOP_PARAMETER unless `value` is finite and not zero. */
export function requireNotZero(at: string, value: number): void {
  if (Number.isFinite(value) && value !== 0) return
  refuse(at, value, 'a number other than 0')
}

/** Throws DP_LOOP_PARAMETER unless `least` < `value` < `most`. */
export function requireBetween(at: string, value: number, least: number, most: number): void {
  if (value > least && value < most) return
  refuse(at, value, `a number between ${least} and ${most}`)
}

/** Throws DP_LOOP_PARAMETER: `expected` is a noun phrase. */
export function refuse(at: string, actual: unknown, expected: string): never {
  throw new DualportError('DP_LOOP_PARAMETER', { at, actual, expected })
}

/** Throws DP_LOOP_EXPERIMENT: `expected` is a noun phrase. */
export function noResult(at: string, actual: unknown, expected: string): never {
  throw new DualportError('DP_LOOP_EXPERIMENT', { at, actual, expected })
}
