/**
 * Where each device's fields lie in the telegrams. Pure.
 * CP3 and CP4 (CoSeMa CSMD_CALC.c, tried): hot-plug field, in MDT0 the extended field, all service channels, all device
 * words, then the connections in device order; what does not fit whole goes to the next telegram, from its byte 0.
 */
import { DualportError } from '../../../../errors.ts'
import { cp12, cp34, payloadMaxBytes, payloadMinBytes } from '../../telegram.ts'
import { noConnection } from '../config/connections.ts'
import type { ConnectionWord, DeviceConnections } from '../config/connections.ts'

export const telegramsPerKind = 4

/** A field's place: telegram 0..3, byte offset in the payload. */
export type FieldPlace = { readonly telegram: number; readonly offset: number }

export type DeviceLayout = {
  readonly mdtSvc: FieldPlace
  readonly cDev: FieldPlace
  readonly mdtConnection: FieldPlace
  readonly atSvc: FieldPlace
  readonly sDev: FieldPlace
  readonly atConnection: FieldPlace
  /** Words of the connections; none in CP1 and CP2. */
  readonly mdtWords: readonly ConnectionWord[]
  readonly atWords: readonly ConnectionWord[]
  /** Produced in every n-th cycle. */
  readonly mdtProducerCycles: number
  readonly atProducerCycles: number
  /** Productions in a row that the consumer may miss. */
  readonly mdtToleratedLosses: number
  readonly atToleratedLosses: number
}

export type TelegramLayout = {
  /** Payload bytes of MDT0..3; 0: not used. */
  readonly mdtBytes: readonly number[]
  readonly atBytes: readonly number[]
  readonly devices: readonly DeviceLayout[]
}

/** A device without a connection in this layout: CP1 and CP2, or none configured. */
export const noPlace: FieldPlace = { telegram: 0, offset: 0 }

/** CP1 and CP2: two telegrams each way. A device's slot is its topology address; 0, which none has, for an absent one. */
export function layoutCp12(slots: readonly number[]): TelegramLayout {
  const bytes = [cp12.bytes, cp12.bytes, 0, 0]
  return {
    mdtBytes: bytes,
    atBytes: bytes,
    devices: slots.map((address) => {
      const telegram = Math.floor(address / cp12.slotsPerTelegram)
      const slot = address % cp12.slotsPerTelegram
      const svc = { telegram, offset: slot * cp12.svcBytes }
      const device = { telegram, offset: cp12.deviceOffset + slot * cp12.deviceBytes }
      return {
        mdtSvc: svc,
        cDev: device,
        mdtConnection: noPlace,
        atSvc: svc,
        sDev: device,
        atConnection: noPlace,
        ...connectionFields({ mdt: noConnection, at: noConnection }),
      }
    }),
  }
}

/** CP3 and CP4. Throws DP_SERCOS3_LAYOUT. */
export function layoutCp34(connections: readonly DeviceConnections[]): TelegramLayout {
  const mdt = new TelegramFiller('MDT', cp34.hotPlugBytes + cp34.mdtExtendedBytes)
  const mdtSvc = connections.map(() => mdt.take(cp34.svcBytes))
  const cDev = connections.map(() => mdt.take(cp34.deviceBytes))
  const mdtConnection = connections.map((device) => mdt.take(device.mdt.bytes))
  const at = new TelegramFiller('AT', cp34.hotPlugBytes)
  const atSvc = connections.map(() => at.take(cp34.svcBytes))
  const sDev = connections.map(() => at.take(cp34.deviceBytes))
  const atConnection = connections.map((device) => at.take(device.at.bytes))
  return {
    mdtBytes: mdt.lengths(),
    atBytes: at.lengths(),
    devices: connections.map((device, index) => ({
      mdtSvc: mdtSvc[index] ?? noPlace,
      cDev: cDev[index] ?? noPlace,
      mdtConnection: mdtConnection[index] ?? noPlace,
      atSvc: atSvc[index] ?? noPlace,
      sDev: sDev[index] ?? noPlace,
      atConnection: atConnection[index] ?? noPlace,
      ...connectionFields(device),
    })),
  }
}

function connectionFields({ mdt, at }: DeviceConnections) {
  return {
    mdtWords: mdt.words,
    atWords: at.words,
    mdtProducerCycles: mdt.producerCycles,
    atProducerCycles: at.producerCycles,
    mdtToleratedLosses: mdt.toleratedLosses,
    atToleratedLosses: at.toleratedLosses,
  }
}

class TelegramFiller {
  readonly #kind: string
  readonly #lengths: number[] = []
  #offset: number

  constructor(kind: string, headBytes: number) {
    this.#kind = kind
    this.#offset = headBytes
  }

  take(bytes: number): FieldPlace {
    if (bytes % 2 !== 0 || bytes > payloadMaxBytes)
      throw new DualportError('DP_SERCOS3_LAYOUT', {
        at: `a connection in ${this.#kind}${this.#lengths.length}`,
        actual: bytes,
        expected: `an even number of bytes up to ${payloadMaxBytes}`,
      })
    if (bytes === 0) return noPlace
    if (this.#offset + bytes > payloadMaxBytes) this.#next()
    const place = { telegram: this.#lengths.length, offset: this.#offset }
    this.#offset += bytes
    return place
  }

  lengths(): number[] {
    const used = [...this.#lengths, Math.max(this.#offset, payloadMinBytes)]
    return Array.from({ length: telegramsPerKind }, (_, telegram) => used[telegram] ?? 0)
  }

  #next(): void {
    this.#lengths.push(Math.max(this.#offset, payloadMinBytes))
    this.#offset = 0
    if (this.#lengths.length === telegramsPerKind)
      throw new DualportError('DP_SERCOS3_LAYOUT', {
        at: this.#kind,
        actual: 'more',
        expected: `what fits into ${telegramsPerKind} telegrams of ${payloadMaxBytes} bytes`,
      })
  }
}
