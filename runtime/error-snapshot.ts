/** An error's way from one thread to another: structured clone keeps neither classes nor their fields. */
import { DualportError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'

export type ErrorSnapshot = {
  readonly code: ErrorCode
  readonly at: string | undefined
  readonly actual: string | number | boolean | undefined
  readonly expected: string | undefined
  readonly todo: string
  readonly cause: CauseSnapshot | undefined
}

/** What lay behind an error: one of ours, or another with its stack, or what else was thrown. */
type CauseSnapshot =
  | { readonly ours: ErrorSnapshot }
  | { readonly name: string; readonly message: string; readonly stack: string | undefined }
  | { readonly thrown: string }

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
    cause: cause === undefined ? undefined : snapshotCause(cause),
  }
}

export function restoreError(snapshot: ErrorSnapshot): DualportError {
  const { code, at, actual, expected, todo, cause } = snapshot
  return new DualportError(code, {
    todo,
    ...(at === undefined ? {} : { at }),
    ...(actual === undefined ? {} : { actual }),
    ...(expected === undefined ? {} : { expected }),
    ...(cause === undefined ? {} : { cause: restoreCause(cause) }),
  })
}

function snapshotCause(cause: unknown): CauseSnapshot {
  if (cause instanceof DualportError) return { ours: takeSnapshot(cause, cause.code) }
  if (!(cause instanceof Error)) return { thrown: String(plain(cause)) }
  const { name, message, stack } = cause
  return { name, message, stack }
}

function restoreCause(cause: CauseSnapshot): unknown {
  if ('ours' in cause) return restoreError(cause.ours)
  if ('thrown' in cause) return cause.thrown
  const { name, message, stack } = cause
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return error
}

function plain(value: unknown): string | number | boolean | undefined {
  if (value === undefined || typeof value === 'number' || typeof value === 'boolean') return value
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value)
}
