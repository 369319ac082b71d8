/**
 * What a device tells about itself, and settings that change nothing in the model. Beside the IDNs of CoSeMa CSMD_GLOB.h these are general
 * knowledge of the standard: every drive's list has them.
 */
import { deviceProfile } from '../../idn.ts'
import type { DeviceSpec } from '../slave.ts'
import type { AddParameter } from './communication-parameters.ts'

/** The first three bytes are those of locally administered addresses. */
const macOf = (address: number) => [0x02, 0x88, 0xcd, 0x00, address >> 8, address & 0xff]

const text = (value: string) => ({ value })

/** Adds them; returns those that the device keeps up. */
// oxfmt-ignore
export function addDescriptions(add: AddParameter, spec: DeviceSpec) {
  const { profile, address, name } = spec
  const drive = profile === 'drive'
  const serial = (1_000_000 + address).toString()
  const setting = { writable: 'CP2-4' } as const
  add('S-0-0014', 'Interface status', 'u16', { format: 'binary' })
  add('S-0-0015', 'Telegram type', 'u16', { format: 'binary', writable: 'CP2', value: 7 })
  add('S-0-0030', 'Manufacturer version', 'text', text(`EMU-${drive ? 'DRV' : 'IO'}-03V12`))
  add('S-0-0140', 'Controller type', 'text', text(`Emulated ${profile}`))
  add('S-0-0142', 'Application type', 'text', { ...setting, ...text(name) })
  add('S-0-0265', 'Language selection', 'u16', { ...setting, min: 0, max: 1, value: 1 })
  add('S-0-0266', 'List of available languages', 'u16[]', { value: [0, 1] })
  add('S-0-0375', 'List of diagnostic numbers', 'u32[]', { format: 'hex', value: [0xf_0001, 0xf_000d, 0xa_0012], capacity: 200 })
  add('S-0-1005', 'Longest producer time (t5)', 'u32', { unit: 'ns', value: 8_000 })
  add('S-0-1016', 'Slave delays (P/S)', 'u32[]', { unit: 'ns', value: [900, 900], capacity: 8 })
  add('S-0-1019', 'MAC address', 'u8[]', { value: macOf(address), capacity: 6 })
  add('S-0-1020', 'IP address', 'u8[]', { ...setting, format: 'unsigned', value: [172, 31, address >> 8, address & 0xff], capacity: 4 })
  add('S-0-1021', 'Subnet mask', 'u8[]', { ...setting, format: 'unsigned', value: [255, 255, 0, 0], capacity: 4 })
  add('S-0-1022', 'Gateway address', 'u8[]', { ...setting, format: 'unsigned', value: [172, 31, 0, 254], capacity: 4 })
  add('S-0-1026', 'Version of communication hardware', 'text', text('SERCON100S V4.9'))
  add('S-0-1031', 'Test pin assignment port 1 and 2', 'u16', { ...setting, format: 'binary' })
  add('S-0-1032', 'Communication control', 'u32', { ...setting, format: 'binary' })
  add('S-0-1034', 'PHY error counter port 1 and 2', 'u16[]', { value: [0, 0] })
  add('S-0-1035', 'Error counter port 1 and 2', 'u16[]', { value: [0, 0] })
  add('S-0-1037', 'Slave jitter', 'u32', { unit: 'ns', value: 80 })
  add('S-0-1039', 'Host name', 'text', { ...setting, ...text(`sercos-${address}`) })
  add('S-0-1041', 'Feedback acquisition time (t4)', 'u32', { unit: 'ns', min: 0, max: 65_000_000, writable: 'CP2-3' })
  add('S-0-1046', 'List of Sercos addresses in device', 'u16[]', { value: [address] })
  add('S-0-1047', 'Longest consumer time (t11)', 'u32', { unit: 'ns', value: 8_000 })
  add('S-0-1061', 'Maximum TSref counter', 'u16', { writable: 'CP2' })
  add('S-0-1300.0.1', 'Component name', 'text', text(drive ? 'Drive controller' : 'I/O station'))
  add('S-0-1300.0.2', 'Vendor name', 'text', text('dualport emulator'))
  add('S-0-1300.0.3', 'Vendor code', 'u16', { value: 0xfff0, format: 'hex' })
  add('S-0-1300.0.4', 'Device name', 'text', text(`Emulated ${profile}`))
  add('S-0-1300.0.5', 'Vendor device ID', 'text', text(drive ? 'EMU-DRV' : 'EMU-IO'))
  add('S-0-1300.0.7', 'Function revision', 'text', text('3.12'))
  add('S-0-1300.0.8', 'Hardware revision', 'text', text('A02'))
  add('S-0-1300.0.9', 'Software revision', 'text', text('03V12'))
  add('S-0-1300.0.11', 'Order number', 'text', text(drive ? 'EMU-DRV-0040-A' : 'EMU-IO-1616-2'))
  add('S-0-1300.0.12', 'Serial number', 'text', text(serial))
  add('S-0-1300.0.13', 'Manufacturing date', 'text', text('2026-01-15'))
  add('S-0-1300.0.20', 'Operational hours', 'u32', { unit: 'h', decimals: 1, value: 12_345 })
  add('S-0-1301', 'GDP classes and versions', 'u16[]', { format: 'hex', value: [0x0101, 0x0501] })
  add('S-0-1302.0.1', 'Function specific profile', 'u32', { format: 'hex', value: deviceProfile[profile] * 0x10000 })
  add('S-0-1302.0.2', 'Function groups', 'u16[]', { format: 'hex', value: drive ? [0x0101, 0x0201] : [0x0101] })
  add('S-0-1302.0.3', 'Application name', 'text', { ...setting, ...text(name) })
  add('S-0-1305.0.1', 'Sercos current time', 'u64', { unit: 'ns' })
  add('P-0-0010', 'Serial number as a number', 'u64', { value: 1_000_000_000_000 + address })
  add('P-0-0011', 'Temperature of the device', 'f32', { unit: '°C', decimals: 1, value: 41.5 })
  add('P-0-0012', 'Production marks', 'u64[]', { format: 'hex', value: [2 ** 40 + 1, 2 ** 33], capacity: 64 })
  return {
    mstErrors: add('S-0-1028', 'Error counter MST (P and S)', 'u16', { min: 0, max: 0xffff }),
    sercosAddress: add('S-0-1040', 'Sercos address', 'u16', { ...setting, min: 1, max: 511, value: address }),
    topologyAddress: add('S-0-1042', 'Topology address', 'u16'),
    deviceControl: add('S-0-1044', 'Device control (C-DEV)', 'u16', { format: 'binary' }),
    deviceStatus: add('S-0-1045', 'Device status (S-DEV)', 'u16', { format: 'binary' }),
  }
}
