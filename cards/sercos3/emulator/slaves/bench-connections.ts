/** What the connections of the devices' tests carry, and how long they are with C-CON. */
import { idn, ioProfile } from '../../idn.ts'

const driveConsumed = ['S-0-0134', 'S-0-0036', 'S-0-0047'] as const
const driveProduced = ['S-0-0135', 'S-0-0040', 'S-0-0051', 'S-0-0084'] as const

export const connectionsOf = {
  drive: {
    mdt: driveConsumed.map((text) => idn(text)),
    at: driveProduced.map((text) => idn(text)),
    mdtBytes: 12,
    atBytes: 14,
  },
  io: {
    mdt: [ioProfile.digitalOutputs, ioProfile.analogOutputs],
    at: [ioProfile.digitalInputs, ioProfile.analogInputs],
    mdtBytes: 8,
    atBytes: 8,
  },
}
