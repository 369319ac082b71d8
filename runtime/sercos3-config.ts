/** What the SERCOS III driver is told of a machine file. */
import type {
  Sercos3Config,
  Sercos3ConnectionConfig,
  Sercos3DeviceConfig,
} from '../cards/sercos3/driver/config/config.ts'
import { tryParseIdn } from '../cards/sercos3/idn.ts'
import { DualportError } from '../errors.ts'
import { nsPerUs } from '../units.ts'
import type { DeviceFile, MachineFile } from './machine-file/schema.ts'
import { safeOutputs } from './worker/io-device.ts'

export function sercos3Config(file: MachineFile): Sercos3Config {
  const { card } = file
  return {
    cycleNs: file.cycleUs * nsPerUs,
    topology: card.topology,
    requireRing: card.requireRing,
    healing: card.healing,
    timingMethod: card.timingMethod,
    uc: card.uc,
    fastPhaseSwitch: card.fastPhaseSwitch,
    buffers: card.buffers,
    watchdogCycles: card.watchdogCycles,
    devices: file.devices.map((device) => deviceConfig(file, device)),
  }
}

function deviceConfig(file: MachineFile, device: DeviceFile): Sercos3DeviceConfig {
  const { name, address, profile, optional, connections } = device
  return {
    name,
    address,
    profile,
    optional,
    parameters: device.parameters.map(({ idn, value }) => ({ idn: idnNumber(idn), value })),
    ...(connections === undefined ? {} : { connections: connectionsConfig(connections) }),
    ...scalingConfig(file, name),
    ...(profile === 'io' ? { fallback: safeOutputs(file, name) } : {}),
  }
}

/** Where an axis takes its drive's own scaling: what that has to fit. */
function scalingConfig(file: MachineFile, device: string): Pick<Sercos3DeviceConfig, 'scaling'> {
  const axis = file.axes.find((one) => one.device === device)
  if (axis?.scaling !== 'fromDevice') return {}
  return { scaling: { unit: axis.unit, velocity: axis.limits.velocity } }
}

function connectionsConfig(
  connections: NonNullable<DeviceFile['connections']>,
): NonNullable<Sercos3DeviceConfig['connections']> {
  if (connections === 'fromDevice') return connections
  return { mdt: connectionConfig(connections.mdt), at: connectionConfig(connections.at) }
}

type ConnectionFile = Exclude<NonNullable<DeviceFile['connections']>, string>['mdt']

function connectionConfig(connection: ConnectionFile): Sercos3ConnectionConfig {
  const { idns, producerCycles, toleratedLosses } = connection
  return {
    idns: idns.map(idnNumber),
    producerCycles,
    ...(toleratedLosses === undefined ? {} : { toleratedLosses }),
  }
}

function idnNumber(text: string): number {
  const idn = tryParseIdn(text)
  if (idn === undefined)
    throw new DualportError('DP_MACHINE_FILE', {
      at: 'devices',
      actual: text,
      expected: 'an IDN such as S-0-0051 or S-0-1050.2.3',
    })
  return idn
}
