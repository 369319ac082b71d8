/**
 * The two connections of a device of each profile: what travels in them and where the words lie.
 * Drive: the example master S3SM_LC_MAIN.c. I/O: idn.ts ioProfile. Offsets are bytes from C-CON, the first word.
 */
import { idn, ioProfile } from '../idn.ts'

export type Sercos3Profile = 'drive' | 'io'

export type ConnectionContent = {
  /** Value of S-0-1050.x.6. */
  readonly idns: readonly number[]
  /** Length with C-CON, as S-0-1050.x.5 tells it. */
  readonly bytes: number
}

/** Instance numbers of S-0-1050 that every device uses. */
export const connectionInstance = { mdt: 0, at: 1 } as const

export const driveOffset = {
  control: 2,
  velocityCommand: 4,
  positionCommand: 8,
  status: 2,
  velocity: 4,
  position: 8,
  torque: 12,
} as const

export const ioOffset = { digital: 2, analog: 4, analogChannels: 2 } as const

export const profileConnections: {
  readonly [profile in Sercos3Profile]: {
    readonly mdt: ConnectionContent
    readonly at: ConnectionContent
  }
} = {
  drive: {
    mdt: { idns: [idn('S-0-0134'), idn('S-0-0036'), idn('S-0-0047')], bytes: 12 },
    at: { idns: [idn('S-0-0135'), idn('S-0-0040'), idn('S-0-0051'), idn('S-0-0084')], bytes: 14 },
  },
  io: {
    mdt: { idns: [ioProfile.digitalOutputs, ioProfile.analogOutputs], bytes: 8 },
    at: { idns: [ioProfile.digitalInputs, ioProfile.analogInputs], bytes: 8 },
  },
}
