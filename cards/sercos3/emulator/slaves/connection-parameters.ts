/** S-0-1050.x: the connections of a device. */
import { connectionElement as element, connectionIdn } from '../../idn.ts'
import type { Parameter, ParameterSpec, ParameterType } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

/** Every device has S-0-1050.0 to S-0-1050.3. */
export const connectionInstances = 4

export type ConnectionParameters = ReturnType<typeof addConnection>

export function addConnectionParameters(store: ParameterStore): readonly ConnectionParameters[] {
  return Array.from({ length: connectionInstances }, (_, instance) =>
    addConnection(store, instance),
  )
}

// oxfmt-ignore
function addConnection(store: ParameterStore, instance: number) {
  const add = (se: number, name: string, type: ParameterType, more: Partial<ParameterSpec> = {}): Parameter =>
    store.add({ idn: connectionIdn(instance, se), name: `Connection ${instance}: ${name}`, type, ...more })
  const set = (se: number, name: string, type: ParameterType, more: Partial<ParameterSpec> = {}): Parameter =>
    add(se, name, type, { writable: 'CP2', ...more })
  // The device offers no real-time bits; a master may still write their allocation.
  set(20, 'IDNs of real-time bits', 'u32[]', { format: 'idn', capacity: 8 })
  set(21, 'bits of real-time bits', 'u16[]', { capacity: 4 })
  return {
    setup: set(element.setup, 'set-up', 'u16', { format: 'binary' }),
    number: set(element.number, 'number', 'u16'),
    assignment: set(element.assignment, 'telegram assignment', 'u16', { format: 'hex', min: 0, max: 0x3fff }),
    length: add(element.length, 'length', 'u16', { unit: 'bytes', value: 2 }),
    idnList: set(element.idnList, 'configuration list', 'u32[]', { format: 'idn', capacity: 64 }),
    cCon: add(element.cCon, 'C-CON', 'u16', { format: 'binary' }),
    state: add(element.state, 'state', 'u16'),
    producerCycleNs: set(element.producerCycleNs, 'producer cycle time', 'u32', { unit: 'ns', min: 0, max: 65_000_000 }),
    allowedLosses: set(element.allowedLosses, 'tolerated losses', 'u16', { min: 0, max: 1000 }),
  }
}
