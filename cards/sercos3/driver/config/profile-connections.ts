/**
 * What travels in the connections of a device of each profile where the machine says nothing else (drive: the example
 * master S3SM_LC_MAIN.c; I/O: idn.ts ioProfile), and what is wanted where the device's own lists decide.
 */
import { cyclicBytes, isModuleOf } from '../../cyclic-words.ts'
import { idn, ioProfile } from '../../idn.ts'
import type { IdnText } from '../../idn.ts'
import { connectionOf, connectionInstance, defaultToleratedLosses } from './connections.ts'
import type { Connection } from './connections.ts'

export type Sercos3Profile = 'drive' | 'io'

export const profileConnections: {
  readonly [profile in Sercos3Profile]: { readonly mdt: Connection; readonly at: Connection }
} = {
  drive: {
    mdt: connection('mdt', idns('S-0-0134', 'S-0-0036', 'S-0-0047')),
    at: connection('at', idns('S-0-0135', 'S-0-0040', 'S-0-0051', 'S-0-0084')),
  },
  io: {
    mdt: connection('mdt', [ioProfile.digitalOutputs, ioProfile.analogOutputs]),
    at: connection('at', [ioProfile.digitalInputs, ioProfile.analogInputs]),
  },
}

type Wanted = {
  /** Without them the profile cannot work. */
  readonly needed: readonly number[]
  /** Taken, in this order, where the device has them: for I/O devices of every module. */
  readonly welcome: readonly number[]
}

/** For connections that follow the device's lists S-0-0188 (MDT) and S-0-0187 (AT). */
const wanted: { readonly [profile in Sercos3Profile]: { mdt: Wanted; at: Wanted } } = {
  drive: {
    mdt: {
      needed: idns('S-0-0134'),
      welcome: idns('S-0-0036', 'S-0-0047', 'S-0-0080', 'S-0-0092'),
    },
    at: {
      needed: idns('S-0-0135', 'S-0-0051'),
      // oxfmt-ignore
      welcome: idns('S-0-0040', 'S-0-0084', 'S-0-0189', 'S-0-0130', 'S-0-0131', 'S-0-0409', 'S-0-0410', 'S-0-0403'),
    },
  },
  io: {
    mdt: { needed: [], welcome: [ioProfile.digitalOutputs, ioProfile.analogOutputs] },
    at: { needed: [], welcome: [ioProfile.digitalInputs, ioProfile.analogInputs] },
  },
}

/** The words of a list that the profile wants; `missing` are those that it needs and the list has not. */
export function chooseWords(
  profile: Sercos3Profile,
  way: 'mdt' | 'at',
  offered: readonly number[],
): { idns: readonly number[]; missing: readonly number[] } {
  const { needed, welcome } = wanted[profile][way]
  const missing = needed.filter((id) => !offered.includes(id))
  const modules = (kind: number) =>
    offered.filter((id) => (profile === 'io' ? isModuleOf(id, kind) : id === kind))
  const optional = welcome.flatMap((kind) => modules(kind).toSorted((a, b) => a - b))
  return { idns: [...needed, ...optional], missing }
}

function connection(way: 'mdt' | 'at', list: readonly number[]): Connection {
  const words = list.map((id) => ({ idn: id, bytes: cyclicBytes(id) ?? 0 }))
  return connectionOf(connectionInstance[way], words, 1, defaultToleratedLosses)
}

function idns(...list: IdnText[]): number[] {
  return list.map(idn)
}
