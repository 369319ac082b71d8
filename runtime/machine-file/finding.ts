/** What is wrong in a machine file: one finding per error, worded so that a line of text says it all. */

export type PathKey = string | number

export type Finding = {
  /** Where, as a JavaScript path: `axes[0].limits.velocity`. */
  readonly path: string
  /** What stands there; `undefined` when nothing does. */
  readonly value: unknown
  /** Completes "expected ...". */
  readonly expected: string
  /** Line in a JSON file, from 1. */
  readonly line?: number
}

/** `['axes', 0, 'name']` as `axes[0].name`; keys that are no plain words stand in brackets and quotes. */
export function formatPath(keys: readonly PathKey[]): string {
  let text = ''
  for (const key of keys) {
    if (typeof key === 'number') text += `[${key}]`
    else if (!/^[\w$]+$/.test(key)) text += `[${JSON.stringify(key)}]`
    else text += text === '' ? key : `.${key}`
  }
  return text
}

/** `axes[0].limits.velocity is -5, expected a number above 0`. `whole` names what an empty path means. */
export function formatFinding({ path, value, expected }: Finding, whole: string): string {
  const is = value === undefined ? 'missing' : showValue(value)
  return `${path === '' ? whole : path} is ${is}, expected ${expected}`
}

const shownLength = 60

function showValue(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  // NaN and Infinity, which JSON would call null
  if (typeof value === 'number') return String(value)
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= shownLength ? text : `${text.slice(0, shownLength - 3)}...`
}
