/**
 * The IDNs of communication that every emulated device has: those that the master uses to set the ring up.
 * CoSeMa CSMD_GLOB.h; the lengths are those with which the vendors' master reached CP4, the names are ours.
 */
import { scpClass } from '../../idn.ts'
import type { DeviceSpec } from '../slave.ts'
import { addConnectionParameters, connectionInstances } from './connection-parameters.ts'
import { addDescriptions } from './device-description.ts'
import type { Parameter, ParameterSpec, ParameterType } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

const longestCycleNs = 65_000_000
const largestMtu = 1500
const time: Partial<ParameterSpec> = { unit: 'ns', min: 0, max: longestCycleNs }
const offset: Partial<ParameterSpec> = { format: 'hex', min: 0, max: 0x3fff }
const lengths: Partial<ParameterSpec> = { unit: 'bytes', capacity: 8 }
const mtu: Partial<ParameterSpec> = { unit: 'bytes', min: 46, max: largestMtu, value: largestMtu }
const idns = (capacity: number): Partial<ParameterSpec> => ({ format: 'idn', capacity })

export type CommunicationParameters = ReturnType<typeof addCommunicationParameters>

export type AddParameter = (
  idn: ParameterSpec['idn'],
  name: string,
  type: ParameterType,
  more?: Partial<ParameterSpec>,
) => Parameter

/** SCP classes of a device: how its connections are made, synchronisation, diagnosis, hot plug, NRT channel. */
function classesOf(spec: DeviceSpec): readonly number[] {
  const configuration = spec.fixedConnections === true ? scpClass.fixCfg1 : scpClass.varCfg1
  return [configuration, scpClass.sync1, scpClass.diagnosis, scpClass.hotPlug, scpClass.nrt]
}

/** Adds them to `store`; what the device itself works with is returned by name. */
// oxfmt-ignore
export function addCommunicationParameters(store: ParameterStore, spec: DeviceSpec) {
  const add: AddParameter = (idn, name, type, more = {}) => store.add({ idn, name, type, ...more })
  /** Written by the master in CP2. */
  const set: AddParameter = (idn, name, type, more = {}) => add(idn, name, type, { writable: 'CP2', ...more })
  return {
    ...addDescriptions(add, spec),
    allIdns: add('S-0-0017', 'IDN list of all operation data', 'u32[]', idns(2048)),
    invalidForCp3: add('S-0-0021', 'IDN list of invalid data for CP3', 'u32[]', idns(256)),
    invalidForCp4: add('S-0-0022', 'IDN list of invalid data for CP4', 'u32[]', idns(256)),
    commandIdns: add('S-0-0025', 'IDN list of all procedure commands', 'u32[]', idns(128)),
    checkCp3: add('S-0-0127', 'CP3 transition check', 'command'),
    checkCp4: add('S-0-0128', 'CP4 transition check', 'command'),
    producible: add('S-0-0187', 'IDN list of data for ATs', 'u32[]', idns(256)),
    consumable: add('S-0-0188', 'IDN list of data for MDTs', 'u32[]', idns(256)),
    backupIdns: add('S-0-0192', 'IDN list of data to be saved', 'u32[]', idns(512)),
    supportedClasses: add('S-0-1000', 'SCP classes and versions', 'u16[]', { format: 'hex', value: classesOf(spec) }),
    activeClasses: set('S-0-1000.0.1', 'Active SCP classes and versions', 'u16[]', { format: 'hex' }),
    tScyc: set('S-0-1002', 'Cycle time (tScyc)', 'u32', { unit: 'ns', min: 31_250, max: longestCycleNs, value: 1_000_000 }),
    mstLosses: set('S-0-1003', 'Tolerated MST losses', 'u16', { min: 0, max: 1000, value: 2 }),
    t1: set('S-0-1006', 'AT0 start time (t1)', 'u32', time),
    tSync: set('S-0-1007', 'Synchronisation time (tSync)', 'u32', time),
    t3: set('S-0-1008', 'Command value valid time (t3)', 'u32', time),
    cDevOffset: set('S-0-1009', 'C-DEV offset in MDT', 'u16', offset),
    mdtLengths: set('S-0-1010', 'Lengths of MDTs', 'u16[]', lengths),
    sDevOffset: set('S-0-1011', 'S-DEV offset in AT', 'u16', offset),
    atLengths: set('S-0-1012', 'Lengths of ATs', 'u16[]', lengths),
    mdtSvcOffset: set('S-0-1013', 'SVC offset in MDT', 'u16', offset),
    atSvcOffset: set('S-0-1014', 'SVC offset in AT', 'u16', offset),
    // the ring is measured again when it was closed
    ringDelay: add('S-0-1015', 'Ring delay', 'u32', { ...time, writable: 'CP2-4' }),
    ucWindow: set('S-0-1017', 'UC channel window (t6, t7)', 'u32[]', { unit: 'ns', capacity: 8 }),
    syncJitter: set('S-0-1023', 'Synchronisation jitter', 'u32', time),
    measureDelay: add('S-0-1024', 'Measure synchronisation delay', 'command'),
    requestedMtu: add('S-0-1027.0.1', 'Requested MTU', 'u16', { ...mtu, writable: 'CP2-4' }),
    effectiveMtu: add('S-0-1027.0.2', 'Effective MTU', 'u16', mtu),
    interFrameGap: set('S-0-1036', 'Inter frame gap', 'u16', { unit: 'bytes', min: 12, max: 1023, value: 125 }),
    activateNetwork: add('S-0-1048', 'Activate network settings', 'command'),
    connectionImage: add('S-0-1051', 'Image of connection set-ups', 'u16[]', { format: 'hex', capacity: 2 * connectionInstances }),
    connections: addConnectionParameters(store, spec),
  }
}
