import { listUioDevices } from '../../uio/uio-devices.ts'
import type { UioDevice } from '../../uio/uio-devices.ts'

/** The UIO devices of this computer, as text or as JSON. */
export function devices(options: { readonly json?: boolean }): string {
  const found = listUioDevices()
  if (options.json === true) return JSON.stringify(found, hexForBigint, 2)
  if (found.length === 0)
    return 'no UIO devices: /sys/class/uio is empty (no card, or its kernel driver is not loaded or not bound; see kmod/README.md)'
  return found.map(describeDevice).join('\n')
}

function describeDevice(device: UioDevice): string {
  const { pci } = device
  const where = pci === undefined ? '' : `   PCI ${pci.address} ${pci.vendor}:${pci.device}`
  return [
    `${device.path}  ${device.name} ${device.version}   ${device.eventCount} interrupts${where}`,
    ...device.maps.map(
      (map) =>
        `  map${map.index} ${map.name.padEnd(12)} ${hex(map.address)}  ${map.size} bytes  offset ${map.offset}`,
    ),
    ...device.ports.map(
      (port) =>
        `  port${port.index} ${port.name.padEnd(12)} ${hex(port.start)}  ${port.size} (${port.type})`,
    ),
  ].join('\n')
}

function hexForBigint(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? hex(value) : value
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
