/** A field that is wrong: `at` is its path in Sercos3Config, `expected` completes "expected ...". */
export type ConfigFault = {
  readonly at: string
  readonly actual: unknown
  readonly expected: string
}

export function isWholeIn(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high
}
