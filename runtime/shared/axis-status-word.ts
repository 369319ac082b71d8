/** An axis's status in one 32-bit word, as worker and main thread exchange it. */
import { axisStates } from '../../control/axis/axis-state.ts'
import type { AxisState } from '../../control/axis/axis-state.ts'

/** Drive power by S-0-0135 bits 15..14. */
export const powerStates = ['notReady', 'bb', 'ab', 'af'] as const

/** Cyclic. `state` is an index into axisStates, `power` the drive's two bits, `error` a number of control/axis/axis-error.ts. */
export function packAxisStatus(
  state: number,
  power: number,
  homed: boolean,
  error: number,
): number {
  return state | (power << 4) | (homed ? 0x40 : 0) | (error << 8)
}

export type UnpackedAxisStatus = {
  readonly state: AxisState
  readonly power: (typeof powerStates)[number]
  readonly homed: boolean
  /** axisError of control/axis/axis-error.ts; 0 when there is none. */
  readonly error: number
}

export function unpackAxisStatus(word: number): UnpackedAxisStatus {
  return {
    state: axisStates[word & 0xf] ?? 'disabled',
    power: powerStates[(word >>> 4) & 3] ?? 'notReady',
    homed: (word & 0x40) !== 0,
    error: (word >>> 8) & 0xff,
  }
}
