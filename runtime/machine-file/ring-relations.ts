/** What the Sercos III driver would refuse of a machine, by its own checks, with the path in the machine file. */
import type { ConfigFault } from '../../cards/sercos3/driver/config/config-fault.ts'
import { configFaults, isCycle } from '../../cards/sercos3/driver/config/config.ts'
import type {
  Sercos3Config,
  Sercos3ConnectionConfig,
  Sercos3DeviceConfig,
} from '../../cards/sercos3/driver/config/config.ts'
import {
  bestPromises,
  plannedTiming,
  shortestPlannedCycle,
  usualPromises,
} from '../../cards/sercos3/driver/plan/planned-timing.ts'
import { producerPeriod } from '../../cards/sercos3/driver/plan/producer-period.ts'
import { planRing } from '../../cards/sercos3/driver/plan/ring-plan.ts'
import { planUc } from '../../cards/sercos3/driver/chip/uc-channel.ts'
import { tryParseIdn } from '../../cards/sercos3/idn.ts'
import { DualportError } from '../../errors.ts'
import { nsPerUs } from '../../units.ts'
import { defaults } from './defaults.ts'
import type { MachineDraft } from './draft.ts'
import type { Finding } from './finding.ts'

type DeviceDraft = NonNullable<MachineDraft['devices']>[number]
type ConnectionsDraft = NonNullable<DeviceDraft>['connections']

/** A device of the draft may lack its address or its profile; such faults are the schema's to tell. */
const noAddress = Number.NaN
const noIdn = 0

export function checkRing(draft: MachineDraft): Finding[] {
  const cycleUs = draft.cycleUs ?? defaults.cycleUs
  const possible = isCycle(cycleUs * nsPerUs)
  const expected = '31.25, 62.5, 125 or a multiple of 250 up to 65000 us'
  const findings: Finding[] = possible ? [] : [{ path: 'cycleUs', value: cycleUs, expected }]
  if (draft.devices === undefined || draft.devices.length === 0) return findings
  // a cycle that is none is told once
  const config = draftConfig(draft, possible ? cycleUs : defaults.cycleUs)
  return [...findings, ...checkDevices(config), ...checkLoad(draft, config, possible)]
}

function draftConfig(draft: MachineDraft, cycleUs: number): Sercos3Config {
  const { timingMethod, uc, buffers } = draft.card ?? {}
  const mtu = uc?.mtu
  return {
    cycleNs: cycleUs * nsPerUs,
    watchdogCycles: defaults.watchdogCycles,
    topology: 'ring',
    buffers: buffers ?? defaults.buffers,
    timingMethod: timingMethod ?? 1,
    uc: uc === undefined ? undefined : { mtu: mtu ?? defaults.mtu },
    devices: (draft.devices ?? []).map(draftDevice),
  }
}

function draftDevice(device: DeviceDraft, index: number): Sercos3DeviceConfig {
  const connections = draftConnections(device?.connections)
  return {
    name: device?.name ?? `devices[${index}]`,
    address: device?.address ?? noAddress,
    profile: device?.profile ?? 'io',
    optional: device?.optional ?? false,
    parameters: (device?.parameters ?? []).map((parameter) => ({
      idn: tryParseIdn(parameter?.idn ?? '') ?? noIdn,
      value: parameter?.value ?? 0,
    })),
    ...(connections === undefined ? {} : { connections }),
  }
}

function draftConnections(connections: ConnectionsDraft): Sercos3DeviceConfig['connections'] {
  if (connections === undefined || typeof connections === 'string') return connections
  const { mdt, at } = connections
  if (mdt?.idns === undefined || at?.idns === undefined) return undefined
  return { mdt: draftConnection(mdt), at: draftConnection(at) }
}

type ConnectionDraft = Exclude<NonNullable<ConnectionsDraft>, string>['mdt']

function draftConnection(connection: ConnectionDraft): Sercos3ConnectionConfig {
  const { idns = [], producerCycles = 1, toleratedLosses = 0 } = connection ?? {}
  return {
    idns: idns.flatMap((text) => tryParseIdn(text ?? '') ?? []),
    producerCycles,
    toleratedLosses,
  }
}

function checkDevices(config: Sercos3Config): Finding[] {
  return configFaults(config)
    .filter(isTold)
    .map(({ at, actual, expected }) => ({ path: at, value: actual, expected }))
}

/** What the schema, too, complains of is told once: by the schema. */
function isTold({ at, actual }: ConfigFault): boolean {
  return !Number.isNaN(actual) && at.startsWith('devices[')
}

/** Telegrams, chip memory, time. */
function checkLoad(draft: MachineDraft, config: Sercos3Config, possible: boolean): Finding[] {
  const count = `${config.devices.length} devices`
  try {
    const { layout, plan } = planRing(config)
    producerPeriod(layout)
    // The emulated devices promise what is usual; a real one may be better: no cycle is refused that it allows.
    const emulated = (draft.card?.open?.by ?? 'emulator') === 'emulator'
    const promises = emulated ? usualPromises : bestPromises
    const leastNs = shortestPlannedCycle(config, layout, promises)
    if (!possible) return []
    if (leastNs > config.cycleNs) {
      const least = Math.ceil((leastNs / nsPerUs) * 10) / 10
      const open = config.uc === undefined ? '' : ' and a UC channel'
      const expected = `${least} us at least with these ${count}${open}`
      return [{ path: 'cycleUs', value: config.cycleNs / nsPerUs, expected }]
    }
    const { uc } = plannedTiming(config, layout, promises)
    if (uc !== undefined) planUc(plan, uc.mtu)
    return []
  } catch (error) {
    if (!(error instanceof DualportError)) throw error
    const value = `${count}: ${error.at}, ${String(error.actual)}`
    const path = error.code === 'DP_SERCOS3_UC_RAM' ? 'card.uc' : 'devices'
    return [{ path, value, expected: error.expected ?? 'fewer devices' }]
  }
}
