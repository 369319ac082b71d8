/** What a ring of these devices needs of telegrams and chip memory. Pure: for the master, and for who checks a machine. */
import { cyclicBytes } from '../../cyclic-words.ts'
import { bufferCount } from '../../registers.ts'
import type {
  Sercos3Config,
  Sercos3ConnectionConfig,
  Sercos3DeviceConfig,
} from '../config/config.ts'
import { connectionInstance, connectionOf, defaultToleratedLosses } from '../config/connections.ts'
import type { Connection, DeviceConnections } from '../config/connections.ts'
import { profileConnections } from '../config/profile-connections.ts'
import { planRam } from './ram-plan.ts'
import type { RamPlan } from './ram-plan.ts'
import { layoutCp34 } from './telegram-layout.ts'
import type { TelegramLayout } from './telegram-layout.ts'

type Device = Pick<Sercos3DeviceConfig, 'profile' | 'connections'>
type Ring = {
  readonly buffers: Sercos3Config['buffers']
  readonly devices: readonly Device[]
}

export type RingPlan = { readonly layout: TelegramLayout; readonly plan: RamPlan }

/** Telegrams of CP3 and CP4 and the chip memory for them. Throws DP_SERCOS3_LAYOUT, DP_SERCOS3_RAM. */
export function planConnections(
  connections: readonly DeviceConnections[],
  buffers: Sercos3Config['buffers'],
): RingPlan {
  const layout = layoutCp34(connections)
  return { layout, plan: planRam(layout, bufferCount[buffers], 'extended') }
}

/**
 * As far as it can be known without the devices: words of unknown length count as the shortest, connections that follow
 * a device's lists as its profile's own. Where `isExact` says so, this is what the ring will have.
 * Throws DP_SERCOS3_LAYOUT, DP_SERCOS3_RAM.
 */
export function planRing({ buffers, devices }: Ring): RingPlan {
  return planConnections(devices.map(expectedConnections), buffers)
}

/** Whether the connections of a device are known before it is asked. */
export function isExact({ connections }: Device): boolean {
  if (connections === 'fromDevice') return false
  const { mdt, at } = connections ?? { mdt: { idns: [] }, at: { idns: [] } }
  return [...mdt.idns, ...at.idns].every((id) => cyclicBytes(id) !== undefined)
}

/** See planRing. */
export function expectedConnections({ profile, connections }: Device): DeviceConnections {
  if (connections === undefined || connections === 'fromDevice') return profileConnections[profile]
  return {
    mdt: expected(connectionInstance.mdt, connections.mdt),
    at: expected(connectionInstance.at, connections.at),
  }
}

const shortestWordBytes = 2

function expected(instance: number, config: Sercos3ConnectionConfig): Connection {
  const words = config.idns.map((id) => ({ idn: id, bytes: cyclicBytes(id) ?? shortestWordBytes }))
  const { producerCycles, toleratedLosses } = connectionSettings(config)
  return connectionOf(instance, words, producerCycles, toleratedLosses)
}

/** What the machine says of a connection beside its words, defaults filled in. */
export function connectionSettings(config: Sercos3ConnectionConfig | undefined): {
  readonly producerCycles: number
  readonly toleratedLosses: number
} {
  return {
    producerCycles: config?.producerCycles ?? 1,
    toleratedLosses: config?.toleratedLosses ?? defaultToleratedLosses,
  }
}
