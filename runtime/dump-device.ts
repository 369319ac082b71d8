/** All parameters of a device as plain JSON, see DeviceDump. */
import type { IdnValue } from '../cards/sercos3/idn-data.ts'
import type { IdnText } from '../cards/sercos3/idn.ts'
import type { DeviceHandle } from './device-handle.ts'
import type {
  DeviceDump,
  DeviceIdentity,
  DumpEntry,
  DumpOptions,
  DumpValue,
  IdnInfo,
} from './device-types.ts'

/** What tells one device from another. S-0-1300.0.x: general knowledge of the standard. */
const identityIdns = {
  controllerType: 'S-0-0140',
  applicationType: 'S-0-0142',
  vendor: 'S-0-1300.0.2',
  model: 'S-0-1300.0.4',
  serialNumber: 'S-0-1300.0.12',
} as const

export async function dumpDevice(device: DeviceHandle, options: DumpOptions): Promise<DeviceDump> {
  const { signal, onProgress } = options
  const phase = `CP${device.openPhase}`
  const idns = await device.list({ signal })
  const parameters: DumpEntry[] = []
  for (const idn of idns) {
    parameters.push(entryOf(await device.describe(idn, { signal })))
    onProgress?.(parameters.length, idns.length, idn)
  }
  return {
    format: 'dualport-idn-dump',
    version: 1,
    taken: new Date().toISOString(),
    phase,
    device: identityOf(device, parameters),
    parameters,
  }
}

function entryOf({ idn, name, unit, attribute, value, refused }: IdnInfo): DumpEntry {
  return {
    idn,
    name,
    ...(unit !== undefined && { unit }),
    attribute: attribute.word,
    ...(value !== undefined && { value: plainValue(value) }),
    ...(refused !== undefined && { refused }),
  }
}

function identityOf(device: DeviceHandle, parameters: readonly DumpEntry[]): DeviceIdentity {
  const texts = Object.entries(identityIdns).flatMap(([key, idn]) => {
    const value = parameters.find((one) => one.idn === idn)?.value
    return typeof value === 'string' && value !== '' ? [[key, value] as const] : []
  })
  return { name: device.name, address: device.address, ...Object.fromEntries(texts) }
}

/** What JSON holds without loss: bigints as decimal text, what is no finite number by its name. */
export function plainValue(value: IdnValue): DumpValue {
  return typeof value === 'object' ? value.map(plainItem) : plainItem(value)
}

function plainItem(item: number | bigint | string): number | string {
  if (typeof item === 'bigint') return item.toString()
  return typeof item === 'number' && !Number.isFinite(item) ? String(item) : item
}

/** The type of the controller that a device says it is; undefined where it says nothing. */
export const controllerTypeIdn: IdnText = identityIdns.controllerType
