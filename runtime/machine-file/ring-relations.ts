/** What the Sercos III driver would refuse of a machine, by its own checks, with the path in the machine file. */
import { configFaults, isCycle } from '../../cards/sercos3/driver/config.ts'
import type { ConfigFault, Sercos3DeviceConfig } from '../../cards/sercos3/driver/config.ts'
import { planRing, shortestCycleNs } from '../../cards/sercos3/driver/ring-plan.ts'
import { defaultSlaveJitterNs } from '../../cards/sercos3/driver/timing.ts'
import { tryParseIdn } from '../../cards/sercos3/idn.ts'
import { DualportError } from '../../errors.ts'
import { nsPerUs } from '../../units.ts'
import type { MachineDraft } from './draft.ts'
import type { Finding } from './finding.ts'
import { defaults } from './schema.ts'

type DeviceDraft = NonNullable<MachineDraft['devices']>[number]

/** A device of the draft may lack its address or its profile; such faults are the schema's to tell. */
const noAddress = Number.NaN
const noIdn = 0

export function checkRing(draft: MachineDraft): Finding[] {
  const cycleUs = draft.cycleUs ?? defaults.cycleUs
  const { devices } = draft
  const possible = isCycle(cycleUs * nsPerUs)
  const expected = '31.25, 62.5, 125 or a multiple of 250 up to 65000 us'
  const findings: Finding[] = possible ? [] : [{ path: 'cycleUs', value: cycleUs, expected }]
  if (devices === undefined || devices.length === 0) return findings
  // a cycle that is none is told once
  const leastFor = possible ? cycleUs : Infinity
  return [...findings, ...checkDevices(devices), ...checkLoad(draft, devices, leastFor)]
}

function checkDevices(devices: readonly DeviceDraft[]): Finding[] {
  const faults = configFaults({
    cycleNs: defaults.cycleUs * nsPerUs,
    watchdogCycles: defaults.watchdogCycles,
    topology: 'ring',
    buffers: 'double',
    devices: devices.map(deviceConfig),
  })
  return faults.filter(isTold).map(({ at, actual, expected }) => ({
    path: at,
    value: actual,
    expected,
  }))
}

function isTold({ actual }: ConfigFault): boolean {
  return !Number.isNaN(actual)
}

function deviceConfig(device: DeviceDraft, index: number): Sercos3DeviceConfig {
  return {
    name: device?.name ?? `devices[${index}]`,
    address: device?.address ?? noAddress,
    profile: device?.profile ?? 'io',
    parameters: (device?.parameters ?? []).map((parameter) => ({
      idn: tryParseIdn(parameter?.idn ?? '') ?? noIdn,
      value: parameter?.value ?? 0,
    })),
  }
}

/** Telegrams, chip memory, time. */
function checkLoad(
  draft: MachineDraft,
  devices: readonly DeviceDraft[],
  cycleUs: number,
): Finding[] {
  const profiles = devices.map((device) => ({ profile: device?.profile ?? 'io' }))
  const count = `${devices.length} devices`
  try {
    const buffers = draft.card?.buffers ?? defaults.buffers
    const { layout } = planRing({ buffers, devices: profiles })
    // The emulated devices promise what CoSeMa takes for granted; a real one may be better: no cycle is refused that it allows.
    const emulated = (draft.card?.open?.by ?? 'emulator') === 'emulator'
    const leastUs = shortestCycleNs(layout, emulated ? defaultSlaveJitterNs : 0) / nsPerUs
    if (leastUs <= cycleUs) return []
    const least = Math.ceil(leastUs * 10) / 10
    return [
      { path: 'cycleUs', value: cycleUs, expected: `${least} us at least with these ${count}` },
    ]
  } catch (error) {
    if (!(error instanceof DualportError)) throw error
    const value = `${count}: ${error.at}, ${String(error.actual)}`
    return [{ path: 'devices', value, expected: error.expected ?? 'fewer devices' }]
  }
}
