/** An error's way from one thread to another: structured clone keeps neither classes nor their fields. */
import { DualportError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'

export type ErrorSnapshot = {
  readonly code: ErrorCode
  readonly at: string | undefined
  readonly actual: string | number | boolean | undefined
  readonly expected: string | undefined
  readonly todo: string
  /** Message and stack of what lay behind it. */
  readonly cause: string | undefined
}

/** `otherwise` is the code of an error that has none of its own; that error becomes the cause. */
export function takeSnapshot(error: unknown, otherwise: ErrorCode): ErrorSnapshot {
  const known =
    error instanceof DualportError ? error : new DualportError(otherwise, { cause: error })
  const { actual, cause } = known
  return {
    code: known.code,
    at: known.at,
    actual: plain(actual),
    expected: known.expected,
    todo: known.todo,
    cause: cause instanceof Error ? (cause.stack ?? cause.message) : plain(cause)?.toString(),
  }
}

export function restoreError(snapshot: ErrorSnapshot): DualportError {
  const { code, at, actual, expected, todo, cause } = snapshot
  return new DualportError(code, {
    todo,
    ...(at === undefined ? {} : { at }),
    ...(actual === undefined ? {} : { actual }),
    ...(expected === undefined ? {} : { expected }),
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  })
}

function plain(value: unknown): string | number | boolean | undefined {
  if (value === undefined || typeof value === 'number' || typeof value === 'boolean') return value
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value)
}
