/**
 * Which way re-arms a device: what its kernel driver's row says (kernel-drivers.ts), and for a register of the card
 * whether its map could be had. Chosen in two places that must agree: where the device is opened, for the file that the
 * way may take, and in every thread that attaches.
 */
import type { DeviceHandle, MappedMap } from './device.ts'
import type { KernelDriver, Rearm } from './kernel-drivers.ts'
import { FileRearm, IrqControlRearm, RefusedRearm, RegisterRearm, type Rearmer } from './rearm.ts'
import type { Region } from './region.ts'
import { errnoNumber } from './system/system-error.ts'

export type RearmWay =
  | { readonly by: 'nothing' }
  | { readonly by: 'irqcontrol' }
  /** A register in a map of this process. */
  | { readonly by: 'memory'; readonly map: number; readonly register: Register }
  /** The same register through the card's I/O ports. */
  | { readonly by: 'ports'; readonly bar: number; readonly register: Register }
  | { readonly by: 'config' }
  /** The map is refused, and nothing else shows the register. */
  | { readonly by: 'refused' }

type Register = Extract<Rearm, { readonly by: 'register' }>

export function chooseRearmWay(
  driver: KernelDriver | undefined,
  maps: readonly MappedMap[],
): RearmWay {
  const rearm = driver?.rearm ?? { by: 'nothing' }
  if (rearm.by !== 'register') return rearm
  const map = maps.find(({ index }) => index === rearm.map)
  if (map?.pointer !== undefined) return { by: 'memory', map: rearm.map, register: rearm }
  if (rearm.portBar === undefined) return { by: 'refused' }
  return { by: 'ports', bar: rearm.portBar, register: rearm }
}

/** For this thread, whose view of a map is in `regions` by the map's index. Undefined: nothing has to be re-armed. */
export function chooseRearmer(
  handle: DeviceHandle & { readonly kind: 'uio' },
  regions: ReadonlyMap<number | string, Region>,
): Rearmer | undefined {
  const way = chooseRearmWay(handle.driver, handle.maps)
  if (way.by === 'nothing') return undefined
  if (way.by === 'irqcontrol') return new IrqControlRearm(handle.interruptFd, handle.hasInterrupt)
  if (way.by === 'memory') return inMemory(regions.get(way.map), way.register)
  const file = handle.rearmFile ?? { errno: errnoNumber.EACCES }
  return 'fd' in file ? new FileRearm(file) : new RefusedRearm(file.errno)
}

function inMemory(region: Region | undefined, { offset, width, set }: Register): Rearmer {
  const bytes = region?.byteLength ?? 0
  const place = offset < 0 ? bytes + offset : offset
  // a card whose memory is too small to have the register
  if (region === undefined || place < 0 || place + width / 8 > bytes)
    return new RefusedRearm(errnoNumber.ENXIO)
  return new RegisterRearm(region, place, width, set)
}
