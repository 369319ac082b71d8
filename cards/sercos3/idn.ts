/**
 * Identification numbers: their 32-bit form, their text form, and those that master and devices use.
 * Text: `S-0-0051`, `S-0-1050.2.3` (structure instance, structure element), `P-0-0020`.
 * Bits: 31..24 SI, 23..16 SE, 15 P/S, 14..12 parameter set, 11..0 number. CS CSMD_GLOB.h.
 */

export type IdnText = `${'S' | 'P'}-${number}-${string}`

/** The 32-bit form of an IDN, or `undefined` when `text` is none. */
export function tryParseIdn(text: string): number | undefined {
  const match = /^([SP])-([0-7])-(\d{4})(?:\.(\d{1,3})\.(\d{1,3}))?$/.exec(text)
  if (match === null) return undefined
  const [, kind, set, number, si = '0', se = '0'] = match
  if (Number(number) > 4095 || Number(si) > 255 || Number(se) > 255) return undefined
  const low = (kind === 'P' ? 0x8000 : 0) | (Number(set) << 12) | Number(number)
  return ((Number(si) << 24) | (Number(se) << 16) | low) >>> 0
}

/** The 32-bit form of an IDN that is known to be one: a literal in the code. */
export function idn(text: IdnText): number {
  const parsed = tryParseIdn(text)
  if (parsed === undefined)
    throw new TypeError(`${text} is not an IDN such as S-0-0051 or S-0-1050.2.3`)
  return parsed
}

/** The text of a 32-bit IDN; SI and SE are left out when both are 0. */
export function formatIdn(value: number): string {
  const kind = (value & 0x8000) === 0 ? 'S' : 'P'
  const set = (value >>> 12) & 7
  const number = (value & 0xfff).toString().padStart(4, '0')
  const si = value >>> 24
  const se = (value >>> 16) & 0xff
  return si === 0 && se === 0 ? `${kind}-${set}-${number}` : `${kind}-${set}-${number}.${si}.${se}`
}

/** Connection instance `x`, element `se` of S-0-1050. */
export function connectionIdn(instance: number, se: number): number {
  return ((instance << 24) | (se << 16) | 1050) >>> 0
}

/** Elements of S-0-1050.x. CS CSMD_GLOB.h. */
export const connectionElement = {
  setup: 1,
  number: 2,
  assignment: 3,
  length: 5,
  idnList: 6,
  cCon: 8,
  state: 9,
  producerCycleNs: 10,
  allowedLosses: 11,
} as const

/** SCP class items of S-0-1000: class << 8 + version. CS CSMD_CONFIG.h. */
export const scpClass = {
  fixCfg1: 0x0101,
  varCfg1: 0x0201,
  sync1: 0x0301,
  watchdog: 0x0401,
  diagnosis: 0x0501,
  hotPlug: 0x0701,
  nrt: 0x0a01,
  systemTime: 0x1301,
} as const

/**
 * I/O profile. The sheet names only S-0-1302.0.1; S-0-15xx.y.5 (PDOUT) and .9 (PDIN) follow general knowledge of the
 * I/O profile (inferred). The fallback values are manufacturer parameters of the emulated device: a machine file may
 * name others. Each is one value, not a list: digital words 2 bytes (bit n = channel n), analogue words 4 bytes with channel 0
 * in the low half and channel 1 in the high half.
 */
export const ioProfile = {
  digitalOutputs: idn('S-0-1501.0.5'),
  digitalInputs: idn('S-0-1502.0.9'),
  analogOutputs: idn('S-0-1505.0.5'),
  analogInputs: idn('S-0-1506.0.9'),
  fallbackDigitalOutputs: idn('P-0-1501'),
  fallbackAnalogOutputs: idn('P-0-1505'),
} as const

/** Groups of 16 digital and 2 analogue channels each way that a device of the I/O profile may have. */
export const ioGroups = 4

/**
 * IDNs of one group of an I/O device, 0 to 3: `ioProfile` is group 0, the others are further structure instances of the same
 * (inferred). Digital channel n lies in group n >> 4, analogue channel n in group n >> 1.
 */
export function ioGroup(group: number): { readonly [word in keyof typeof ioProfile]: number } {
  const of = (first: number) => (first | (group << 24)) >>> 0
  return {
    digitalOutputs: of(ioProfile.digitalOutputs),
    digitalInputs: of(ioProfile.digitalInputs),
    analogOutputs: of(ioProfile.analogOutputs),
    analogInputs: of(ioProfile.analogInputs),
    fallbackDigitalOutputs: of(ioProfile.fallbackDigitalOutputs),
    fallbackAnalogOutputs: of(ioProfile.fallbackAnalogOutputs),
  }
}

/** S-0-1302.0.1, high word: which profile a device follows. The values are inferred; the source only says that the word tells. */
export const deviceProfile = { drive: 0x0001, io: 0x0002 } as const
