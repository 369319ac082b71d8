import { DualportError } from '../../errors.ts'

/** Throws DP_MECHANICS_OPTION unless `value` is above zero and finite. */
export function requirePositive(at: string, value: number): void {
  if (value > 0 && value < Infinity) return
  refuse(at, value, 'a positive number')
}

/** Throws DP_MECHANICS_OPTION unless `value` is zero or more and finite. */
export function requireNotNegative(at: string, value: number): void {
  if (value >= 0 && value < Infinity) return
  refuse(at, value, 'zero or a positive number')
}

/** Throws DP_MECHANICS_OPTION unless `value` is zero or more; Infinity: what it bounds is not watched. */
export function requireBound(at: string, value: number): void {
  if (value >= 0) return
  refuse(at, value, 'zero, a positive number or Infinity')
}

function refuse(at: string, actual: number, expected: string): never {
  throw new DualportError('DP_MECHANICS_OPTION', { at, actual, expected })
}
