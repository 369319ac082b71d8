/**
 * How many increments a drive has per unit, from its scaling parameters, in CP2. Types, factors, exponents and the preferred
 * scalings are general knowledge of the drive profile: linear data count in metres, rotary ones in degrees (position) or
 * revolutions (velocity), times a factor and a power of ten; per minute or per second.
 */
import { DualportError } from '../../../../errors.ts'
import { extract } from '../../../../uio/bit-field.ts'
import type { DriveScaling } from '../../../card.ts'
import { scalingMethod, scalingType } from '../../drive-words.ts'
import { idn } from '../../idn.ts'
import type { ScalingWanted } from '../config/config.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { readNumber, readNumberOr } from '../script/service-access.ts'

const mmPerMetre = 1000
const mmPerInch = 25.4
const degreesPerTurn = 360
const secondsPerMinute = 60
const mostIncrements = 2 ** 31 - 1
/** Digits that are left of a scaling that is no whole number: powers of ten are not exact. */
const digits = 12

/** Position data: S-0-0076 to S-0-0079. */
export type PositionScaling = {
  readonly type: number
  readonly factor: number
  readonly exponent: number
  /** Increments per turn. */
  readonly resolution: number
}

/** Velocity data: S-0-0044 to S-0-0046. */
export type VelocityScaling = {
  readonly type: number
  readonly factor: number
  readonly exponent: number
}

type Factor = { readonly factor: number; readonly exponent: number }

const preferred = {
  /** 10^-7 m; 3 600 000 a turn. */
  linearPosition: { factor: 1, exponent: -7 },
  resolution: 3_600_000,
  /** 10^-6 m/min; 10^-4 revolutions/min. */
  linearVelocity: { factor: 1, exponent: -6 },
  rotaryVelocity: { factor: 1, exponent: -4 },
} as const

/** Pure. `undefined`: the drive scales its data in another way. */
export function scalingOf(
  position: PositionScaling,
  velocity: VelocityScaling,
): DriveScaling | undefined {
  const method = extract(position.type, scalingType.method)
  if (method !== extract(velocity.type, scalingType.method)) return undefined
  if (method === scalingMethod.linear)
    return {
      kind: 'linear',
      incrementsPerUnit: rounded(1 / linearStep(position, preferred.linearPosition)),
      velocityIncrementsPerUnit: rounded(
        timeUnit(velocity.type) / linearStep(velocity, preferred.linearVelocity),
      ),
    }
  if (method !== scalingMethod.rotary) return undefined
  const own = extract(position.type, scalingType.byParameters) === 1
  const resolution = own ? position.resolution : preferred.resolution
  return {
    kind: 'rotary',
    incrementsPerUnit: resolution / degreesPerTurn,
    velocityIncrementsPerUnit: rounded(
      timeUnit(velocity.type) /
        (degreesPerTurn * power(chosen(velocity, preferred.rotaryVelocity))),
    ),
  }
}

/** Throws DP_SERCOS3_SCALING, DP_SERCOS3_SVC and its kin. */
export function* readScaling(
  context: RunUpContext,
  device: number,
  wanted: ScalingWanted,
): Script<DriveScaling> {
  const word = function* (text: Parameters<typeof idn>[0], otherwise: number): Script<number> {
    return yield* readNumberOr(context, device, idn(text), otherwise)
  }
  const position = {
    type: yield* readNumber(context, device, idn('S-0-0076')),
    factor: yield* word('S-0-0077', 1),
    exponent: signed(yield* word('S-0-0078', 0)),
    resolution: yield* word('S-0-0079', preferred.resolution),
  }
  const velocity = {
    type: yield* readNumber(context, device, idn('S-0-0044')),
    factor: yield* word('S-0-0045', 1),
    exponent: signed(yield* word('S-0-0046', 0)),
  }
  const scaling = scalingOf(position, velocity)
  const fault = scaling === undefined ? undefined : faultOf(scaling, wanted)
  if (scaling !== undefined && fault === undefined) return scaling
  throw new DualportError('DP_SERCOS3_SCALING', {
    at: context.at(device, 'S-0-0076, S-0-0044'),
    actual: fault?.actual ?? `types ${hex(position.type)} and ${hex(velocity.type)}`,
    expected: fault?.expected ?? 'both linear (1) or both rotary (2)',
  })
}

type Fault = { readonly actual: string; readonly expected: string }

/** The drive's scaling against the machine file. */
function faultOf(scaling: DriveScaling, { unit, velocity }: ScalingWanted): Fault | undefined {
  if ((scaling.kind === 'linear') !== (unit === 'mm'))
    return { actual: scaling.kind, expected: `the kind of an axis in ${unit}` }
  const increments = velocity * scaling.velocityIncrementsPerUnit
  if (increments <= mostIncrements) return undefined
  return {
    actual: `${increments} increments at the velocity limit of ${velocity} ${unit}/s`,
    expected: `at most ${mostIncrements}, which a word of 4 bytes holds`,
  }
}

/** mm per increment. */
function linearStep(scaling: Factor & { readonly type: number }, usual: Factor): number {
  const inch = extract(scaling.type, scalingType.inch) === 1
  return (inch ? mmPerInch : mmPerMetre) * power(chosen(scaling, usual))
}

function rounded(value: number): number {
  return Number(value.toPrecision(digits))
}

function chosen(scaling: Factor & { readonly type: number }, usual: Factor): Factor {
  return extract(scaling.type, scalingType.byParameters) === 1 ? scaling : usual
}

function power({ factor, exponent }: Factor): number {
  // a division by a whole power of ten is exact where a product with its inverse is not
  return exponent < 0 ? factor / 10 ** -exponent : factor * 10 ** exponent
}

function timeUnit(type: number): number {
  return extract(type, scalingType.perSecond) === 1 ? 1 : secondsPerMinute
}

function signed(word: number): number {
  return (word << 16) >> 16
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(4, '0')}`
}
