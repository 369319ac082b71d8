/**
 * How the cables lie, told by which channel came in on which port. Cyclic. Values: CoSeMa CSMD_GLOB.h; rule: CSMD_TOPOLOGY.c.
 * P leaves by port 1, S by port 2: in a ring they arrive crossed, in a line each comes back to its own port.
 */
import { maskOf } from '../../../../uio/bit-field.ts'
import { registers } from '../../registers.ts'

export const topology = {
  noLink: 0,
  linePort1: 1,
  linePort2: 2,
  brokenRing: 3,
  ring: 4,
  defectiveRing: 8,
} as const

const anyAt = maskOf(registers.tgsr1.bits.at)
const secondary = maskOf(registers.tgsr1.bits.secondary)

/** Bits of TGSR1 and TGSR2 from which the topology follows; they lie in the lower half. */
export const tellingOfCables = anyAt | secondary

/** One of `topology`, from TGSR1 and TGSR2 of one cycle. */
export function topologyOf(status1: number, status2: number): number {
  const came1 = (status1 & anyAt) !== 0
  const came2 = (status2 & anyAt) !== 0
  const s1 = (status1 & secondary) !== 0
  const s2 = (status2 & secondary) !== 0
  if (came1 && came2) {
    if (s1 === s2) return topology.defectiveRing
    return s1 ? topology.ring : topology.brokenRing
  }
  if (came1) return s1 ? topology.defectiveRing : topology.linePort1
  if (came2) return s2 ? topology.linePort2 : topology.defectiveRing
  return topology.noLink
}

/** In words, for messages. */
export function topologyText(code: number): string {
  switch (code) {
    case topology.linePort1:
      return 'a line on port 1'
    case topology.linePort2:
      return 'a line on port 2'
    case topology.brokenRing:
      return 'a broken ring'
    case topology.ring:
      return 'a ring'
    case topology.defectiveRing:
      return 'a ring that passes telegrams in one direction only'
    default:
      return 'no telegrams on either port'
  }
}
