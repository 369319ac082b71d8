/**
 * Values that tell where they come from: device, word and cycle, in every word that a connection carries. So what arrives in a
 * wrong place, torn or late is known for it.
 *
 * 32 bits: 31..24 device, 23..16 word, 15..0 cycle. 16 bits: 15..10 device, 9..6 word, 5..0 cycle; the control word of a drive
 * keeps its upper bits clear, lest the drive takes power: 11..6 device, 5..0 cycle.
 */
export type WordKind = 'long' | 'short' | 'control'

const cycleBits = { long: 16, short: 6, control: 6 } as const

export function signatureOf(kind: WordKind, device: number, word: number, cycle: number): number {
  const stamp = cycle & ((1 << cycleBits[kind]) - 1)
  return (originOf(kind, device, word) | stamp) >>> 0
}

/** What is wrong with `value`, which ought to be device `device`'s word `word`, of one of the last `age` cycles; undefined: nothing. */
export function flawOf(
  kind: WordKind,
  device: number,
  word: number,
  value: number,
  cycle: number,
  age: number,
): string | undefined {
  const bits = cycleBits[kind]
  const span = 1 << bits
  const raw = value >>> 0
  const told = `0x${raw.toString(16)} instead of 0x${signatureOf(kind, device, word, cycle).toString(16)}`
  if (raw - (raw % span) !== originOf(kind, device, word) >>> 0) return `not of this word: ${told}`
  const late = (cycle - (raw % span) + span) % span
  return late > Math.min(age, span - 1) ? `${late} cycles old: ${told}` : undefined
}

function originOf(kind: WordKind, device: number, word: number): number {
  if (kind === 'long') return (device << 24) | (word << 16)
  if (kind === 'short') return ((device & 63) << 10) | ((word & 15) << 6)
  return (device & 63) << 6
}
