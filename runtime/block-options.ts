/**
 * What may be given to each block, and where in the command it travels. One table: the checks of what no type checker has
 * looked at, and the blocks of a user's cyclic task, come from it.
 */
import { bufferModes } from '../control/axis/buffer-mode.ts'
import { mostOverride } from '../control/axis/override.ts'
import { syncModes } from '../control/coupling/gear-law.ts'
import { DualportError } from '../errors.ts'
import type { CommandValues } from './command-desk.ts'
import { nearest } from './machine-file/nearest.ts'
import type { CommandValue } from './shared/command-ring.ts'

/** A list: one of these words, told by its place. `axis`: the name of another one. */
type Kind = NumberKind | 'flag' | 'axis' | readonly string[]
type NumberKind = 'finite' | 'positive' | 'factor' | 'positiveFactor'
type Rule = {
  readonly field: CommandValue
  readonly is: Kind
  readonly needed?: true
}

export const finitePosition = { field: 'position', is: 'finite', needed: true } as const
const position = { position: finitePosition } as const
const distance = { distance: { field: 'position', is: 'finite', needed: true } } as const
const shift = { shift: { field: 'position', is: 'finite', needed: true } } as const
const speed = { velocity: { field: 'velocity', is: 'finite', needed: true } } as const
const endVelocity = { endVelocity: { field: 'endVelocity', is: 'finite', needed: true } } as const
const slowing = {
  deceleration: { field: 'deceleration', is: 'positive' },
  jerk: { field: 'jerk', is: 'positive' },
} as const
const changes = { acceleration: { field: 'acceleration', is: 'positive' }, ...slowing } as const
const dynamics = { velocity: { field: 'velocity', is: 'positive' }, ...changes } as const
const buffer = { bufferMode: { field: 'bufferMode', is: bufferModes } } as const
const sources = ['setpoint', 'actual'] as const
const master = {
  master: { field: 'master', is: 'axis', needed: true },
  masterSource: { field: 'masterActual', is: sources },
} as const
const ratio = {
  numerator: { field: 'numerator', is: 'finite' },
  denominator: { field: 'denominator', is: 'finite' },
} as const

/** Those whose options are numbers, words and names alone. */
export const blockOptions = {
  enable: {},
  disable: {},
  reset: {},
  setPosition: { ...position, relative: { field: 'flags', is: 'flag' } },
  setOverride: {
    velocity: { field: 'velocityFactor', is: 'factor' },
    acceleration: { field: 'accelerationFactor', is: 'positiveFactor' },
    jerk: { field: 'jerkFactor', is: 'positiveFactor' },
  },
  moveAbsolute: { ...position, ...dynamics, ...buffer },
  moveRelative: { ...distance, ...dynamics, ...buffer },
  moveAdditive: { ...distance, ...dynamics, ...buffer },
  moveSuperimposed: { ...distance, ...dynamics },
  haltSuperimposed: {},
  moveVelocity: { ...speed, ...changes, ...buffer },
  moveContinuousAbsolute: { ...position, ...endVelocity, ...dynamics, ...buffer },
  moveContinuousRelative: { ...distance, ...endVelocity, ...dynamics, ...buffer },
  torqueControl: {
    torque: { field: 'torque', is: 'finite', needed: true },
    torqueRamp: { field: 'torqueRamp', is: 'positive' },
    velocity: { field: 'velocity', is: 'positive' },
    ...buffer,
  },
  halt: { ...slowing, ...buffer },
  stop: slowing,
  gearIn: { ...master, ...ratio, ...changes, ...buffer },
  gearInPos: {
    ...master,
    ...ratio,
    masterSync: { field: 'masterSync', is: 'finite', needed: true },
    slaveSync: { field: 'slaveSync', is: 'finite', needed: true },
    slaveModulo: { field: 'slaveModulo', is: 'positive' },
    syncMode: { field: 'choice', is: syncModes },
    masterStart: { field: 'masterStart', is: 'positive' },
    ...dynamics,
    ...buffer,
  },
  gearOut: {},
  combineAxes: {
    master1: { field: 'master', is: 'axis', needed: true },
    master2: { field: 'second', is: 'axis', needed: true },
    combineMode: { field: 'choice', is: ['add', 'subtract'] },
    numerator1: { field: 'numerator', is: 'finite' },
    denominator1: { field: 'denominator', is: 'finite' },
    numerator2: { field: 'secondNumerator', is: 'finite' },
    denominator2: { field: 'secondDenominator', is: 'finite' },
    masterSource1: { field: 'masterActual', is: sources },
    masterSource2: { field: 'secondActual', is: sources },
    ...changes,
    ...buffer,
  },
  camOut: {},
  phasingAbsolute: { ...shift, ...dynamics },
  phasingRelative: { ...shift, ...dynamics },
} as const satisfies { readonly [block: string]: { readonly [option: string]: Rule } }
export type PlainBlock = keyof typeof blockOptions

/** Beside the cam itself. */
export const camOptions = {
  ...master,
  masterOffset: { field: 'masterOffset', is: 'finite' },
  slaveOffset: { field: 'slaveOffset', is: 'finite' },
  masterScaling: { field: 'masterScaling', is: 'finite' },
  slaveScaling: { field: 'slaveScaling', is: 'finite' },
  masterSync: { field: 'masterSync', is: 'finite' },
  masterStart: { field: 'masterStart', is: 'positive' },
  ...dynamics,
  ...buffer,
} as const satisfies { readonly [option: string]: Rule }

/** Beside the method. */
export const homeOptions = {
  position: { field: 'position', is: 'finite' },
} as const satisfies { readonly [option: string]: Rule }

/** Beside the numbers. */
export const profileOptions = buffer

/** Where a block and an option stand in words. */
export type Place = { readonly axis: string; readonly block: string }

/**
 * The values of a command. Throws DP_COMMAND_VALUE, DP_AXIS_UNKNOWN. `axes`: the names of the machine's axes.
 */
export function commandValues(
  { axis, block }: Place,
  rules: { readonly [option: string]: Rule },
  options: unknown,
  axes: readonly string[],
): CommandValues {
  const known = Object.keys(rules)
  const given = checkNames({ axis, block }, options, known)
  const values: { [name in CommandValue]?: number } = {}
  for (const [name, { field, is, needed }] of Object.entries(rules)) {
    const value = given[name]
    if (value !== undefined) {
      values[field] = numberOf(`axis ${axis}, ${name} of ${block}`, is, value, axes)
      continue
    }
    if (needed !== true) continue
    throw new DualportError('DP_COMMAND_VALUE', {
      at: `axis ${axis}, ${block}`,
      actual: `without ${name}`,
      expected: inWords(is, axes),
    })
  }
  return values
}

/** Throws DP_COMMAND_VALUE: no object, or an option that does not exist. */
export function checkNames(
  { axis, block }: Place,
  options: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  return checkOptionNames(`axis ${axis}, ${block}`, options, known)
}

/** As checkNames, for what is no axis. */
export function checkOptionNames(
  at: string,
  options: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof options !== 'object' || options === null)
    throw new DualportError('DP_COMMAND_VALUE', {
      at,
      actual: options === undefined ? 'without options' : options,
      expected: `an object with ${known.join(', ')}`,
    })
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    const all = known.length === 0 ? 'none' : known.join(', ')
    throw new DualportError('DP_COMMAND_VALUE', {
      at,
      actual: `an option '${name}'`,
      expected: meant === undefined ? all : `'${meant}'`,
    })
  }
  return options as Record<string, unknown>
}

function numberOf(at: string, is: Kind, value: unknown, axes: readonly string[]): number {
  if (typeof is === 'object' || is === 'axis') {
    const words = typeof is === 'object' ? is : axes
    const place = words.indexOf(value as string)
    if (place >= 0) return place
    if (is === 'axis')
      throw new DualportError('DP_AXIS_UNKNOWN', { at, actual: value, expected: axes.join(', ') })
  } else if (is === 'flag') {
    if (typeof value === 'boolean') return value ? 1 : 0
  } else if (typeof value === 'number' && Number.isFinite(value) && allows(is, value)) return value
  throw new DualportError('DP_COMMAND_VALUE', { at, actual: value, expected: inWords(is, axes) })
}

function allows(is: NumberKind, value: number): boolean {
  if (is === 'finite') return true
  if (is === 'factor') return value >= 0 && value <= mostOverride
  return value > 0 && (is === 'positive' || value <= mostOverride)
}

function inWords(is: Kind, axes: readonly string[]): string {
  if (is === 'axis') return axes.join(', ')
  if (typeof is === 'object') return is.join(', ')
  return {
    finite: 'a finite number',
    positive: 'a number above 0',
    factor: `0 to ${mostOverride}`,
    positiveFactor: `above 0, at most ${mostOverride}`,
    flag: 'true or false',
  }[is]
}
