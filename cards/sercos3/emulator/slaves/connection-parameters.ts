/** S-0-1050.x: the connections of a device. */
import { connectionElement as element, connectionIdn, idn, ioProfile } from '../../idn.ts'
import type { DeviceSpec } from '../slave.ts'
import type { Parameter, ParameterSpec, ParameterType } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

/** Every device has S-0-1050.0 to S-0-1050.3. */
export const connectionInstances = 4

/** General knowledge of the standard, not in the source. */
const maximumLengthElement = 4
const lossesElement = 12

const longestBytes = 256

export type ConnectionParameters = ReturnType<typeof addConnection>

/** What a device whose connections are fixed carries in them, and its set-up words; the second is the producer. */
const fixedConnections = {
  drive: [
    { setup: 0x8000, idns: ['S-0-0134', 'S-0-0036', 'S-0-0047'].map(idnOf) },
    { setup: 0xc000, idns: ['S-0-0135', 'S-0-0040', 'S-0-0051', 'S-0-0084'].map(idnOf) },
  ],
  io: [
    { setup: 0x8000, idns: [ioProfile.digitalOutputs, ioProfile.analogOutputs] },
    { setup: 0xc000, idns: [ioProfile.digitalInputs, ioProfile.analogInputs] },
  ],
} as const

export function addConnectionParameters(
  store: ParameterStore,
  { profile, fixedConnections: fixed }: DeviceSpec,
): readonly ConnectionParameters[] {
  return Array.from({ length: connectionInstances }, (_, instance) =>
    addConnection(
      store,
      instance,
      fixed === true ? (fixedConnections[profile][instance] ?? 'none') : undefined,
    ),
  )
}

/** `fixed`: what the connection is once and for all, `none` where there is none; left out: the master's choice. */
// oxfmt-ignore
function addConnection(
  store: ParameterStore,
  instance: number,
  fixed: { readonly setup: number; readonly idns: readonly number[] } | 'none' | undefined,
) {
  const add = (se: number, name: string, type: ParameterType, more: Partial<ParameterSpec> = {}): Parameter =>
    store.add({ idn: connectionIdn(instance, se), name: `Connection ${instance}: ${name}`, type, ...more })
  const set = (se: number, name: string, type: ParameterType, more: Partial<ParameterSpec> = {}): Parameter =>
    add(se, name, type, { writable: 'CP2', ...more })
  const setup = fixed === undefined || fixed === 'none' ? 0 : fixed.setup
  const contents = fixed === undefined || fixed === 'none' ? [] : fixed.idns
  add(maximumLengthElement, 'greatest length', 'u16', { unit: 'bytes', value: longestBytes })
  // The device offers no real-time bits; a master may still write their allocation.
  set(20, 'IDNs of real-time bits', 'u32[]', { format: 'idn', capacity: 8 })
  set(21, 'bits of real-time bits', 'u16[]', { capacity: 4 })
  return {
    setup: set(element.setup, 'set-up', 'u16', { format: 'binary', value: setup }),
    number: set(element.number, 'number', 'u16'),
    assignment: set(element.assignment, 'telegram assignment', 'u16', { format: 'hex', min: 0, max: 0x3fff }),
    length: add(element.length, 'length', 'u16', { unit: 'bytes', value: 2 }),
    idnList: add(element.idnList, 'configuration list', 'u32[]', {
      format: 'idn', capacity: 64, value: contents, writable: fixed === undefined ? 'CP2' : 'never',
    }),
    cCon: add(element.cCon, 'C-CON', 'u16', { format: 'binary' }),
    state: add(element.state, 'state', 'u16'),
    producerCycleNs: set(element.producerCycleNs, 'producer cycle time', 'u32', { unit: 'ns', min: 0, max: 65_000_000 }),
    allowedLosses: set(element.allowedLosses, 'tolerated losses', 'u16', { min: 0, max: 1000 }),
    losses: add(lossesElement, 'losses', 'u16', { min: 0, max: 0xffff }),
  }
}

function idnOf(text: string): number {
  return idn(text as Parameters<typeof idn>[0])
}
