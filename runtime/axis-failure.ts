/** Makes the error that an application sees of the number that the cyclic worker sent. */
import { axisError, axisErrorCodes, describeAxisError } from '../control/axis/axis-error.ts'
import { DualportError } from '../errors.ts'
import type { ErrorFacts } from '../errors.ts'
import type { CommandValues } from './command-desk.ts'
import type { AxisFile } from './machine-file/schema.ts'
import type { CommandVerb } from './shared/command-ring.ts'

/** What the worker says lies behind an error: the drive's own words, or what failed. */
export type Reason = Pick<ErrorFacts, 'actual' | 'cause'>

/** Errors behind which there is more to say: the worker sends it as soon as the drive was asked. */
const explained: ReadonlySet<number> = new Set([
  axisError.driveError,
  axisError.homing,
  axisError.probe,
  axisError.service,
])

export function isExplained(error: number): boolean {
  return explained.has(error)
}

/** Why an axis is in errorStop; `undefined` for axisError.none. */
export function axisFailure(
  axis: string,
  error: number,
  reason: Reason = {},
): DualportError | undefined {
  return error === axisError.none ? undefined : failure(axis, error, reason)
}

/** Why a command was refused or failed. */
export function commandFailure(
  axis: AxisFile,
  verb: CommandVerb,
  values: CommandValues,
  error: number,
  reason: Reason = {},
): DualportError {
  const facts = { ...brokenLimit(axis, verb, values, error), ...reason }
  return failure(`${axis.name}, ${verb}`, error, facts)
}

function failure(where: string, error: number, facts: ErrorFacts): DualportError {
  const code = axisErrorCodes[error] ?? 'DP_INTERNAL'
  // some codes stand for several numbers: the words then tell them apart
  const shared = axisErrorCodes.filter((one) => one === code).length > 1
  const at = shared ? `axis ${where} (${describeAxisError(error)})` : `axis ${where}`
  return new DualportError(code, { at, ...facts })
}

function brokenLimit(
  { limits, unit }: AxisFile,
  verb: CommandVerb,
  values: CommandValues,
  error: number,
): ErrorFacts {
  if (error === axisError.positionLimit) {
    const expected = `${limits.positionMin} to ${limits.positionMax} ${unit}`
    return verb === 'moveAbsolute' || verb === 'home' || verb === 'homeByDrive'
      ? { actual: values.position, expected }
      : { expected }
  }
  if (error === axisError.velocityLimit)
    return { actual: values.velocity, expected: `at most ${limits.velocity} ${unit}/s` }
  if (error === axisError.accelerationLimit)
    return { actual: values.acceleration, expected: `at most ${limits.acceleration} ${unit}/s^2` }
  if (error === axisError.jerkLimit)
    return { actual: values.jerk, expected: `at most ${limits.jerk} ${unit}/s^3` }
  return {}
}
