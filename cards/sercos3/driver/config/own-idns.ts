/** The IDNs that this master itself sets in a device: what a user wrote there would be overwritten, or break the ring. */
import { operationMode } from '../../drive-words.ts'
import { formatIdn, idn, ioGroup, ioGroups } from '../../idn.ts'
import type { Sercos3Profile } from './profile-connections.ts'

/**
 * Operation modes of a drive, written in CP2: the one at index n is what the drive does in mode n of its control word, see
 * modeNumber. Not every drive has the third.
 */
export const driveModes = [
  { idn: idn('S-0-0032'), value: operationMode.positionLagless },
  { idn: idn('S-0-0033'), value: operationMode.velocity },
  { idn: idn('S-0-0034'), value: operationMode.torque },
] as const

/** All elements of all instances of S-0-1050 belong to the master. */
const connection = 1050
const numberMask = 0xffff

const ofEvery: readonly number[] = [
  idn('S-0-0127'),
  idn('S-0-0128'),
  idn('S-0-1000.0.1'),
  idn('S-0-1002'),
  idn('S-0-1003'),
  idn('S-0-1006'),
  idn('S-0-1007'),
  idn('S-0-1008'),
  idn('S-0-1009'),
  idn('S-0-1010'),
  idn('S-0-1011'),
  idn('S-0-1012'),
  idn('S-0-1013'),
  idn('S-0-1014'),
  idn('S-0-1015'),
  idn('S-0-1017'),
  idn('S-0-1023'),
  idn('S-0-1024'),
  idn('S-0-1027.0.1'),
  idn('S-0-1032'),
  idn('S-0-1036'),
  idn('S-0-1061'),
]

const byProfile: { readonly [profile in Sercos3Profile]: readonly number[] } = {
  drive: [...driveModes.map((mode) => mode.idn), idn('S-0-0099'), ...ofEvery],
  io: [...ofEvery, ...fallbackIdns()],
}

function fallbackIdns(): number[] {
  return Array.from({ length: ioGroups }, (_, group) => ioGroup(group)).flatMap((group) => [
    group.fallbackDigitalOutputs,
    group.fallbackAnalogOutputs,
  ])
}

export function isOwnIdn(id: number, profile: Sercos3Profile): boolean {
  return (id & numberMask) === connection || byProfile[profile].includes(id)
}

/** For messages. */
export function ownIdnsText(profile: Sercos3Profile): string {
  return [...byProfile[profile].map(formatIdn), 'S-0-1050.x.y'].join(', ')
}
