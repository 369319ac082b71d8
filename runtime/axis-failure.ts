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
  const { velocity, velocityNegative, acceleration, accelerationNegative } = limits
  if (error === axisError.velocityLimit)
    return beyond(`${unit}/s`, velocity, velocityNegative, [values.velocity, values.endVelocity])
  if (error === axisError.accelerationLimit) {
    const given = [values.acceleration, values.deceleration]
    return beyond(`${unit}/s^2`, acceleration, accelerationNegative, given)
  }
  if (error === axisError.jerkLimit)
    return beyond(`${unit}/s^3`, limits.jerk, limits.jerkNegative, [values.jerk])
  return {}
}

/** The value that is larger than what the axis may do in either direction. */
function beyond(
  unit: string,
  upward: number,
  downward: number | undefined,
  given: readonly (number | undefined)[],
): ErrorFacts {
  const most = Math.max(upward, downward ?? 0)
  const known = given.filter((value) => value !== undefined)
  const actual = known.find((value) => Math.abs(value) > most) ?? known[0]
  return { actual, expected: `at most ${most} ${unit}` }
}
