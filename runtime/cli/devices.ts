import { needsResourceFile, neededFiles, neededFileText } from '../../uio/access-advice.ts'
import { findKernelDriver, rearmText, type KernelDriver } from '../../uio/kernel-drivers.ts'
import { listUioDevices } from '../../uio/uio-devices.ts'
import type { SystemRoots, UioDevice } from '../../uio/uio-devices.ts'

/** The UIO devices of this computer, as text or as JSON, and what their kernel drivers leave to user space. */
export function devices(options: { readonly json?: boolean }, roots?: SystemRoots): string {
  const found = listUioDevices(roots)
  if (options.json === true)
    return JSON.stringify(
      found.map((device) => ({
        ...device,
        maps: device.maps.map((map) => ({ ...map, onlyByResourceFile: needsResourceFile(map) })),
        driver: driverOf(device) ?? null,
      })),
      hexForBigint,
      2,
    )
  if (found.length === 0)
    return 'no UIO devices: /sys/class/uio is empty (no card, or its kernel driver is not loaded or not bound; see kmod/README.md)'
  return found.map(describeDevice).join('\n')
}

function describeDevice(device: UioDevice): string {
  const { pci } = device
  const where = pci === undefined ? '' : `   PCI ${pci.address} ${pci.vendor}:${pci.device}`
  return [
    `${device.path}  ${device.name} ${device.version}   ${device.eventCount} interrupts${where}`,
    `  ${describeDriver(device)}`,
    ...device.maps.map(
      (map) =>
        `  map${map.index} ${map.name.padEnd(12)} ${hex(map.address)}  ${map.size} bytes  offset ${map.offset}${needsResourceFile(map) ? `  only by resource${map.bar}` : ''}`,
    ),
    ...(driverOf(device)?.windows ?? []).map(
      ({ name, map, offset }) => `  name ${name.padEnd(12)} map${map} at ${hex(BigInt(offset))}`,
    ),
    ...device.ports.map(
      (port) =>
        `  port${port.index} ${port.name.padEnd(12)} ${hex(port.start)}  ${port.size} (${port.type})`,
    ),
  ].join('\n')
}

function driverOf(device: UioDevice): KernelDriver | undefined {
  return findKernelDriver(device.name, device.maps)
}

function describeDriver(device: UioDevice): string {
  const driver = driverOf(device)
  if (driver === undefined) return 'kernel driver not known: its interrupt is not re-armed'
  const who =
    driver.acknowledges === 'kernel'
      ? 'acknowledges the interrupt'
      : 'leaves the acknowledge to its user'
  const files = neededFiles(device.maps, driver)
  const needs =
    files.length === 0 ? '' : `; needs of its PCI folder: ${files.map(neededFileText).join('; ')}`
  return `${driver.module}: ${who}, ${rearmText(driver.rearm)}${needs}`
}

function hexForBigint(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? hex(value) : value
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
