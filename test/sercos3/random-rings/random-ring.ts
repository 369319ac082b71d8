/** A ring as the random tests build it: like a machine file, with what is plugged in beside what is configured. */
import fc from 'fast-check'
import type { EmulatorScript } from '../../../cards/sercos3/emulator/script.ts'
import type { DeviceSpec } from '../../../cards/sercos3/emulator/slave.ts'
import type { Topology } from '../../../cards/sercos3/emulator/chip-ring.ts'
import type {
  Sercos3ConnectionConfig,
  Sercos3DeviceConfig,
} from '../../../cards/sercos3/driver/config/config.ts'
import { idn } from '../../../cards/sercos3/idn.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import type { Sercos3Config } from '../../../cards/sercos3/index.ts'
import { nsPerUs } from '../../../units.ts'

export type RandomConnection = {
  readonly idns: readonly IdnText[]
  readonly producerCycles?: number | undefined
  readonly toleratedLosses?: number | undefined
}

/** An IDN beside those of the profile. */
export type ExtraIdn = {
  readonly idn: IdnText
  readonly type: 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'u16[]'
  readonly cyclic: 'consume' | 'produce' | 'no'
}

export type RandomDevice = {
  readonly name: string
  readonly address: number
  readonly profile: 'drive' | 'io'
  readonly optional: boolean
  /** Not on its cables at the start. */
  readonly absent: boolean
  /** SCP_FixCFG. */
  readonly fixed: boolean
  readonly channels: { readonly digital: number; readonly analog: number }
  readonly connections:
    | { readonly mdt: RandomConnection; readonly at: RandomConnection }
    | 'fromDevice'
    | 'profile'
  readonly parameters: { readonly [idn: string]: number }
  readonly extra: readonly ExtraIdn[]
}

export type RandomStep = EmulatorScript['steps'][number]

type Card = {
  readonly cycleUs: number
  readonly topology: Sercos3Config['topology']
  /** How the cables really are. */
  readonly wired: Topology
  readonly requireRing: boolean
  readonly healing: 'automatic' | 'onRequest'
  readonly timingMethod: 1 | 2 | 3
  readonly ucMtu: number | undefined
  readonly fastPhaseSwitch: boolean
  readonly buffers: 'double' | 'triple'
  readonly watchdogCycles: number
}

export class RandomRing {
  readonly card: Card
  readonly devices: readonly RandomDevice[]
  readonly script: readonly RandomStep[]

  constructor(card: Card, devices: readonly RandomDevice[], script: readonly RandomStep[]) {
    this.card = card
    this.devices = devices
    this.script = script
  }

  /** What the master is told. */
  get config(): Sercos3Config {
    const { cycleUs, ucMtu, wired: _, ...rest } = this.card
    return {
      ...rest,
      cycleNs: cycleUs * nsPerUs,
      uc: ucMtu === undefined ? undefined : { mtu: ucMtu },
      devices: this.devices.map(configOf),
    }
  }

  /** What hangs on the cables. */
  get present(): readonly DeviceSpec[] {
    return this.devices.map(({ name, address, profile, absent, fixed, channels }) => {
      const spec = { name, address, profile, absent, fixedConnections: fixed }
      return profile === 'io' ? { ...spec, channels } : spec
    })
  }

  /** For a report: the card, a line for each device, a line for each step. */
  [fc.toStringMethod](): string {
    const lines = [
      '',
      `card: ${line(this.card)}`,
      'devices:',
      ...this.devices.map((device) => `  ${line(device)}`),
      'script:',
      ...this.script.map((step) => `  ${line(step)}`),
      '',
    ]
    return lines.join('\n')
  }
}

/** JSON without the quotes of keys; what is as usual is left out. */
function line(value: object): string {
  const told = Object.entries(value).filter(
    ([, one]) => one !== undefined && one !== false && one !== 'profile' && !isEmpty(one),
  )
  return JSON.stringify(Object.fromEntries(told)).replaceAll(/"(\w+)":/g, ' $1: ')
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function configOf(device: RandomDevice): Sercos3DeviceConfig {
  const { name, address, profile, optional, connections } = device
  const parameters = Object.entries(device.parameters).map(([text, value]) => ({
    idn: idn(text as IdnText),
    value,
  }))
  const config = { name, address, profile, optional, parameters }
  if (connections === 'profile') return config
  if (connections === 'fromDevice') return { ...config, connections }
  const { mdt, at } = connections
  return { ...config, connections: { mdt: connectionOf(mdt), at: connectionOf(at) } }
}

function connectionOf(connection: RandomConnection): Sercos3ConnectionConfig {
  const { producerCycles, toleratedLosses } = connection
  return {
    idns: connection.idns.map(idn),
    ...(producerCycles === undefined ? {} : { producerCycles }),
    ...(toleratedLosses === undefined ? {} : { toleratedLosses }),
  }
}
