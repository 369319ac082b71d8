/**
 * The three classes of a drive's diagnosis, S-0-0011 to S-0-0013, bit by bit and in words. General knowledge of the drive
 * profile; a bit without words is reserved.
 */
import { formatIdn } from './idn.ts'

/** Errors: bits of S-0-0011. The drive shuts down. */
export const class1 = {
  overload: 1 << 0,
  amplifierTemperature: 1 << 1,
  motorTemperature: 1 << 2,
  cooling: 1 << 3,
  controlVoltage: 1 << 4,
  feedback: 1 << 5,
  commutation: 1 << 6,
  overcurrent: 1 << 7,
  overvoltage: 1 << 8,
  undervoltage: 1 << 9,
  powerSupply: 1 << 10,
  excessiveDeviation: 1 << 11,
  communication: 1 << 12,
  overtravel: 1 << 13,
  manufacturer: 1 << 15,
} as const

/** Warnings: bits of S-0-0012. */
export const class2 = {
  overload: 1 << 0,
  amplifierTemperature: 1 << 1,
  motorTemperature: 1 << 2,
  cooling: 1 << 3,
  manufacturer: 1 << 15,
} as const

/** States: bits of S-0-0013. */
export const class3 = {
  velocityReached: 1 << 0,
  standstill: 1 << 1,
  torqueLimited: 1 << 4,
  inPosition: 1 << 6,
} as const

const class1Texts: readonly string[] = [
  'drive overload',
  'amplifier too hot',
  'motor too hot',
  'cooling failed',
  'control voltage out of range',
  'feedback failure',
  'commutation failure',
  'overcurrent',
  'overvoltage',
  'undervoltage',
  'power supply failure',
  'position deviation too large',
  'communication lost',
  'position limit passed',
  '',
  'manufacturer specific error',
]

const class2Texts: readonly string[] = [
  'overload warning',
  'amplifier is getting hot',
  'motor is getting hot',
  'cooling warning',
  '',
  'positioning velocity above its limit',
  '',
  '',
  '',
  'undervoltage warning',
  '',
  'velocity deviation too large',
  'communication warning',
  'target position beyond the limits',
  '',
  'manufacturer specific warning',
]

const class3Texts: readonly string[] = [
  'velocity reached',
  'standstill',
  'velocity below its threshold',
  'torque above its threshold',
  'torque at its limit',
  'velocity command above its limit',
  'in position',
  'power above its threshold',
]

const texts = { 1: class1Texts, 2: class2Texts, 3: class3Texts } as const

/** The bits of a class in words, lowest bit first. */
export function classTexts(diagnosticClass: 1 | 2 | 3, bits: number): string[] {
  const found: string[] = []
  for (let bit = 0; bit < 16; bit++) {
    if ((bits & (1 << bit)) === 0) continue
    found.push(texts[diagnosticClass][bit] || `bit ${bit} of ${formatIdn(10 + diagnosticClass)}`)
  }
  return found
}

/** What a drive was read to say of itself. */
export type DriveDiagnosis = {
  /** S-0-0011. */
  readonly class1: number
  /** S-0-0012. */
  readonly class2: number
  /** S-0-0390; `undefined`: the drive has none. */
  readonly number: number | undefined
  /** S-0-0095; empty: the drive has none. */
  readonly text: string
}

/** `"Position deviation too large" (diagnosis 000F000B); position deviation too large (S-0-0011)`. */
export function describeDiagnosis({
  class1: errors,
  class2: warnings,
  number,
  text,
}: DriveDiagnosis): string {
  const code =
    number === undefined ? '' : `diagnosis ${number.toString(16).toUpperCase().padStart(8, '0')}`
  const own = text === '' ? code : `"${text}"${code === '' ? '' : ` (${code})`}`
  const classes = [
    ['S-0-0011', classTexts(1, errors)],
    ['S-0-0012', classTexts(2, warnings)],
  ] as const
  const said = classes.flatMap(([source, words]) =>
    words.length === 0 ? [] : [`${words.join(', ')} (${source})`],
  )
  return [...(own === '' ? [] : [own]), ...said].join('; ') || 'no error in S-0-0011'
}
