/** Whether the devices' cyclic data fit into the telegrams and the cycle: an estimate from below, for the machine file. */
import { cp34, headerBytes, nsPerByte, payloadMaxBytes } from '../../cards/sercos3/telegram.ts'
import type { DeviceFile } from './schema.ts'

/** Bytes of the default connections: C-CON and the profile's data. */
const connectionBytes = {
  drive: { mdt: 12, at: 14 },
  io: { mdt: 8, at: 8 },
} as const

/** Ethernet around a telegram: preamble 8, check sequence 4, gap 12. */
const frameBytes = headerBytes + 24
const telegramsMax = 4

export type RingLoad = {
  /** Telegrams needed each way, whichever way needs more. */
  readonly telegrams: number
  readonly telegramsMax: number
  /** Time on the wire of all MDTs and ATs, us. */
  readonly wireUs: number
}

export function ringLoad(
  devices: readonly ({ readonly profile?: DeviceFile['profile'] | undefined } | undefined)[],
): RingLoad {
  const perDevice = cp34.svcBytes + cp34.deviceBytes
  let mdt = cp34.hotPlugBytes + cp34.mdtExtendedBytes
  let at = cp34.hotPlugBytes
  for (const device of devices) {
    const bytes = connectionBytes[device?.profile ?? 'io']
    mdt += perDevice + bytes.mdt
    at += perDevice + bytes.at
  }
  const mdts = Math.ceil(mdt / payloadMaxBytes)
  const ats = Math.ceil(at / payloadMaxBytes)
  const bytes = mdt + at + (mdts + ats) * frameBytes
  return { telegrams: Math.max(mdts, ats), telegramsMax, wireUs: (bytes * nsPerByte) / 1000 }
}
